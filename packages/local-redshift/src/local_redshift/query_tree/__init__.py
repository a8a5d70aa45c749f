"""PostgreSQL's analyzed query trees as values.

Pure. Nothing here knows a type, a rule of Redshift or a session.
"""
