"""From S3 to the run's staging tables: what to load, manifests, COPY, rejects, and the plan of a load.

It imports ``ledger``, ``source`` and ``hooks``.
"""
