"""Optimisers: adapters of `hozon.ports.optimizers`, each in a module of its own.

Invariant: importing one imports its library; `hozon.bootstrap` does so when it is needed.
"""
