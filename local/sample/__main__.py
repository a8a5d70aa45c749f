"""Run ``python -m local.sample``."""

from local.sample.cli import main

main()
