"""How COPY is run and what it may reject: what makes no sense cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sparkify.staging.copy_settings import CopySettings, RejectLimit


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: CopySettings(parallel_copies=0), "parallel_copies is 0: set it to 1 or more"),
        (lambda: RejectLimit(-1), "max_rejected is -1; COPY can put aside 0 to 99,999 rows"),
        (lambda: RejectLimit(100_000), "max_rejected is 100000"),
        (lambda: RejectLimit(max_rejected_share=-0.1), "max_rejected_share is -0.1; set it to a number from 0 to 1"),
        (lambda: RejectLimit(max_rejected_share=1.1), "max_rejected_share is 1.1"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_name_and_value(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("limit", [RejectLimit(), RejectLimit(99_999, 0), RejectLimit(0, 1)])
def test_the_ends_of_the_ranges_are_allowed(limit: RejectLimit) -> None:
    assert limit == RejectLimit(limit.max_rejected, limit.max_rejected_share)
