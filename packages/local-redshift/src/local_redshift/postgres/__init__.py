"""The embedded PostgreSQL behind the server. It can be used on its own, for a database beside the warehouse."""

from local_redshift.postgres.cluster import PostgresCluster, find_binaries
from local_redshift.postgres.processes import PostgresError

__all__ = ["PostgresCluster", "PostgresError", "find_binaries"]
