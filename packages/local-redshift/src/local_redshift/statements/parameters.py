"""Redshift's configuration parameters: which there are, and what each can be set to.

Contract: pure. Names and values that Redshift does not have are refused with PostgreSQL's messages.
https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from local_redshift.statements.tokens.keywords import keywords
from local_redshift.wire.errors import RedshiftError

#: Returns the error of a value, None when it is valid.
Check = Callable[[str, str], str | None]

_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
#: As in ISO 8601, positive to the east.
_OFFSET = re.compile(r"\s*([+-])(\d{1,2}):(\d\d)\s*")
_TRUTHS = keywords("on off true tru tr t false fals fal fa f yes ye y no n 1 0")


def _any(name: str, value: str) -> str | None:
    return None


def _boolean(name: str, value: str) -> str | None:
    return None if value.lower() in _TRUTHS else f'parameter "{name}" requires a Boolean value'


def _integer(low: int, high: int) -> Check:
    def check(name: str, value: str) -> str | None:
        if not _INTEGER.fullmatch(value):
            return f'parameter "{name}" requires an integer value'
        if low <= int(value[:20]) <= high:
            return None
        return f'{value} is outside the valid range for parameter "{name}" ({low} .. {high})'

    return check


def _number(low: float, high: float) -> Check:
    def check(name: str, value: str) -> str | None:
        if not _NUMBER.fullmatch(value):
            return f'parameter "{name}" requires a numeric value'
        if low <= float(value) <= high:
            return None
        return f'{value} is outside the valid range for parameter "{name}" ({low:g} .. {high:g})'

    return check


def _one_of(*words: str) -> Check:
    def check(name: str, value: str) -> str | None:
        return None if value.lower() in words else f'invalid value for parameter "{name}": "{value}"'

    return check


_MOST = 2**31 - 1

#: Parameters that only Redshift has; the server keeps them as its own settings.
OWN: dict[str, Check] = dict.fromkeys(
    keywords(
        "auto_mv case_sensitive_super_attribute cast_super_null_on_error default_array_search_null_handling "
        "describe_field_name_in_uppercase downcase_delimited_identifier enable_case_sensitive_identifier "
        "enable_case_sensitive_super_attribute enable_numeric_rounding enable_result_cache_for_session "
        "enable_spectrum_oid enable_vacuum_boost error_on_nondeterministic_update "
        "interval_forbid_composite_literals json_parse_dedup_attributes json_parse_truncate_strings "
        "json_serialization_enable json_serialization_parse_nested_strings mv_enable_aqmv_for_session "
        "navigate_super_null_on_error parse_super_null_on_error pg_federation_repeatable_read "
        "spectrum_enable_pseudo_columns use_fips_ssl"
    ),
    _boolean,
)
OWN |= {
    "analyze_threshold_percent": _number(0, 100),
    "datashare_break_glass_session_var": _any,
    "default_geometry_encoding": _integer(1, 2),
    "max_concurrency_scaling_clusters": _integer(0, 10),
    "max_cursor_result_set_size": _integer(0, 14_400_000),
    "query_group": _any,
    "query_group_label": _any,
    "spectrum_query_maxerror": _integer(-1, _MOST),
    "stored_proc_log_min_messages": _one_of("log", "info", "notice", "warning", "exception"),
    "wlm_query_slot_count": _integer(1, 50),
}

#: The names of these in capitals.
PARAMETERS = frozenset(name.upper() for name in OWN)

#: Parameters that PostgreSQL has too: those that are documented, then those that drivers and tools for Redshift set.
SHARED: dict[str, Check] = {
    "datestyle": _any,
    "extra_float_digits": _integer(-15, 2),
    "search_path": _any,
    "seed": _any,
    "statement_timeout": _integer(0, _MOST),
    "timezone": _any,
    "application_name": _any,
    "client_encoding": _any,
    "client_min_messages": _any,
    "default_transaction_isolation": _any,
    "default_transaction_read_only": _boolean,
    "session_authorization": _any,
    "transaction_isolation": _any,
    "transaction_read_only": _boolean,
}

_INSTEAD = {
    "lock_timeout": "Redshift waits for locks without end: set statement_timeout.",
    "idle_in_transaction_session_timeout": "ALTER USER … SESSION TIMEOUT ends idle sessions.",
    "idle_session_timeout": "ALTER USER … SESSION TIMEOUT ends idle sessions.",
    "standard_conforming_strings": "A backslash in a string is an escape on Redshift, always.",
    "work_mem": "wlm_query_slot_count gives a query more memory.",
    "role": "Open a session as that user.",
}
_ALL = "Its parameters: https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html"
_MILLISECONDS = "It is a number of milliseconds, without a unit."


def check_parameter(name: str, value: str | None, position: int | None = None) -> None:
    """Refuse a parameter that Redshift does not have, or a value that it cannot have.

    :param name: as written; two names with a dot between them are a variable of the session, which can have any value.
    :param value: the text of it; None when it is not known, or the default.
    :param position: of the name in the statement, from 1.
    :raises RedshiftError: when the name or the value is wrong.
    """
    folded = name.lower()
    if re.fullmatch(r"[^.]+\.[^.]+", folded):
        return
    check = OWN.get(folded) or SHARED.get(folded)
    if check is None:
        text = f'unrecognized configuration parameter "{folded}"'
        raise RedshiftError("42704", text, hint=_INSTEAD.get(folded, _ALL), position=position)
    problem = None if value is None else check(folded, value.strip())
    if problem is not None:
        hint = _MILLISECONDS if folded == "statement_timeout" else _ALL
        raise RedshiftError("22023", problem, hint=hint, position=position)


def posix_zone(value: str) -> str | None:
    """Return an offset, ``-8:00``, as a literal that PostgreSQL does not take for an offset to the west.

    :param value: a time zone.
    :returns: None when it is not an offset with minutes; PostgreSQL reads all others as Redshift does.

    https://docs.aws.amazon.com/redshift/latest/dg/r_timezone_config.html
    """
    found = _OFFSET.fullmatch(value)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    return f"'<{sign}{hours:0>2}:{minutes}>{'-' if sign == '+' else '+'}{hours}:{minutes}'"
