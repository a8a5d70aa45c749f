"""The operators beside the load: they create tables, find changes and delete old rows."""
