"""An extra is what the driver wants, as text or as JSON, or is refused by name; TLS is never weaker than asked for."""

from __future__ import annotations

import inspect
import json
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
import redshift_connector
from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.sdk import Connection

from sparkify.hooks.connection_extras import ExtraError, Extras, check_source, read
from sparkify.hooks.driver_options import FIELDS, KINDS, NOT_HERE

HOST = {"host": "warehouse.example.com"}

#: Extras and what the drivers get, from the pages that driver_options.py names.
CONVERTED: list[tuple[str, str, Any, Any]] = [
    # type, extra, value as JSON, what the driver gets
    ("redshift", "ssl", True, True),
    ("redshift", "ssl", False, False),
    ("redshift", "sslmode", "verify-ca", "verify-ca"),
    ("redshift", "timeout", 60, 60),
    ("redshift", "tcp_keepalive", False, False),
    ("redshift", "tcp_keepalive_idle", 120, 120),
    ("redshift", "tcp_keepalive_interval", 15, 15),
    ("redshift", "tcp_keepalive_count", 4, 4),
    ("redshift", "max_prepared_statements", 0, 0),
    ("redshift", "client_protocol_version", 2, 2),
    ("redshift", "numeric_to_float", False, False),
    ("redshift", "application_name", "loads", "loads"),
    ("redshift", "region", "eu-west-1", "eu-west-1"),
    ("postgres", "sslmode", "require", "require"),
    ("postgres", "sslmode", "disable", "disable"),
    ("postgres", "sslrootcert", "/etc/ca.pem", "/etc/ca.pem"),
    ("postgres", "connect_timeout", 60, 60),
    ("postgres", "keepalives", 1, 1),
    ("postgres", "keepalives_idle", 120, 120),
    ("postgres", "keepalives_interval", 15, 15),
    ("postgres", "keepalives_count", 4, 4),
    ("postgres", "tcp_user_timeout", 90000, 90000),
    ("postgres", "options", "-c statement_timeout=1000", "-c statement_timeout=1000"),
    ("postgres", "target_session_attrs", "read-write", "read-write"),
    ("postgres", "ssl_min_protocol_version", "TLSv1.3", "TLSv1.3"),
]


def by_uri(conn_type: str, extra: dict[str, Any], database: str = "dev") -> Extras:
    """Read an extra as Airflow has it from a URI: all of it texts."""
    texts = {name: str(value) for name, value in extra.items()}
    uri = f"{conn_type}://u:p@warehouse.example.com:5439/{database}?{urlencode(texts)}"
    connection = Connection(conn_id="w", uri=uri)
    fields = {name: getattr(connection, name) for name in ("host", "port", "login", "password", "schema")}
    return read("w", connection.conn_type or "", connection.extra, fields)


def by_json(conn_type: str, extra: Any, **fields: Any) -> Extras:
    return read("w", conn_type, json.dumps(extra), HOST | fields)


@pytest.mark.parametrize(("conn_type", "name", "value", "wanted"), CONVERTED)
def test_an_extra_is_what_the_driver_wants_however_it_is_written(
    conn_type: str, name: str, value: Any, wanted: Any
) -> None:
    for extras in (
        by_uri(conn_type, {name: value}),
        by_json(conn_type, {name: value}),
        by_json(conn_type, {name: str(value)}),
        by_json(conn_type, {name: str(value).lower() if isinstance(value, bool) else value}),
    ):
        assert extras.options == {name: wanted}
        assert type(extras.options[name]) is type(wanted)


@pytest.mark.parametrize("value", ["True", "true", "TRUE", " true ", "t", "1", 1, True])
def test_airflows_words_for_true_switch_tls_on(value: Any) -> None:
    assert by_json("redshift", {"ssl": value}).options == {"ssl": True}


@pytest.mark.parametrize("value", ["False", "false", "f", "0", 0, False])
def test_airflows_words_for_false_switch_tls_off(value: Any) -> None:
    assert by_json("redshift", {"ssl": value}).options == {"ssl": False}


