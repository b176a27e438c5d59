"""Programs that are measured, each in a process of its own.

They import one another and what they measure, and nothing else of this folder: the interpreters of
the peers run them, too.
"""
