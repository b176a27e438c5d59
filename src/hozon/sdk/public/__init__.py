"""The public API: what was recorded, read from outside any run.

Owns `Api` and what it returns. Refuses to own runs that are going on; those are `hozon.sdk.run`.
"""
