"""SET, RESET and set_config(): Redshift's parameters and their values, and nothing that only PostgreSQL has.

https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html
"""

from __future__ import annotations

import pytest

from local_redshift.statements import plan_script
from local_redshift.wire.errors import RedshiftError
from support.planning import rewritten

NO_INTEGER = 'parameter "statement_timeout" requires an integer value'

# the statement, the page that has it
TAKEN = [
    ("SET statement_timeout TO 30000", "r_statement_timeout.html"),
    ("set statement_timeout = 1", "r_statement_timeout.html"),
    ("SET SESSION statement_timeout = '30000'", "r_SET.html"),
    ("SET LOCAL statement_timeout TO DEFAULT", "r_SET.html"),
    ("SET extra_float_digits TO -15", "r_extra_float_digits.html"),
    ("set extra_float_digits to 2", "cm_chap_ConfigurationRef.html"),
    ("set datestyle to 'SQL,DMY'", "r_datestyle.html"),
    ("SET datestyle TO ISO, MDY", "r_datestyle.html"),
    ("set timezone = 'America/New_York'", "r_timezone_config.html"),
    ("set timezone to '-8:00'", "r_timezone_config.html"),
    ("SET TIME ZONE 'UTC'", "r_timezone_config.html"),
    ("set query_group to '6 p.m.'", "r_query_group.html"),
    ("SET search_path TO '$user', public, enterprise", "r_search_path.html"),
    ("SET wlm_query_slot_count TO 50", "r_wlm_query_slot_count.html"),
    ("set analyze_threshold_percent to 0.01", "r_analyze_threshold_percent.html"),
    ("set describe_field_name_in_uppercase to OFF", "r_describe_field_name_in_uppercase.html"),
    ("SET enable_result_cache_for_session TO off", "r_enable_result_cache_for_session.html"),
    ("SET error_on_nondeterministic_update TO FALSE", "r_error_on_nondeterministic_update.html"),
    ('SET interval_forbid_composite_literals to "false"', "r_interval_forbid_composite_literals.html"),
    ("SET spectrum_query_maxerror TO -1", "r_spectrum_query_maxerror.html"),
    ("SET json_serialization_enable TO true", "r_json_serialization_enable.html"),
    ("set seed to .25", "r_SET.html"),
    ("SET app_context.user_id TO 'sample_variable_value'", "r_SET.html"),
    ("RESET app_context.user_id", "r_RESET.html"),
    ("reset query_group", "r_RESET.html"),
    ("reset all", "r_RESET.html"),
    ("select set_config('query_group', 'test', true)", "r_SET_CONFIG.html"),
    ("SELECT set_config('app.username', 'cuddy', FALSE)", "r_SET_CONFIG.html"),
    ("SELECT set_config($1, $2, false)", "r_SET_CONFIG.html"),
    ("ALTER USER dbuser SET timezone to 'America/New_York'", "r_ALTER_USER.html"),
    ("SET SESSION AUTHORIZATION 'dwuser'", "r_SET_SESSION_AUTHORIZATION.html"),
    ("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE", "r_SET_SESSION_CHARACTERISTICS.html"),
    # what drivers send
    ("SET client_encoding TO 'UTF8'", "psycopg2"),
    ("SET application_name = 'PostgreSQL JDBC Driver'", "pgjdbc"),
    ("SET default_transaction_isolation TO 'serializable'", "psycopg2"),
    ("SET client_min_messages TO warning", "r_SET.html"),
]


@pytest.mark.parametrize("statement", [statement for statement, _ in TAKEN])
def test_redshifts_parameters_are_set_to_what_their_pages_list(statement: str) -> None:
    plan_script(statement)


