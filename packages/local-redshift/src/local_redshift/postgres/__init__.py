"""The embedded PostgreSQL behind the server. It can be used alone, for a database beside the warehouse."""

from local_redshift.postgres.cluster import PostgresCluster, PostgresError, find_binaries

__all__ = ["PostgresCluster", "PostgresError", "find_binaries"]
