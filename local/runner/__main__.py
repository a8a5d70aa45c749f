"""``python -m local.runner``."""

from local.runner.cli import main

main()
