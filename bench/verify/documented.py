"""Asks for the results that AWS documents, which the package keeps as data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from bench.verify.model import Asked, Findings
from bench.verify.pipeline import redacted
from bench.verify.scratch import Scratch
from local_redshift.documented import Case, Place

SECTION = "documented results"
#: What belongs to the cluster and not to a database: it would be changed for everybody, and not dropped at the end.
_OF_THE_CLUSTER = re.compile(
    r"\b(?:create|alter|drop)\s+(?:user|group|role|database|datashare|identity|rls|masking|external\s+schema)\b"
    r"|\b(?:grant|revoke)\s+(?:role|usage\s+on\s+database)\b|\bset\s+(?:local\s+|session\s+)?session\s+authorization\b"
    r"|\b(?:cancel|pg_terminate_backend|pg_cancel_backend|change_\w+_priority)\b",
    re.IGNORECASE,
)


def name_cases(cases: Iterable[Case]) -> dict[Asked, Case]:
    """Return cases by what they are called in the report."""
    return {Asked(SECTION, f"{case.family} {number}, {case}"): case for number, case in enumerate(cases, start=1)}


def ask_cases(scratch: Scratch, cases: dict[Asked, Case], findings: Findings) -> None:
    """Ask for each case in a schema of its family's own, with a session for each family.

    :param scratch: where.
    :param cases: see :func:`name_cases`.
    :param findings: gets what the server said.
    """
    for family, items in groupby(cases.items(), key=lambda item: item[1].family):
        named = list(items)
        schema = f"documented_{family}"
        with scratch.asker() as asker:
            setup = "" if _OF_THE_CLUSTER.search(named[0][1].setup) else named[0][1].setup
            problem = asker(f"CREATE SCHEMA {schema}; SET search_path TO {schema}, public; {setup}".rstrip("; "))
            for asked, case in named:
                if _OF_THE_CLUSTER.search(f"{case.setup} {case.sql}"):
                    findings.not_tried[asked] = "it would change more than the scratch database"
                    continue
                if problem.error is not None:
                    findings.not_tried[asked] = scratch.redaction(f"its tables cannot be made: {problem.error}")
                    continue
                asker(f"SET search_path TO {schema}, public")
                place = _place(scratch, asked, case)
                answer = asker(place.fill(case.sql))
                asker.leave_failed()
                findings.answers[asked] = redacted(scratch, answer, ordered=case.ordered)


def _place(scratch: Scratch, asked: Asked, case: Case) -> Place:
    folder = f"documented/{asked.name.partition(',')[0].replace(' ', '_')}"
    place = Place(f"s3://{scratch.target.bucket}/{scratch.folder}/{folder}", scratch.credentials)
    for key, text in case.objects.items():
        scratch.put(f"{folder}/{key}", place.fill(text).encode())
    return place
