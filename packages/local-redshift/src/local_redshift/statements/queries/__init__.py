"""Statements that read and write rows: expressions, functions, and clauses that PostgreSQL does not have.

Pure: each module rewrites Redshift's text into PostgreSQL's.
"""
