"""``python -m bench.verify``; docs/verify-redshift.md says what it needs."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg2

from bench.verify.scratch import ScratchError, Target
from bench.verify.verify import local_target, verify
from bench.warehouse import be_quiet
from local_redshift.documented import load_cases

_REPORT = Path(__file__).parents[2] / ".state" / "verify-redshift.md"


def main(words: list[str] | None = None) -> int:
    """Ask both servers and write the report; 1 when they differ, 2 when nothing could be asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.verify", description=__doc__)
    parser.add_argument("--bucket", required=True, help="s3://bucket/prefix: a folder is made in it and removed")
    parser.add_argument("--role", default="default", help="ARN of the role that COPY reads with, or default")
    parser.add_argument("--region", default="", help="the bucket's region, when it is not the warehouse's")
    parser.add_argument("--database", help="an empty database; without it, one is made and dropped")
    parser.add_argument("--report", type=Path, default=_REPORT, help="where to write it (default: %(default)s)")
    chosen = parser.parse_args(words)
    bucket, _, prefix = chosen.bucket.removeprefix("s3://").partition("/")
    real = Target("Redshift", bucket, prefix.strip("/"), chosen.role, chosen.region, chosen.database)
    be_quiet()
    try:
        with local_target() as (local, _):
            report = verify(real, local, load_cases(), lambda text: print(text, flush=True))
    except (ScratchError, ValueError, psycopg2.OperationalError) as error:  # none of them holds a password
        print(str(error).strip(), file=sys.stderr)
        return 2
    chosen.report.parent.mkdir(parents=True, exist_ok=True)
    chosen.report.write_text(report.text(datetime.now(UTC)), encoding="utf-8")
    print(f"{len(report.found)} differences. The report: {chosen.report}")
    for text in report.left:
        print(text)
    return bool(report.found or report.left)


if __name__ == "__main__":
    sys.exit(main())
