"""Run the checks of ``make checks``: the stacks' policies, secrets in the sources, vulnerabilities of dependencies.

Contract: the first two need no network. The third asks PyPI about every version in every lock. The exit code is 0 when
all was checked and nothing found, 1 when something was found or a tool failed, and 2 when nothing was found but
something could not be checked.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from enum import IntEnum
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LOCKS = (
    "requirements.txt",
    *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("requirements/*.txt")),
    "packages/local-redshift/requirements.txt",
)


class Outcome(IntEnum):
    """The outcome of a check; its value is the exit code."""

    CLEAN = 0
    FOUND = 1
    NOT_CHECKED = 2


def check_policies() -> Outcome:
    """Check the stacks against checkov's policies; infra/.checkov.yaml lists the exceptions, with reasons."""
    return _run("checkov", "--config-file", "infra/.checkov.yaml")


def check_secrets() -> Outcome:
    """Look for secrets in the files that git tracks, without asking any service whether they are valid."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "checkout-index", "--all", f"--prefix={folder}/"], cwd=ROOT, check=True)
        return _run(
            *("kingfisher", "scan", folder, "--no-validate", "--git-history", "none", "--no-update-check", "--quiet")
        )


def check_vulnerabilities() -> Outcome:
    """Look up the known vulnerabilities of every locked version."""
    outcomes = []
    for lock in LOCKS:
        done = subprocess.run(
            [BIN / "pip-audit", "--no-deps", "--disable-pip", "--format", "json", "--requirement", lock],
            cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        outcome, message = judge_audit(done.stdout, done.stderr)
        print(f"{lock}: {message}", flush=True)
        outcomes.append(outcome)
    return worst(outcomes)


def judge_audit(answer: str, errors: str) -> tuple[Outcome, str]:
    """Return the outcome of one run of pip-audit, and a message for the reader.

    :param answer: pip-audit's standard output, in its JSON format.
    :param errors: its standard error.
    """
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Outcome.NOT_CHECKED, f"NOT CHECKED, pip-audit got no answer: {errors.strip().rpartition(chr(10))[2]}"
    vulnerabilities = [_describe(package, found) for package in packages for found in package.get("vulns", ())]
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    counts = f"{len(packages) - len(unknown)} of {len(packages)} packages looked up"
    if vulnerabilities:
        return Outcome.FOUND, "\n  ".join([f"{counts}, {len(vulnerabilities)} vulnerabilities", *vulnerabilities])
    if unknown or not packages:
        return Outcome.NOT_CHECKED, f"NOT CHECKED, {counts}; PyPI does not answer for {', '.join(unknown[:3])}, …"
    return Outcome.CLEAN, f"{counts}, none has a known vulnerability"


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome of several: something found outranks something that was not checked."""
    return max(outcomes, key=[Outcome.CLEAN, Outcome.NOT_CHECKED, Outcome.FOUND].index)


def _describe(package: dict[str, Any], found: dict[str, Any]) -> str:
    fixed = ", ".join(found["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']} has {found['id']}, fixed in {fixed}"


def _run(program: str, *arguments: str) -> Outcome:
    return Outcome.FOUND if subprocess.run([BIN / program, *arguments], cwd=ROOT).returncode else Outcome.CLEAN


def main(checks: Iterable[Callable[[], Outcome]] = (check_policies, check_secrets, check_vulnerabilities)) -> Outcome:
    """Run all checks, whatever the outcome of the others, and return the worst outcome."""
    outcomes = []
    for check in checks:
        print(f"-- {(check.__doc__ or '').partition(chr(10))[0]}", flush=True)
        outcomes.append(check())
        print(f"-- {outcomes[-1].name.replace('_', ' ').lower()}", flush=True)
    return worst(outcomes)


if __name__ == "__main__":
    sys.exit(main())
