"""Settings of the property tests."""

from hypothesis import settings

# How long an example takes says nothing on a machine that does other things, too.
settings.register_profile("oms", deadline=None, max_examples=50)
settings.load_profile("oms")
