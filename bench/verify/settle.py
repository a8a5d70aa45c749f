"""Settles what the repository assumes: by probes, by what the server says of its statements, by documented results."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.verify.model import Asked, Costs, Findings, Settled, Verdict
from bench.verify.pipeline import redacted
from bench.verify.scratch import Scratch
from local_redshift.documented import Answer, Case, problem_of

SECTION = "assumptions"
_FILE = Path(__file__).parent / "assumptions.toml"
_FEATURES = Path(__file__).parents[2] / "packages" / "local-redshift" / "FEATURES.md"
#: Tables that grow with what was loaded.
_GROWING = re.compile(r"play_deliveries|songplays|user_observations|load_ledger|source_objects|song_deliveries|^time$")


@dataclass(frozen=True)
class Assumption:
    """An entry of ``assumptions.toml``; the file says what its fields mean."""

    says: str
    where: str
    probe: str = ""
    beside: str = ""
    rows: tuple[tuple[str, ...], ...] | None = None
    error: str = ""
    contains: str = ""
    cost: str = ""
    not_tried: str = ""

    @property
    def asked(self) -> Asked:
        """What it is called among the findings."""
        return Asked(SECTION, self.says)


def load_assumptions() -> list[Assumption]:
    """Read the assumptions.

    :raises TypeError: when an entry has a field that no assumption has.
    """
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))["assumption"]
    return [
        Assumption(**{**entry, "rows": tuple(map(tuple, entry["rows"])) if "rows" in entry else None})
        for entry in entries
    ]


def ask_probes(scratch: Scratch, assumptions: list[Assumption], findings: Findings) -> None:
    """Ask the probes, each in a schema of its own with an empty table ``t``."""
    for number, assumption in enumerate(assumptions, start=1):
        if not assumption.probe:
            continue
        schema = f"assumption_{number}"
        with scratch.asker() as first, scratch.asker() as second:
            first(f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.t (a INTEGER, b VARCHAR(10))")
            answer = Answer()
            for asker, sql in ((first, assumption.probe), (second, assumption.beside)):
                asker(f"SET search_path TO {schema}")
                answer = asker(sql) if sql else answer
            first("ROLLBACK")
        findings.answers[assumption.asked] = redacted(scratch, answer)


def plans(assumptions: list[Assumption]) -> set[Asked]:
    """Return the probes whose answers are plans, which every engine writes in its own way."""
    return {assumption.asked for assumption in assumptions if assumption.contains}


def settle(assumptions: list[Assumption], real: Findings) -> list[Settled]:
    """Return what became of each assumption.

    :param assumptions: see :func:`load_assumptions`.
    :param real: what the real server said.
    """
    return [_settle(assumption, real) for assumption in assumptions]


def _settle(assumption: Assumption, real: Findings) -> Settled:
    if assumption.not_tried:
        return Settled(assumption.says, assumption.where, Verdict.NOT_TRIED, assumption.not_tried)
    if assumption.cost:
        verdict, evidence = RULES[assumption.cost](real.costs or Costs())
        return Settled(assumption.says, assumption.where, verdict, evidence)
    answer = real.answers.get(assumption.asked)
    if answer is None:
        return Settled(assumption.says, assumption.where, Verdict.NOT_TRIED, "the run ended before it")
    verdict = Verdict.VERIFIED if _is_as_assumed(assumption, answer) else Verdict.DIFFERS
    return Settled(assumption.says, assumption.where, verdict, _brief(answer))


def _is_as_assumed(assumption: Assumption, answer: Answer) -> bool:
    if assumption.error:
        return answer.error is not None and assumption.error in answer.error.lower()
    if assumption.contains:
        return any(assumption.contains in (cell or "") for row in answer.rows or () for cell in row)
    return answer.error is None and answer.rows == assumption.rows


def _brief(answer: Answer) -> str:
    if answer.error is not None:
        return f"{answer.sqlstate or ''} {answer.error}".strip()
    return "; ".join(" | ".join(cell or "NULL" for cell in row) for row in answer.rows or ()) or "no error"


def settle_features(cases: Mapping[Asked, Case], real: Findings, local: Findings) -> list[Settled]:
    """Return what became of the package's FEATURES.md: of each row, by the documented results of its page.

    :param cases: the documented results that were asked for.
    :param real: what the real server said.
    :param local: what the local server said.
    """
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in _FEATURES.read_text(encoding="utf-8").splitlines()
        if line.startswith("|") and "---" not in line and not line.startswith("| feature")
    ]
    return [_settle_feature(row[0], row[1], row[3].removesuffix(".html"), cases, real, local) for row in rows]


def _settle_feature(
    name: str, state: str, page: str, cases: Mapping[Asked, Case], real: Findings, local: Findings
) -> Settled:
    mine = [(asked, case) for asked, case in cases.items() if case.page == page and asked in real.answers]
    wrong = {
        asked: problem
        for asked, case in mine
        for findings, is_local in ((local, True), (real, False))
        if asked in findings.answers and (problem := problem_of(case, findings.answers[asked], local=is_local))
    }
    where = f"FEATURES.md, {state}"
    if not mine:
        return Settled(name, where, Verdict.NOT_TRIED, f"no documented result of {page} is in the table")
    if wrong:
        return Settled(name, where, Verdict.DIFFERS, f"{len(wrong)} of {len(mine)}: {next(iter(wrong.values()))}")
    return Settled(name, where, Verdict.VERIFIED, f"{len(mine)} documented results of {page}")


def _statements_are_slow(costs: Costs) -> tuple[Verdict, str]:
    each = [cost.seconds / cost.count for cost in costs.statements if cost.kind in _PLAIN and cost.count]
    if not each:
        return Verdict.NOT_TRIED, "the server does not tell"
    middle = median(each)
    return _verdict(0.01 <= middle <= 1), f"{middle:.3f} s, the median over tasks of a statement's mean"


def _tables_cost_more(costs: Costs) -> tuple[Verdict, str]:
    plain = [cost.seconds / cost.count for cost in costs.statements if cost.kind in _PLAIN and cost.count]
    ddl = [cost.seconds / cost.count for cost in costs.statements if cost.kind in ("DDL", "CTAS") and cost.count]
    if not plain or not ddl:
        return Verdict.NOT_TRIED, "the server does not tell"
    return _verdict(median(ddl) > median(plain)), f"{median(ddl):.3f} s against {median(plain):.3f} s"


def _compiled_once(costs: Costs) -> tuple[Verdict, str]:
    first, again = (
        [cost for cost in costs.statements if cost.label.endswith(f"/verify__{run}") and cost.kind in _PLAIN]
        for run in ("hour", "rerun")
    )
    if not first or not again:
        return Verdict.NOT_TRIED, "the server does not tell"
    if not any(cost.compilations for cost in first):
        return Verdict.NOT_TRIED, "nothing was compiled: the server had the code, or does not tell"
    share = [sum(cost.compilations for cost in run) / sum(cost.count for cost in run) for run in (first, again)]
    text = f"{share[0]:.0%} of the first hour's statements were compiled, {share[1]:.0%} of its rerun's"
    return _verdict(share[1] <= share[0] / 2), text


def _scans_are_restricted(costs: Costs) -> tuple[Verdict, str]:
    growing = [scan for scan in costs.scans if _GROWING.search(scan.table.rpartition(".")[2])]
    if not growing:
        return Verdict.NOT_TRIED, "the server does not tell"
    whole = sorted({f"{scan.table} in {scan.label.split('/')[1]}" for scan in growing if scan.restricted < scan.scans})
    scans, restricted = sum(scan.scans for scan in growing), sum(scan.restricted for scan in growing)
    text = f"{restricted} of {scans} scans (is_rrscan)"
    return _verdict(not whole), f"{text}; not all of {', '.join(whole)}" if whole else text


def _seconds_of_publish(costs: Costs) -> tuple[Verdict, str]:
    publish = [cost for cost in costs.statements if cost.label.endswith("/publish/verify__hour")]
    if not publish:
        return Verdict.NOT_TRIED, "the server does not tell"
    seconds = sum(cost.seconds for cost in publish)
    return Verdict.VERIFIED, f"{seconds:.1f} s, so at most {3600 / max(seconds, 0.001):.0f} hours an hour"


def _verdict(holds: bool) -> Verdict:
    return Verdict.VERIFIED if holds else Verdict.DIFFERS


#: Kinds of SYS_QUERY_HISTORY that are neither DDL, COPY nor a session's settings.
_PLAIN = frozenset(("SELECT", "INSERT", "DELETE", "UPDATE"))
RULES: Mapping[str, Callable[[Costs], tuple[Verdict, str]]] = {
    "statements_are_slow": _statements_are_slow,
    "tables_cost_more": _tables_cost_more,
    "compiled_once": _compiled_once,
    "scans_are_restricted": _scans_are_restricted,
    "seconds_of_publish": _seconds_of_publish,
}
