"""``python -m tests.chaos``: plays schedules, prints what happened, exits with 1 at the first that ends wrong."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.runs import ChaosError
from tests.chaos.schedule import Schedule
from tests.chaos.world import World


def main() -> int:
    """Play the schedules that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the first schedule (default: 0)")
    parser.add_argument("--schedules", type=int, default=200, help="how many, a seed each (default: 200)")
    parser.add_argument("--keep-going", action="store_true", help="go on after a schedule that ends wrong")
    chosen = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="chaos-") as name, World(Path(name)) as world:
        for seed in range(chosen.seed, chosen.seed + chosen.schedules):
            failed += not play(world, Schedule.draw(seed))
            if failed and not chosen.keep_going:
                break
        print(f"{failed} of {seed - chosen.seed + 1} schedules ended wrong.")
        for what, count in sorted(world.counts.items() | world.injector.done.items()):
            print(f"  {count:6}  {what}")
    return int(failed > 0)


def play(world: World, schedule: Schedule) -> bool:
    """Play one schedule, tell how it ended and return whether it ended well."""
    started = time.monotonic()
    try:
        problems = world.play(schedule)
    except (ChaosError, TimeoutError) as error:
        problems = [str(error)]
    print(f"{'ok   ' if not problems else 'WRONG'} {time.monotonic() - started:5.1f} s  {schedule}", flush=True)
    for problem in problems:
        print(f"  {problem}")
    if problems:
        log = world.folder / f"{schedule.seed}-faults.log"
        print(log.read_text()[-6000:] if log.exists() else "  (no log)")
        print(f"  Again: python -m tests.chaos --seed {schedule.seed} --schedules 1")
    return not problems


if __name__ == "__main__":
    sys.exit(main())
