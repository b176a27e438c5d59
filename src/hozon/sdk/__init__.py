"""The façade with the names of the W&B Artifacts SDK: validate, delegate, wrap.

Owns the published signatures and the objects that users hold. Refuses to own rules and storage.
"""
