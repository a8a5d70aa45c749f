"""Errors that programs look at are in Redshift's words; all others pass."""

from __future__ import annotations

import pytest

from local_redshift.session.error_translation import translator
from local_redshift.wire import server_messages


def error(**fields: str) -> bytes:
    return server_messages.error_of_fields({"S": "ERROR", "V": "ERROR"} | fields)


CANCELLED = error(C="57014", M="canceling statement due to user request")
CONFLICT = error(C="40001", M="could not serialize access due to read/write dependencies among transactions")


def test_a_cancelled_query_is_named_by_its_id() -> None:
    fields = server_messages.parse_fields(translator(serializable=False)(CANCELLED, 42))
    assert (fields["C"], fields["M"]) == ("57014", "Query (42) cancelled on user's request")


def test_a_serializable_conflict_is_error_1023() -> None:
    fields = server_messages.parse_fields(translator(serializable=True)(CONFLICT, 1))
    assert (fields["C"], fields["M"]) == ("XX000", "1023")
    assert fields["D"].startswith("Serializable isolation violation on table")


@pytest.mark.parametrize(
    ("constraint", "type_name"),
    [("redshift_bytes_4_1", "character varying(4)"), ("redshift_bytes_64_12_char", "character(64)")],
)
def test_a_violated_length_in_bytes_is_a_value_too_long(constraint: str, type_name: str) -> None:
    fields = server_messages.parse_fields(
        translator(serializable=False)(error(C="23514", n=constraint, M="violates"), 1)
    )
    assert (fields["C"], fields["M"]) == ("22001", f"value too long for type {type_name}")


def test_a_decimal_that_does_not_fit_is_an_overflow_of_the_results_precision() -> None:
    frame = error(C="22003", M="numeric field overflow", D="A field with precision 5, scale 2 must …")
    fields = server_messages.parse_fields(translator(serializable=False)(frame, 1))
    assert (fields["C"], fields["M"]) == ("22003", "Numeric data overflow (result precision)")
    integer = error(C="22003", M="integer out of range")
    assert translator(serializable=False)(integer, 1) == integer


def test_a_decimal_of_19_digits_overflows_where_8_bytes_do() -> None:
    frame = error(C="23514", n="redshift_bytes_19_1_decimal", M="violates")
    fields = server_messages.parse_fields(translator(serializable=False)(frame, 1))
    assert (fields["C"], fields["M"]) == ("22003", "Numeric data overflow (result precision)")


@pytest.mark.parametrize("type_name", ["smallint", "integer", "bigint"])
def test_a_text_that_is_no_whole_number_has_redshifts_message(type_name: str) -> None:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_NVL_function.html
    frame = error(C="22P02", M=f'invalid input syntax for type {type_name}: "type integer: x"', P="8")
    fields = server_messages.parse_fields(translator(serializable=False)(frame, 1))
    assert fields["M"] == 'invalid input syntax for integer: "type integer: x"'
    assert (fields["C"], fields["P"]) == ("22P02", "8")


@pytest.mark.parametrize(
    "frame",
    [
        error(C="57014", M="canceling statement due to statement timeout"),
        error(C="23514", n="my_own_check", M="violates check constraint"),
        CONFLICT,
        error(C="42601", M="syntax error", P="7"),
    ],
    ids=["timeout", "a user's check", "conflict under snapshot", "syntax"],
)
def test_other_errors_pass_as_they_came(frame: bytes) -> None:
    assert translator(serializable=False)(frame, 1) == frame


def test_a_system_view_that_is_not_here_is_refused_by_name() -> None:
    frame = server_messages.error_of_fields(
        {"S": "ERROR", "V": "ERROR", "C": "42P01", "M": 'relation "stl_hashjoin" does not exist', "P": "15"}
    )
    fields = server_messages.parse_fields(translator(serializable=False)(frame, 7))
    assert fields["C"] == "0A000"
    assert fields["M"] == "System view STL_HASHJOIN is not supported by this local Redshift."
    assert fields["P"] == "15"
