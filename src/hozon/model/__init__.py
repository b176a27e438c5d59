"""What is true of artifacts, without a clock and without input or output.

Owns the rules: names, digests, manifests, version states, aliases, sweeps. Refuses to own where
anything is kept. Everything here is a frozen value or a pure function of values.
"""