@pytest.mark.parametrize(
    ("statement", "sent"),
    [
        # "You can specify time_zone as a time zone name, a POSIX-style format offset, or an ISO-8601 format offset":
        # https://docs.aws.amazon.com/redshift/latest/dg/r_timezone_config.html
        ("set timezone to '-8:00'", "set timezone to '<-08:00>+8:00'"),
        ("SET LOCAL timezone = '+07:30'", "SET LOCAL timezone = '<+07:30>-07:30'"),
        ("SET SESSION TIME ZONE '-3:30'", "SET SESSION TIME ZONE '<-03:30>+3:30'"),
        ("set timezone interval '-8 hours'", "set TIME ZONE interval '-8 hours'"),
        ("SET TIME ZONE INTERVAL '-8:00'", "SET TIME ZONE INTERVAL '-8:00'"),
        ("SET timezone TO 'PST8PDT'", "SET timezone TO 'PST8PDT'"),
        ("SET timezone TO DEFAULT", "SET timezone TO DEFAULT"),
        ("ALTER USER u SET timezone TO '-8:00'", "ALTER USER u SET timezone TO '<-08:00>+8:00'"),
        ("SELECT set_config('timezone', '-8:00', false)", "SELECT set_config('timezone', '<-08:00>+8:00', false)"),
        ("SELECT set_config('timezone', $1, false)", "SELECT set_config('timezone', $1, false)"),
        ("SELECT set_config($1, 'query_group', false)", "SELECT set_config($1, 'query_group', false)"),
        ("SELECT current_setting('timezone')", "SELECT current_setting('timezone')"),
    ],
)
def test_an_offset_is_east_of_greenwich_when_it_is_positive(statement: str, sent: str) -> None:
    assert rewritten(statement) == sent


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("SET statement_timeout = '30s'", NO_INTEGER),
        ("SET statement_timeout TO '5min'", NO_INTEGER),
        ("SET LOCAL statement_timeout TO 1.5", NO_INTEGER),
        ("SET statement_timeout TO unlimited", NO_INTEGER),
        ("SET statement_timeout TO -1", '-1 is outside the valid range for parameter "statement_timeout"'),
        ("ALTER USER u SET statement_timeout TO '30s'", NO_INTEGER),
        ("SELECT set_config('statement_timeout', '30s', false)", NO_INTEGER),
        ("SET wlm_query_slot_count TO 51", r"51 is outside .* \(1 .. 50\)"),
        ("SET wlm_query_slot_count TO many", 'parameter "wlm_query_slot_count" requires an integer value'),
        ("SET extra_float_digits = 3", r"3 is outside .* \(-15 .. 2\)"),
        ("SET analyze_threshold_percent TO 101", "101 is outside"),
        ("SET analyze_threshold_percent TO 'ten'", "requires a numeric value"),
        ("SET enable_result_cache_for_session TO maybe", "requires a Boolean value"),
        ("SET describe_field_name_in_uppercase TO 2", "requires a Boolean value"),
        ("SET stored_proc_log_min_messages TO debug", "invalid value for parameter"),
    ],
)
def test_a_value_that_a_parameter_cannot_have_is_refused(statement: str, words: str) -> None:
    with pytest.raises(RedshiftError, match=words) as caught:
        plan_script(statement)
    assert caught.value.sqlstate == "22023"


@pytest.mark.parametrize(
    "statement",
    [
        "SET lock_timeout = 1000",
        "SET SESSION idle_in_transaction_session_timeout TO 60000",
        "SET LOCAL work_mem TO '64MB'",
        "SET synchronous_commit TO off",
        "SET standard_conforming_strings = on",
        "SET enable_hashjoin TO off",
        "SET intervalstyle TO iso_8601",
        "SET bytea_output = 'escape'",
        "SET jit = off",
        "SET role TO analyst",
        'SET "maintenance_work_mem" TO 1',
        "RESET lock_timeout",
        "ALTER USER u SET work_mem TO '1GB'",
        "SELECT set_config('lock_timeout', '1s', true)",
        "SET no_such_parameter TO 1",
    ],
)
def test_a_parameter_of_postgresql_only_is_not_recognized(statement: str) -> None:
    """As users report it of standard_conforming_strings: stripe-archive/mosql#38."""
    with pytest.raises(RedshiftError, match="unrecognized configuration parameter") as caught:
        plan_script(statement)
    assert caught.value.sqlstate == "42704"
    assert caught.value.hint


def test_a_lenient_server_warns() -> None:
    (statement,) = plan_script("SET lock_timeout = '1s'", lenient=True)
    assert [warning.message for warning in statement.warnings] == [
        'unrecognized configuration parameter "lock_timeout"'
    ]
    assert statement.sql == "SET lock_timeout = '1s'"


@pytest.mark.parametrize(
    "sql",
    [
        "SET enable_case_sensitive_identifier TO true",
        "SET SESSION enable_case_sensitive_identifier = 'on'",
        "set downcase_delimited_identifier to OFF",
        "SET describe_field_name_in_uppercase TO on",
        "SET LOCAL error_on_nondeterministic_update TO TRUE",
    ],
)
def test_a_value_that_this_server_cannot_follow_is_refused(sql: str) -> None:
    with pytest.raises(RedshiftError, match="is not supported by this local Redshift") as caught:
        plan_script(sql)
    assert caught.value.sqlstate == "0A000"
