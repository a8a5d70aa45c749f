"""COPY record by record, which is exact and can name every error: JSON, delimited text, CSV, fixed width, Parquet.

Imports ``values`` and ``source`` of the rooms of COPY.
"""
