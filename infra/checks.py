"""What ``make checks`` runs: policies of the stacks, secrets in the sources, known weaknesses of the dependencies.

Contract: the first two need no network. The third asks the package registry, and says so when that cannot answer;
it fails only for a weakness that it was told of.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LOCKS = tuple(sorted(path.name for path in ROOT.glob("requirements*.txt")))


def check_policies() -> bool:
    """Hold the stacks against checkov's policies; infra/.checkov.yaml says which are left out, and why."""
    return _succeeds("checkov", "--config-file", "infra/.checkov.yaml")


def check_secrets() -> bool:
    """Look for secrets in the files that git knows, without asking any service whether they are valid."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "checkout-index", "--all", f"--prefix={folder}/"], cwd=ROOT, check=True)
        return _succeeds(
            *("kingfisher", "scan", folder, "--no-validate", "--git-history", "none", "--no-update-check", "--quiet")
        )


def check_weaknesses() -> bool:
    """Ask the registry for known weaknesses of what is locked."""
    sound = True
    for lock in LOCKS:
        done = subprocess.run(
            [BIN / "pip-audit", "--no-deps", "--disable-pip", "--format", "json", "--requirement", lock],
            cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        sound &= _judge(lock, done.stdout, done.stderr)
    return sound


def _judge(lock: str, answer: str, said: str) -> bool:
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        print(f"{lock}: SKIPPED, the registry gave no answer: {said.strip().splitlines()[-1:]}")
        return True
    weak = [package for package in packages if package.get("vulns")]
    for package in weak:
        for found in package["vulns"]:
            fixed = ", ".join(found["fix_versions"]) or "none yet"
            print(f"{lock}: {package['name']} {package['version']} has {found['id']}, fixed in {fixed}.")
    unknown = sum("skip_reason" in package for package in packages)
    if unknown == len(packages):
        print(f"{lock}: SKIPPED, the registry knows no weaknesses of packages (it has no {packages[0]['name']!r}).")
    else:
        print(f"{lock}: {len(packages) - unknown} packages looked up, {unknown} not, {len(weak)} with weaknesses.")
    return not weak


def _succeeds(program: str, *words: str) -> bool:
    return subprocess.run([BIN / program, *words], cwd=ROOT).returncode == 0


def main() -> None:
    """Run all checks, whatever becomes of the others."""
    checks = (check_policies, check_secrets, check_weaknesses)
    failed = []
    for check in checks:
        print(f"-- {(check.__doc__ or '').partition(chr(10))[0]}", flush=True)
        if not check():
            failed.append(check.__name__)
    sys.exit(f"Failed: {', '.join(failed)}." if failed else None)


if __name__ == "__main__":
    main()
