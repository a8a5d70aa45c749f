"""Chaos: the pipeline under kills and cuts must end in the tables of a clean run.

``python -m tests.chaos --help``. A *schedule* is one generated history of deliveries and loads with some faults,
all of it drawn from one seed.
"""
