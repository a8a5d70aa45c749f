"""Does the same on two servers, and writes what differs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.rig.driver_cursors import around_statements
from bench.verify import report
from bench.verify.compare import differences
from bench.verify.costs import read_costs
from bench.verify.documented import ask_cases, name_cases
from bench.verify.model import Asked, Difference, Findings
from bench.verify.pipeline import run_last_steps, run_pipeline
from bench.verify.scratch import Target, open_scratch
from bench.verify.settle import ask_probes, load_assumptions, plans, settle, settle_features
from bench.verify.sql_files import ask_statements
from local_redshift import RedshiftServer, S3Settings, Settings
from local_redshift.documented import Case, problem_of
from local_redshift.s3 import S3Server

_BUCKET = "local-bucket"


@dataclass(frozen=True)
class Outcome:
    """A verification.

    :param text: the report.
    :param found: where the servers differ.
    :param left: what could not be removed.
    """

    text: str
    found: tuple[Difference, ...]
    left: tuple[str, ...]


def verify(real: Target, local: Target, cases: Sequence[Case], tell: Callable[[str], None]) -> Outcome:
    """Ask both servers, and return the report.

    :param real: the real Redshift.
    :param local: the local one.
    :param cases: documented results.
    :param tell: is told of the progress.
    """
    named, left = name_cases(cases), list[str]()
    found = []
    for target in (real, local):
        tell(f"{target.name}: asking")
        found.append(examine(target, named, left.append))
    tell(f"{real.name}: compared with {local.name}")
    refused = {asked for asked, case in named.items() if case.refused}
    assumptions = load_assumptions()
    differ = list(differences(*found, refused=refused, unlike=plans(assumptions)))
    settled = settle(assumptions, found[0]) + settle_features(named, *found)
    documented = [
        (asked.name, problem)
        for asked, case in named.items()
        if asked in found[0].answers and (problem := problem_of(case, found[0].answers[asked], local=False))
    ]
    text = report.write(
        f"Redshift and the local Redshift, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        (found[0].version, found[1].version),
        differ,
        len(found[0].answers.keys() & found[1].answers.keys()),
        documented,
        settled,
        found[0].costs,
        [(f"{asked.section}, {asked.name}", why) for asked, why in found[0].not_tried.items()],
        left,
    )
    return Outcome(text, tuple(differ), tuple(left))


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
            run_last_steps(scratch, asker, findings)
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
                yield Target(name, _BUCKET, database="dev", variables=_variables(redshift, s3)), redshift


def _variables(redshift: RedshiftServer, s3: S3Server) -> dict[str, str]:
    login = redshift.connection()
    warehouse = {
        "conn_type": "redshift",
        "host": login["host"],
        "port": login["port"],
        "login": login["user"],
        "password": login["password"],
        "schema": login["dbname"],
        "extra": {"ssl": False},
    }
    aws = {
        "conn_type": "aws",
        "login": s3.access_key_id,
        "password": s3.secret_access_key,
        "extra": {"endpoint_url": s3.endpoint, "region_name": "us-east-1"},
    }
    return {
        "AIRFLOW_CONN_SPARKIFY_REDSHIFT": json.dumps(warehouse),
        "AIRFLOW_CONN_SPARKIFY_AWS": json.dumps(aws),
    }
