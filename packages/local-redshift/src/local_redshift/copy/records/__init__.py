"""COPY record by record, which is exact and can name every error: JSON, delimited text, CSV, fixed width, Parquet."""
