"""What PostgreSQL would accept and Redshift does not: statements, clauses and functions, refused by name.

Pure. Imports ``queries`` and ``tokens`` of the rooms of statements.
"""
