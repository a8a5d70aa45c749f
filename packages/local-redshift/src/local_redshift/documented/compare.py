"""Whether an answer is the documented one.

Contract: pure. A server's refusal by name is a result of its own: it is neither right nor wrong.
"""

from __future__ import annotations

from local_redshift.documented.model import NULL, Answer, Case

#: feature_not_supported: how this server refuses by name.
_REFUSED = "0A000"


def problem_of(case: Case, answer: Answer, *, local: bool = True) -> str | None:
    """Return what is wrong with an answer in a sentence, or None.

    :param case: the case.
    :param answer: what the server said to its SQL.
    :param local: whether the server is the local one, which may refuse what the case marks as refused.
    """
    if local and case.refused:
        return None if answer.sqlstate == _REFUSED else f"It should be refused by name, not {_brief(answer)}."
    if case.error is not None:
        right = answer.error is not None and case.error.lower() in answer.error.lower()
        return None if right else f"The error {case.error!r} is documented, not {_brief(answer)}."
    if answer.error is not None:
        return f"It failed: {answer.error}"
    if case.rows is not None and _sorted(case, _written(answer)) != _sorted(case, case.rows):
        return f"The rows {list(case.rows)} are documented, not {list(_written(answer))}."
    for what, documented, given in (("types", case.types, answer.types), ("columns", case.columns, answer.names)):
        if documented and given is not None and given != documented:
            return f"The {what} {list(documented)} are documented, not {list(given)}."
    return None


def _brief(answer: Answer) -> str:
    return f"rows {list(_written(answer))}" if answer.error is None else f"{answer.sqlstate} {answer.error!r}"


def _written(answer: Answer) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(NULL if value is None else value for value in row) for row in answer.rows or ())


def _sorted(case: Case, rows: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
    return list(rows) if case.ordered else sorted(rows)
