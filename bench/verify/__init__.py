"""``make verify-redshift``: does the same on a real Redshift and on the local one, and reports what differs.

The pipeline's tables, an hour, a correction, a rerun and a window; every statement of ``sql/``; the results that AWS
documents; what the real one says of cost. docs/verify-redshift.md says what it needs. It leaves nothing behind.
"""
