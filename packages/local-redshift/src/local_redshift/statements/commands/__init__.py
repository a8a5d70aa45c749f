"""Statements with a grammar of their own: COPY, UNLOAD, ANALYZE, VACUUM, SET and SHOW.

Pure: each module reads a statement as a value or as another statement.
"""
