"""Offsets and names of time zones: https://docs.aws.amazon.com/redshift/latest/dg/time-zone-names.html"""

from __future__ import annotations

import pytest

from local_redshift.copy.times.zones import is_abbreviation, is_zone_name, offset


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-8", "-08:00:00"),
        ("+05:30", "+05:30:00"),
        ("+0530", "+05:30:00"),
        ("+ 5", "+05:00:00"),
        ("-00:00:30", "-00:00:30"),
        ("+15:59", "+15:59:00"),
        ("+16", None),
        ("+05:60", None),
        ("+05301", None),
        ("05", None),
    ],
)
def test_an_offset_is_less_than_16_hours(text: str, expected: str | None) -> None:
    assert offset(text) == expected


@pytest.mark.parametrize(
    ("text", "abbreviation", "name"),
    [
        ("pst", True, False),
        ("us/pacific", False, True),
        ("pst8pdt", False, True),
        ("europe/nowhere", False, False),
        ("xyz", False, False),
    ],
)
def test_zones_are_named_or_abbreviated(text: str, abbreviation: bool, name: bool) -> None:
    assert (is_abbreviation(text), is_zone_name(text)) == (abbreviation, name)
