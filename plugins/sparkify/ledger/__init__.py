"""What was loaded from what: reading the ledger, changes of files, plans, migrations.

It imports ``source`` and ``hooks``.
"""
