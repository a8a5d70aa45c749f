"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
# pytest --hypothesis-profile=long, as in make chaos
settings.register_profile("long", deadline=None, max_examples=1000)
