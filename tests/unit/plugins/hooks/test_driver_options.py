"""The tables of the drivers' options, compared with what the installed drivers know."""

from __future__ import annotations

import inspect
from typing import Any

import psycopg
import pytest
import redshift_connector

from sparkify.hooks import driver_options
from sparkify.hooks.driver_options import FIELDS, KINDS, NOT_HERE, PROVIDERS, SAME, TLS_FILES
from sparkify.hooks.value_kinds import Kind

OF_AIRFLOW = {
    "postgres": {"iam", "redshift", "redshift-serverless", "aws_conn_id", "cluster-identifier", "workgroup-name"}
    | {"sqlalchemy_scheme", "sqlalchemy_query"},
    "redshift": {"aws_conn_id", "is_serverless", "serverless_token_duration_seconds"},
}


def known_to(driver: str) -> set[str]:
    """Return the options that a driver takes."""
    if driver == "postgres":
        libpq = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
        return libpq | {*inspect.signature(psycopg.connect).parameters}
    return {*inspect.signature(redshift_connector.connect).parameters}


@pytest.mark.parametrize("driver", KINDS)
def test_every_option_is_one_of_the_driver_or_of_airflows_hook(driver: str) -> None:
    newer = {"oauth_issuer", "oauth_client_id", "oauth_client_secret", "oauth_scope", "sslkeylogfile"}
    newer |= {"scram_client_key", "scram_server_key", "min_protocol_version", "max_protocol_version"}
    assert KINDS[driver].keys() - known_to(driver) - OF_AIRFLOW[driver] - newer == set()


def test_every_option_of_amazons_driver_is_taken_or_refused_with_a_reason() -> None:
    refused = {name for driver, name in NOT_HERE if driver == "redshift"}
    assert known_to("redshift") - KINDS["redshift"].keys() - refused == set()


def test_no_option_is_both_taken_and_refused() -> None:
    assert [(driver, name) for driver, name in NOT_HERE if name in KINDS[driver]] == []


def test_options_that_are_the_same_exist_under_both_names() -> None:
    for postgres, redshift in SAME:
        assert postgres in KINDS["postgres"]
        assert redshift in KINDS["redshift"]


def test_tables_of_names_name_options() -> None:
    assert set(TLS_FILES) <= KINDS["postgres"].keys()
    assert FIELDS.keys() <= KINDS["postgres"].keys() | KINDS["redshift"].keys()
    assert PROVIDERS.keys() <= driver_options.REDSHIFT.keys()


def options() -> list[tuple[str, str, Kind]]:
    return [(driver, name, kind) for driver, kinds in KINDS.items() for name, kind in kinds.items()]


@pytest.mark.parametrize(("driver", "name", "kind"), options(), ids=lambda value: str(value)[:40])
def test_passwords_keys_and_tokens_are_secret(driver: str, name: str, kind: Kind) -> None:
    parts = name.replace("-", "_").split("_")
    words = {"password", "sslpassword", "secret", "token"}
    is_key = name in ("access_key_id", "secret_access_key", "scram_client_key", "scram_server_key")
    of_no_secret = name in ("token_type", "serverless_token_duration_seconds")
    assert kind.is_secret == ((bool(words & set(parts)) or is_key) and not of_no_secret)


@pytest.mark.parametrize(
    ("driver", "name", "right", "wrong"),
    [
        ("postgres", "sslmode", "verify-full", "prefer"),
        ("postgres", "sslmode", "disable", "allow"),
        ("postgres", "gssencmode", "disable", "prefer"),
        ("postgres", "ssl_min_protocol_version", "TLSv1.2", "TLSv1.1"),
        ("postgres", "keepalives_idle", 1, 0),  # Linux refuses 0
        ("postgres", "keepalives_count", 127, 128),
        ("postgres", "port", 5439, 65536),
        ("redshift", "sslmode", "verify-ca", "require"),
        ("redshift", "tcp_keepalive_interval", 32767, 32768),
        ("redshift", "timeout", 1, 0),
        ("redshift", "client_protocol_version", 2, 3),
        # https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_GetCredentials.html
        ("redshift", "serverless_token_duration_seconds", 900, 899),
        ("redshift", "serverless_token_duration_seconds", 3600, 3601),
        ("redshift", "idp_response_timeout", 10, 9),
    ],
)
def test_limits_of_values(driver: str, name: str, right: Any, wrong: Any) -> None:
    kind = KINDS[driver][name]
    assert kind.read(right) == right
    with pytest.raises(ValueError):  # noqa: PT011 - the caller writes the message
        kind.read(wrong)
