"""Does the same on two servers, and writes what differs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.rig.connections import connection_variables
from bench.rig.driver_cursors import around_statements
from bench.verify.compare import differences
from bench.verify.costs import read_costs
from bench.verify.documented import ask_cases, name_cases
from bench.verify.model import Asked, Findings
from bench.verify.pipeline import run_last_steps, run_pipeline
from bench.verify.report import Report
from bench.verify.scratch import Target, open_scratch
from bench.verify.settle import ask_probes, load_assumptions, plans, settle, settle_features
from bench.verify.sql_files import ask_statements, note_statements
from local_redshift import RedshiftServer, S3Settings, Settings
from local_redshift.documented import Case, problem_of
from local_redshift.s3 import S3Server

_BUCKET = "local-bucket"


def verify(real: Target, local: Target, cases: Sequence[Case], tell: Callable[[str], None]) -> Report:
    """Ask both servers, and return what was found.

    :param real: the real Redshift.
    :param local: the local one.
    :param cases: documented results.
    :param tell: is told of the progress.
    """
    named, left = name_cases(cases), list[str]()
    answers = []
    for target in (real, local):
        tell(f"{target.name}: asking")
        answers.append(examine(target, named, left.append))
    first, second = answers
    assumptions = load_assumptions()
    refused = {asked for asked, case in named.items() if case.refused}
    return Report(
        versions=(first.version, second.version),
        asked=len(first.answers.keys() & second.answers.keys()),
        found=tuple(differences(first, second, refused=refused, unlike=plans(assumptions))),
        undocumented=tuple(
            (asked.name, problem)
            for asked, case in named.items()
            if asked in first.answers and (problem := problem_of(case, first.answers[asked], local=False))
        ),
        settled=(*settle(assumptions, first), *settle_features(named, first, second)),
        costs=first.costs,
        not_tried=tuple((f"{asked.section}, {asked.name}", why) for asked, why in first.not_tried.items()),
        left=tuple(left),
    )


def examine(target: Target, cases: dict[Asked, Case], tell: Callable[[str], None]) -> Findings:
    """Return what a server says.

    :param target: the server.
    :param cases: documented results.
    :param tell: is told what could not be removed.
    """
    findings, sent = Findings(), list[str]()
    with open_scratch(target, tell) as scratch, scratch.asker() as asker:
        findings.version = str(asker.rows("SELECT version()")[0][0])
        with _noted(sent):
            run_pipeline(scratch, asker, findings)
            asker("SET search_path TO public, etl")
            ask_statements(scratch, asker, sent, findings)
            sent += run_last_steps(scratch, asker, findings)
            note_statements(sent, findings)
        ask_cases(scratch, cases, findings)
        ask_probes(scratch, load_assumptions(), findings)
        # Last, because the history of statements is written with a delay.
        findings.costs = read_costs(asker, scratch.database)
    return findings


@contextmanager
def _noted(sent: list[str]) -> Iterator[None]:
    """Note the statements that the pipeline's sessions ran without an error."""

    def note(sql: str, send: Callable[[], object]) -> object:
        answer = send()
        sent.append(sql)
        return answer

    with around_statements(note):
        yield


@contextmanager
def local_target(folder: Path | None = None, name: str = "local") -> Iterator[tuple[Target, RedshiftServer]]:
    """Start a local Redshift and S3.

    :param folder: for their data; a temporary one when there is none.
    :param name: in the report.
    """
    with tempfile.TemporaryDirectory(prefix="verify-") as made:
        place = folder or Path(made)
        with S3Server(place / "s3") as s3:
            access = S3Settings(s3.endpoint, "us-east-1", s3.access_key_id, s3.secret_access_key)
            with RedshiftServer(Settings(folder=place / "redshift", port=0, s3=access)) as redshift:
                s3.create_bucket(_BUCKET)
                yield (
                    Target(name, _BUCKET, database="dev", variables=connection_variables(redshift.connection(), s3)),
                    redshift,
                )
