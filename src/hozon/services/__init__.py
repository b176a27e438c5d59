"""Use cases, one a file: load, let the model decide, write.

Owns the order of steps and what happens in one transaction. Refuses to own rules (the model's) and
databases or buckets (the adapters'); it sees ports only.
"""