@pytest.mark.parametrize(
    ("conn_type", "extra", "words"),
    [
        # booleans
        ("redshift", {"ssl": "yes"}, 'ssl="yes": give it true or false'),
        ("redshift", {"ssl": ""}, 'ssl="": give it true or false'),
        ("redshift", {"ssl": "verify-full"}, "true or false"),
        ("redshift", {"ssl": 2}, "true or false"),
        ("redshift", {"ssl": {"ca": "x"}}, "true or false"),
        ("redshift", {"iam": "on"}, "true or false"),
        ("redshift", {"tcp_keepalive": "no"}, "true or false"),
        ("postgres", {"keepalives": "yes"}, "1 or 0"),
        # numbers
        ("redshift", {"timeout": "60s"}, 'timeout="60s": give it a whole number from 1 to 86400'),
        ("redshift", {"timeout": 0}, "whole number from 1"),
        ("redshift", {"timeout": True}, "whole number"),
        ("redshift", {"timeout": 1.5}, "whole number"),
        ("redshift", {"tcp_keepalive_idle": "-1"}, "whole number from 1 to 32767"),
        ("redshift", {"tcp_keepalive_count": 128}, "whole number from 1 to 127"),
        ("redshift", {"port": "5439x"}, "whole number from 1 to 65535"),
        ("postgres", {"connect_timeout": "1_0"}, "whole number"),
        ("postgres", {"keepalives_idle": "٦"}, "whole number"),
        ("postgres", {"keepalives_idle": "0"}, "whole number from 1 to 32767"),
        ("postgres", {"keepalives_count": 0}, "whole number from 1 to 127"),
        # modes of TLS: https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS
        ("redshift", {"sslmode": "prefer"}, "one of verify-full, verify-ca"),
        ("redshift", {"sslmode": "require"}, "one of verify-full, verify-ca"),
        ("redshift", {"sslmode": "disable"}, "one of verify-full, verify-ca"),
        ("redshift", {"sslmode": "verify_full"}, "one of verify-full, verify-ca"),
        ("redshift", {"sslmode": True}, "one of verify-full"),
        ("redshift", {"sslmode": ["verify-full"]}, "one of verify-full"),
        ("postgres", {"sslmode": "prefer"}, "one of verify-full, verify-ca, require, disable"),
        ("postgres", {"sslmode": "allow"}, "one of verify-full"),
        ("postgres", {"sslmode": ""}, "one of verify-full"),
        ("postgres", {"sslmode": "false"}, "one of verify-full"),
        ("postgres", {"ssl_min_protocol_version": "TLSv1"}, "one of TLSv1.2, TLSv1.3"),
        ("postgres", {"gssencmode": "prefer"}, "give it disable"),
        # contradictions
        ("redshift", {"ssl": "false", "sslmode": "verify-full"}, "ssl=false: it contradicts sslmode"),
        ("redshift", {"ssl": False, "iam": True, "cluster_identifier": "c", "user": "u"}, "it contradicts iam"),
        ("postgres", {"sslmode": "disable", "sslrootcert": "/ca.pem"}, "it contradicts sslrootcert"),
        ("postgres", {"sslmode": "disable", "iam": True, "redshift": True, "user": "u"}, "it contradicts iam"),
        # what is taken elsewhere
        ("postgres", {"ssl": "true"}, "did you mean sslmode?"),
        ("postgres", {"timeout": 5}, "did you mean connect_timeout?"),
        ("postgres", {"database": "dev"}, "did you mean dbname?"),
        ("redshift", {"connect_timeout": 5}, "did you mean timeout?"),
        ("redshift", {"keepalives_idle": 5}, "did you mean tcp_keepalive_idle?"),
        ("redshift", {"dbname": "dev"}, "did you mean database?"),
        # what is spelled wrong, or not known
        ("redshift", {"SSL": True}, "did you mean ssl?"),
        ("redshift", {"sslMode": "verify-full"}, "did you mean sslmode?"),
        ("redshift", {"cluster-identifier": "c"}, "did you mean cluster_identifier?"),
        ("redshift", {"extra__redshift__iam": True}, "did you mean iam?"),
        ("postgres", {"redshift_serverless": True}, "did you mean redshift-serverless?"),
        ("postgres", {"ssl_mode": "require"}, "did you mean sslmode?"),
        (
            "redshift",
            {"colour": "blue"},
            "colour=\"blue\": a connection of type 'redshift' takes no such extra; take it",
        ),
        ("redshift", {"__extra__": '{"ssl": true}'}, "write what is in it into the extra itself"),
        # what the pipeline does not let the drivers have
        ("postgres", {"cursor": "dictcursor"}, "reads rows as tuples"),
        ("postgres", {"sslkeylogfile": "/tmp/keys"}, "leave it out"),
        ("redshift", {"auth_profile": "p"}, "could weaken TLS"),
        ("redshift", {"ssl_insecure": True}, "leave it out"),
        # logging in by IAM
        ("redshift", {"iam": "true", "is_serverless": "true"}, "serverless_work_group"),
        ("redshift", {"iam": True}, "name the database user"),
        ("redshift", {"iam": True, "user": "u", "profile": "p"}, "the AWS connection that aws_conn_id names"),
        ("redshift", {"serverless_token_duration_seconds": 60}, "from 900 to 3600"),
        ("postgres", {"iam": True}, "redshift=true"),
        ("postgres", {"iam": True, "redshift": True, "redshift-serverless": True}, "redshift=true"),
        # texts
        ("postgres", {"application_name": ""}, "give it a text"),
        ("postgres", {"sslrootcert": 5}, "give it a text"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(conn_type: str, extra: dict[str, Any], words: str) -> None:
    with pytest.raises(ExtraError) as caught:
        by_json(conn_type, extra)
    assert words in str(caught.value)
    assert "connection 'w'" in str(caught.value)
    assert any(name in str(caught.value) for name in extra)


@pytest.mark.parametrize("value", ["Verify-Full", "VERIFY-FULL", " verify-full "])
@pytest.mark.parametrize("conn_type", ["redshift", "postgres"])
def test_a_mode_is_understood_in_any_case(conn_type: str, value: str) -> None:
    assert by_json(conn_type, {"sslmode": value}).options == {"sslmode": "verify-full"}


@pytest.mark.parametrize("conn_type", ["redshift", "postgres"])
def test_null_is_as_if_it_were_left_out(conn_type: str) -> None:
    assert by_json(conn_type, {"sslmode": None, "application_name": None}).options == {}


@pytest.mark.parametrize("written", [None, "", " ", "{}"])
def test_a_connection_needs_no_extra(written: str | None) -> None:
    assert read("w", "redshift", written, HOST) == Extras({}, {})


@pytest.mark.parametrize("written", ["ssl=true", '"ssl"', "[]", '{"ssl": true', "true"])
def test_an_extra_that_is_not_a_json_object_is_refused(written: str) -> None:
    with pytest.raises(ExtraError, match="is not (a )?JSON"):
        read("w", "redshift", written, HOST)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("redshift://u:p@h/dev?ssl=true&ssl=false", "has 'ssl' twice"),
        ("postgres://u:p@h/dev?sslmode=verify-full&sslmode=disable", "has 'sslmode' twice"),
        ("redshift://u:p@h/dev?ssl=true&__extra__=%7B%22ssl%22%3Afalse%7D", "ssl beside __extra__"),
        ('{"conn_type": "redshift", "extra": {"ssl": true, "ssl": false}}', "has 'ssl' twice"),
    ],
)
def test_what_airflow_would_drop_in_silence_is_refused(source: str, words: str) -> None:
    with pytest.raises(ExtraError, match=words):
        check_source("w", source)


def test_an_extra_that_names_one_thing_twice_in_json_is_refused() -> None:
    with pytest.raises(ExtraError, match="has 'sslmode' twice"):
        read("w", "postgres", '{"sslmode": "verify-full", "sslmode": "disable"}', HOST)


def test_a_database_in_the_extra_is_the_connections_own() -> None:
    # https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/connections/redshift.html
    extras = by_uri("redshift", {"database": "dev", "ssl": "True"}, database="")
    assert extras == Extras({"schema": "dev"}, {"ssl": True})


def test_the_extra_of_a_uri_may_be_json() -> None:
    # https://airflow.apache.org/docs/apache-airflow/stable/howto/connection.html#handling-of-arbitrary-dict-in-extra
    uri = f"redshift://u:p@h:5439/dev?{urlencode({'__extra__': json.dumps({'ssl': 'true', 'timeout': '60'})})}"
    check_source("w", uri)
    connection = Connection(conn_id="w", uri=uri)
    assert read("w", "redshift", connection.extra, HOST).options == {"ssl": True, "timeout": 60}


@pytest.mark.parametrize(
    ("conn_type", "extra", "field"),
    [
        ("redshift", {"database": "prod"}, "schema"),
        ("redshift", {"user": "admin"}, "login"),
        ("redshift", {"port": 5440}, "port"),
        ("postgres", {"host": "elsewhere"}, "host"),
        ("postgres", {"dbname": "prod"}, "schema"),
    ],
)
def test_an_extra_that_contradicts_the_connection_is_refused(conn_type: str, extra: dict[str, Any], field: str) -> None:
    with pytest.raises(ExtraError, match=f"the connection has another {field}"):
        by_uri(conn_type, extra)


@pytest.mark.parametrize(
    ("conn_type", "extra"),
    [
        ("redshift", {"pasword": "hunter2"}),
        ("redshift", {"my_token": "hunter2"}),
        ("redshift", {"password": ["hunter2"]}),
        ("redshift", {"iam": True, "user": "u", "secret_access_key": "hunter2"}),
        ("redshift", {"__extra__": "hunter2"}),
        ("postgres", {"sslpassword": ["hunter2"]}),
    ],
)
def test_no_refusal_shows_a_secret(conn_type: str, extra: dict[str, Any]) -> None:
    with pytest.raises(ExtraError) as caught:
        by_json(conn_type, extra)
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ExtraError, match="another password") as caught:
        by_json("redshift", {"password": "hunter2"}, password="other")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("host", ["/var/run/postgresql", "@abstract", "db.example.com,/tmp"])
