"""How COPY is run and what it may reject: what makes no sense cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sparkify.staging.copy_settings import CopySettings, RejectLimit
from sparkify.staging.copy_statement import CopyOptions, StaticKeys


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: CopySettings(parallel_copies=0), "parallel_copies is 0: set it to 1 or more"),
        (lambda: CopySettings(role=""), "role is empty: set it to the ARN of an IAM role .* or 'default'"),
        (lambda: CopySettings(role=" "), "role is empty"),
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


class Store:
    """The part of the object store that says by what COPY reads."""

    def __init__(self, *keys: str) -> None:
        self.wants_static_keys = bool(keys)
        self._keys = keys

    def frozen_credentials(self) -> tuple[str, ...]:
        return self._keys


def test_copy_reads_by_the_role_or_by_the_connections_own_keys() -> None:
    by_role = CopySettings("arn:aws:iam::1:role/copy").options(Store(), region="eu-west-1", max_rejected=3)
    assert by_role == CopyOptions("arn:aws:iam::1:role/copy", None, "eu-west-1", "auto", 3)
    assert CopySettings(None).options(Store("id", "secret", "token")).keys == StaticKeys("id", "secret", "token")
    with pytest.raises(ValueError, match="no credentials: set the role of CopySettings"):
        CopySettings(None).options(Store())
