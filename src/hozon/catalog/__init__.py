"""Metadata in SQL: the adapters of `hozon.ports.catalog`.

Owns tables, migrations and transactions. Refuses to own rules; it writes what services decided.
"""