def test_libpq_is_given_no_unix_socket_because_it_has_no_tls(host: str) -> None:
    # https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-SSLMODE
    with pytest.raises(ExtraError, match="a Unix socket, which has no TLS"):
        read("w", "postgres", '{"sslmode": "verify-full"}', {"host": host})


@pytest.mark.parametrize("conn_type", ["redshift", "postgres"])
def test_a_connection_without_a_host_is_refused(conn_type: str) -> None:
    with pytest.raises(ExtraError, match="has no host"):
        read("w", conn_type, None, {"host": ""})
    with pytest.raises(ExtraError, match="has no host"):  # a service without one is a Unix socket, which has no TLS
        read("w", "postgres", '{"service": "warehouse"}', {"host": ""})


def test_every_option_of_the_drivers_is_converted_or_refused_for_a_reason() -> None:
    of_driver = {
        "redshift": set(inspect.signature(redshift_connector.connect).parameters),
        "postgres": {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
        | (PostgresHook.ignored_extra_options | {"autocommit", "prepare_threshold"}),
    }
    for conn_type, names in of_driver.items():
        known = KINDS[conn_type].keys() | {name for kind, name in NOT_HERE if kind == conn_type}
        assert names <= known
        assert not KINDS[conn_type].keys() & {name for kind, name in NOT_HERE if kind == conn_type}
        assert FIELDS.keys() & names


@pytest.mark.parametrize("conn_type", ["redshift", "postgres"])
def test_every_option_is_read_alike_from_text_and_from_json(conn_type: str) -> None:
    samples = {"true or false": True, "1 or 0": 1, "a text": "x", "a list of texts": ["a", "b"], "a JSON object": {}}
    for name, kind in KINDS[conn_type].items():
        value = samples.get(kind.right)
        if kind.right.startswith("a whole number"):
            value = int(kind.right.split()[-1])
        elif value is None:
            value = kind.right.removeprefix("one of ").split(", ")[0]
        if isinstance(value, dict):
            continue
        text = ",".join(value) if isinstance(value, list) else str(value)
        assert kind.read(text) == kind.read(value), name
