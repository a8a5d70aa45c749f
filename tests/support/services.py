"""The local AWS side as the pipeline's connections see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local.runner.settings import Login
from local_redshift import RedshiftServer
from local_redshift.s3 import S3Server

READER = Login("sparkify_reader", "Stage-Reader-1")
BUCKETS = ("stage", "manifests")


@dataclass(frozen=True)
class Services:
    """An S3 server, and a local Redshift with the pipeline's tables."""

    s3: S3Server
    redshift: RedshiftServer

    def connections(self) -> dict[str, dict[str, Any]]:
        """Return Airflow connections by the last part of their environment variables."""
        warehouse = self.redshift.connection()
        address = {
            "host": warehouse["host"],
            "port": warehouse["port"],
            "login": warehouse["user"],
            "password": warehouse["password"],
            "schema": warehouse["dbname"],
        }
        return {
            "STAGE_REDSHIFT": {"conn_type": "redshift", **address},
            "STAGE_POSTGRES": {
                "conn_type": "postgres",
                **address,
                "extra": {"sslrootcert": str(self.redshift.certificate)},
            },
            "STAGE_READER": {
                "conn_type": "redshift",
                **address,
                "login": READER.user,
                "password": READER.password,
            },
            "STAGE_S3": {
                "conn_type": "aws",
                "login": self.s3.access_key_id,
                "password": self.s3.secret_access_key,
                "extra": {"endpoint_url": self.s3.endpoint, "region_name": "us-east-1"},
            },
        }
