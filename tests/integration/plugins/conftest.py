"""The local AWS side as the pipeline's connections see it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from local.runner.reader import make_reader
from local.runner.settings import Login
from local_redshift import RedshiftServer
from local_redshift.s3 import S3Server
from local_redshift.testing import ROLE
from tests.support.pipeline import Run, load_dag

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


@pytest.fixture(scope="session")
def services(s3: S3Server, redshift: RedshiftServer) -> Services:
    """The servers, with buckets and tables made."""
    services = Services(s3, redshift)
    for bucket in BUCKETS:
        s3.create_bucket(bucket)
    make_reader(redshift.dsn(), READER)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in services.connections().items():
            patch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(value))
        patch.setenv("AIRFLOW__SPARKIFY__REDSHIFT_CONN_ID", "stage_postgres")
        patch.setenv("AIRFLOW__SPARKIFY__COPY_ROLE", ROLE)
        Run(load_dag("sparkify_create_tables"), None, None).run_task("create_tables")
    return services
