"""What services need of the outside, as Protocols named for a capability.

Owns the shape of each capability and the values it answers with. Refuses to own any
implementation; `hozon.bootstrap` alone chooses one.
"""
