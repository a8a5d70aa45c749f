"""What PostgreSQL would accept and Redshift does not: statements, clauses and functions, refused by name.

Pure.
"""
