"""The operators of the other DAGs: they create tables, find changes, plan, diagnose and delete old rows."""
