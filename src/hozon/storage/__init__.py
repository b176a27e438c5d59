"""Our own bytes: the adapters of `hozon.ports.object_store`.

Owns how bytes are kept under keys. Refuses to own what they mean.
"""
