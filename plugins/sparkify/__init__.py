"""Loads S3 event logs and song files into a star schema on Amazon Redshift: hooks, operators and rules."""
