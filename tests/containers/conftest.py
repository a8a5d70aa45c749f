"""The tests of what runs in containers: by ``make test-compose`` only, since they build images and start an engine."""

from __future__ import annotations

import os

#: Set by the Makefile's targets for them.
collect_ignore_glob = [] if os.environ.get("CONTAINER_TESTS") else ["test_*.py"]
