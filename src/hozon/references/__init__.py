"""Other people's bytes: the adapters of `hozon.ports.references`, one a scheme.

Owns how what lies outside is looked at, held to what was recorded, and read. Refuses to own copies
of it. Which adapter serves which scheme is chosen in `hozon.bootstrap`.
"""
