"""How hypothesis runs here."""

from hypothesis import settings

# A busy machine is no fault of the code: examples are counted, not timed.
settings.register_profile("hozon", deadline=None)
settings.load_profile("hozon")
