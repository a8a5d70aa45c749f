"""The Airflow connections of the pipeline, for servers of this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local_redshift.s3 import S3Server


def connection_variables(login: Mapping[str, Any], s3: S3Server) -> dict[str, str]:
    """Return the environment variables by which Airflow finds the pipeline's connections.

    :param login: of the warehouse: host, port, user, password and dbname.
    :param s3: what it loads from.
    """
    warehouse = {
        "conn_type": "redshift",
        "host": login["host"],
        "port": login["port"],
        "login": login["user"],
        "password": login["password"],
        "schema": login["dbname"],
        "extra": {"ssl": False},
    }
    aws = {
        "conn_type": "aws",
        "login": s3.access_key_id,
        "password": s3.secret_access_key,
        "extra": {"endpoint_url": s3.endpoint, "region_name": "us-east-1"},
    }
    return {
        "AIRFLOW_CONN_SPARKIFY_REDSHIFT": json.dumps(warehouse),
        "AIRFLOW_CONN_SPARKIFY_AWS": json.dumps(aws),
    }
