"""``python -m local.redshift``."""

from local.redshift.cli import main

main(prog_name="python -m local.redshift")
