"""A Redshift server for one machine: the wire protocol, Redshift's SQL and COPY from S3, over PostgreSQL.

Usable by itself: ``python -m local_redshift --help``.
"""
