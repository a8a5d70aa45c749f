"""Prints what came of the guide's examples. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from local_redshift.documented.guide.model import Outcome, Verdict

_WIDTH = max(len(verdict) for verdict in Verdict) + 2
#: What is shown without being asked for.
_LOUD = (Verdict.WRONG, Verdict.FAILED)


def details(page: str, outcomes: Iterable[Outcome], *, verbose: bool) -> Iterator[str]:
    """Return the texts about a page's examples that are not right.

    :param page: its name.
    :param outcomes: what came of its examples.
    :param verbose: whether all are told, and not only those that are wrong or failed.
    """
    for outcome in outcomes:
        if verbose or outcome.verdict in _LOUD:
            yield f"--- {page}: {outcome.verdict}\n{outcome.example.sql}\n{outcome.reason}".rstrip() + "\n"


def table(outcomes: Mapping[str, Sequence[Outcome]]) -> str:
    """Return the numbers of examples by page and in sum.

    :param outcomes: by page.
    """
    width = max((len(page) for page in outcomes), default=4) + 1
    lines = ["page".ljust(width) + "".join(verdict.rjust(_WIDTH) for verdict in Verdict)]
    lines += [_line(page, page_outcomes, width) for page, page_outcomes in outcomes.items() if page_outcomes]
    return "\n".join([*lines, _line("all", _all(outcomes), width)])


def summary(outcomes: Mapping[str, Sequence[Outcome]]) -> str:
    """Return the sum in sentences."""
    every = _all(outcomes)
    count = Counter(outcome.verdict for outcome in every)
    told = [outcome.are_names_right for outcome in every if outcome.are_names_right is not None]
    compared = count[Verdict.RIGHT] + count[Verdict.WRONG]
    return (
        f"{compared} results compared: {count[Verdict.RIGHT]} right, {count[Verdict.WRONG]} wrong. "
        f"{sum(told)} of {len(told)} have the printed column names. "
        f"{count[Verdict.REFUSED]} statements refused by name, {count[Verdict.FAILED]} failed, "
        f"{count[Verdict.ACCEPTED]} accepted without a result to compare, {count[Verdict.SKIPPED]} skipped."
    )


def _all(outcomes: Mapping[str, Sequence[Outcome]]) -> list[Outcome]:
    return [outcome for page in outcomes.values() for outcome in page]


def _line(page: str, outcomes: Sequence[Outcome], width: int) -> str:
    count = Counter(outcome.verdict for outcome in outcomes)
    return page.ljust(width) + "".join(
        (str(count[verdict]) if count[verdict] else "").rjust(_WIDTH) for verdict in Verdict
    )
