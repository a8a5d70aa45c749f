"""Redshift's parameters: https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html"""

from __future__ import annotations

import pytest

from local_redshift.statements.parameters import check_parameter
from local_redshift.wire.errors import RedshiftError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("query_group", "anything"),
        ("wlm_query_slot_count", "50"),
        ("enable_result_cache_for_session", "OFF"),
        ("statement_timeout", "0"),
        ("analyze_threshold_percent", "0.5"),
        ("stored_proc_log_min_messages", "INFO"),
        ("my.variable", "anything"),
        ("TimeZone", None),
    ],
)
def test_what_redshift_has_is_taken(name: str, value: str | None) -> None:
    check_parameter(name, value)


@pytest.mark.parametrize(
    ("name", "value", "sqlstate"),
    [
        ("work_mem", "1GB", "42704"),
        ("wlm_query_slot_count", "51", "22023"),
        ("wlm_query_slot_count", "many", "22023"),
        ("enable_result_cache_for_session", "maybe", "22023"),
        ("statement_timeout", "30s", "22023"),
        ("analyze_threshold_percent", "101", "22023"),
        ("stored_proc_log_min_messages", "debug", "22023"),
    ],
)
def test_what_it_does_not_have_is_refused_with_a_hint(name: str, value: str, sqlstate: str) -> None:
    with pytest.raises(RedshiftError) as caught:
        check_parameter(name, value, 5)
    assert (caught.value.sqlstate, caught.value.position) == (sqlstate, 5)
    assert caught.value.hint
