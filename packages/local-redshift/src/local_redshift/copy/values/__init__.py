"""One value of COPY at a time: checked as Redshift checks it, and written as a field for PostgreSQL.

Pure.
"""
