"""What was loaded from what: the ledger read, changes, plans, migrations."""
