"""Where two servers' findings differ. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bench.verify.model import Asked, Difference, Findings
from local_redshift.documented import Answer

#: How the local server refuses by name what it does not have: feature_not_supported.
_REFUSED = "0A000"
#: Ids of queries, processes and objects in errors.
_NUMBER = re.compile(r"\d{4,}")
_SHOWN = 5


def differences(
    real: Findings, local: Findings, *, refused: Collection[Asked] = (), unlike: Collection[Asked] = ()
) -> Iterator[Difference]:
    """Return where the servers differ in rows, types or errors.

    :param real: of the real server.
    :param local: of the local server.
    :param refused: what the local server is to refuse by name: that it does is no difference.
    :param unlike: whose answers are not compared.
    """
    for asked, answer in real.answers.items():
        if asked in unlike:
            continue
        if asked in local.answers and not (asked in refused and local.answers[asked].sqlstate == _REFUSED):
            yield from _differences(asked, answer, local.answers[asked])
    for asked in sorted(real.answers.keys() ^ local.answers.keys(), key=lambda asked: (asked.section, asked.name)):
        told = [
            "asked" if asked in findings.answers else findings.not_tried.get(asked, "not there")
            for findings in (real, local)
        ]
        yield Difference(asked, "asked", told[0], told[1])


def _differences(asked: Asked, real: Answer, local: Answer) -> Iterator[Difference]:
    if real.error is not None or local.error is not None:
        if _text(real.error) != _text(local.error) or real.sqlstate != local.sqlstate:
            yield Difference(asked, "error", _error(real), _error(local))
        return
    if real.rows != local.rows:
        yield Difference(asked, "rows", *_rows(real, local))
    if real.types is not None and local.types is not None and real.types != local.types:
        yield Difference(asked, "types", ", ".join(real.types), ", ".join(local.types))


def _text(error: str | None) -> str | None:
    return None if error is None else " ".join(_NUMBER.sub("N", error).split())


def _error(answer: Answer) -> str:
    if answer.error is None:
        return "no error" if answer.rows is None else f"no error, {len(answer.rows)} rows"
    return f"{answer.sqlstate or ''} {answer.error}".strip()


def _rows(real: Answer, local: Answer) -> tuple[str, str]:
    """Return the rows that only one of two answers has, or all when their order differs."""
    left, right = list(real.rows or ()), list(local.rows or ())
    only_left, only_right = _without(left, right), _without(right, left)
    if not only_left and not only_right:
        only_left, only_right = left, right
    return _lines(only_left), _lines(only_right)


def _without(rows: list[tuple[str | None, ...]], others: list[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
    left = list(others)
    kept = []
    for row in rows:
        if row in left:
            left.remove(row)
        else:
            kept.append(row)
    return kept


def _lines(rows: list[tuple[str | None, ...]]) -> str:
    shown = [" | ".join("NULL" if value is None else value for value in row) for row in rows[:_SHOWN]]
    more = [f"… {len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else []
    return "\n".join([*shown, *more]) or "no such row"
