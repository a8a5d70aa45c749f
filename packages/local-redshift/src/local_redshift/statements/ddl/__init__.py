"""Statements that define something: tables, views, procedures, functions, schemas, users and grants.

Pure: each module rewrites Redshift's text into PostgreSQL's.
"""
