"""``python -m tests.chaos``: plays schedules, prints what happened, exits with 1 when one ends wrong."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local.runner.errors import RunnerError
from local.runner.settings import Ports, RunnerSettings
from tests.chaos.airflow_schedule import AirflowSchedule, day_of
from tests.chaos.airflow_stack import make_tables, open_cluster
from tests.chaos.runs import ChaosError
from tests.chaos.schedule import Schedule
from tests.chaos.world import World

#: Plays the schedule of a seed; returns its description and what is wrong in the end.
Player = Callable[[int], tuple[str, list[str]]]


def main() -> int:
    """Play the schedules that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the first schedule (default: 0)")
    parser.add_argument("--schedules", type=int, default=200, help="how many, a seed each (default: 200)")
    parser.add_argument("--airflow", action="store_true", help="run a whole Airflow, and kill its scheduler too")
    parser.add_argument("--keep-going", action="store_true", help="go on after a schedule that ends wrong")
    chosen = parser.parse_args()
    again = f"python -m tests.chaos {'--airflow ' if chosen.airflow else ''}--schedules 1 --seed"
    wrong: list[int] = []
    with (_airflow if chosen.airflow else _processes)() as (player, counts):
        for seed in range(chosen.seed, chosen.seed + chosen.schedules):
            if not _play(player, seed):
                wrong.append(seed)
                if not chosen.keep_going:
                    break
        print(f"{len(wrong)} of {seed - chosen.seed + 1} schedules ended wrong.")
        for seed in wrong:
            print(f"  again: {again} {seed}")
        for what, count in sorted(counts().items()):
            print(f"  {count:6}  {what}")
    return int(bool(wrong))


def _play(player: Player, seed: int) -> bool:
    started = time.monotonic()
    text = f"seed {seed}"
    try:
        text, problems = player(seed)
    except (ChaosError, RunnerError, TimeoutError) as error:
        problems = [str(error)]
    print(f"{'WRONG' if problems else 'ok   '} {time.monotonic() - started:5.1f} s  {text}", flush=True)
    for problem in problems:
        print(f"  {problem}", flush=True)
    return not problems


@contextmanager
def _processes() -> Iterator[tuple[Player, Callable[[], Counter[str]]]]:
    """Tasks as processes under a scheduler in small: a schedule takes seconds."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, World(Path(folder)) as world:
        boundaries = world.survey()

        def play(seed: int) -> tuple[str, list[str]]:
            schedule = Schedule.draw(seed, boundaries)
            return str(schedule), world.play(schedule)

        yield play, lambda: world.counts + world.injector.done


@contextmanager
def _airflow() -> Iterator[tuple[Player, Callable[[], Counter[str]]]]:
    """A whole Airflow: a schedule takes a minute or two."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, World(Path(folder)) as world:
        boundaries = world.survey()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        settings = RunnerSettings(state=Path(folder), ports=Ports(0, 0, 0), schedule=False)
        with open_cluster(settings) as cluster:
            cluster.stack.s3.create_bucket(settings.bucket)
            make_tables(cluster.stack)

            def play(seed: int) -> tuple[str, list[str]]:
                schedule = AirflowSchedule.draw(seed, day_of(seed), boundaries)
                return str(schedule), schedule.play(cluster)

            yield play, lambda: cluster.injector.done


if __name__ == "__main__":
    sys.exit(main())
