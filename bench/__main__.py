"""``python -m bench``: runs all benchmarks one after the other, then writes docs/benchmarks.md.

When one fails, the others still run; the exit code is 1 if any failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from bench.sizes import SIZES

#: The benchmarks, in order; each is a module of its own.
BENCHMARKS = ("hour", "cost", "backfill", "growth", "analytics", "startup", "copy", "server")


def main() -> int:
    """Run the benchmarks and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="short")
    parser.add_argument("--seed", default="5", help="other generated data")
    parser.add_argument("--only", help=f"names, separated by commas: {', '.join(BENCHMARKS)}")
    parser.add_argument("--data", help="a folder in the public sample's layout, for the backfill benchmark")
    chosen = parser.parse_args()
    failed = []
    for name in chosen.only.split(",") if chosen.only else BENCHMARKS:
        started = time.monotonic()
        more = ["--data", str(Path(chosen.data).absolute())] if chosen.data and name == "backfill" else []
        print(f"\n== {name} ({chosen.size})", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{name}", "--size", chosen.size, "--seed", chosen.seed, *more], check=False
        )
        failed += [name] if done.returncode else []
        print(f"({time.monotonic() - started:.0f} s)", flush=True)
    subprocess.run([sys.executable, "-m", "bench.page"], check=True)
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
