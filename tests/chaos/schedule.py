"""A schedule: a history, the faults that hit its loads, and how many of them run at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from local_redshift.testing import Moment
from tests.chaos.boundaries import Boundary
from tests.chaos.history import Phase, make_history
from tests.chaos.injector import Deed, PlannedFault

#: About the number of statements of a phase, among which a fault "at any statement" is drawn.
_STATEMENTS = 350
#: Faults of a phase whose place and deed are not drawn, but the next ones in turn.
_IN_TURN = 2
DEEDS = (Deed.KILL_TASK, Deed.CUT, Deed.KILL_TASK_SOON, Deed.KILL_REDSHIFT)


@dataclass(frozen=True)
class Schedule:
    """All that a seed decides.

    :param seed: the seed.
    :param history: what is delivered and loaded, phase by phase.
    :param faults: the faults of each phase.
    :param parallel: how many runs are under way at once.
    :param connection: type of the Airflow connection, which decides the driver.
    """

    seed: int
    history: list[Phase]
    faults: list[list[PlannedFault]]
    parallel: int
    connection: str

    @classmethod
    def draw(cls, seed: int, boundaries: Sequence[Boundary], deeds: tuple[Deed, ...] = DEEDS) -> Schedule:
        """Draw a schedule. Consecutive seeds go through all boundaries, each with every deed in turn.

        :param seed: the seed.
        :param boundaries: what a survey found.
        :param deeds: what can happen.
        """
        rng = Random(seed)
        history = make_history(seed)
        faults = [faults_in_turn(2 * seed + phase, _IN_TURN, boundaries, deeds) for phase in range(2)]
        for phase in faults:
            for _ in range(rng.randrange(3)):
                phase.append(PlannedFault(rng.choice(deeds), rng.choice(boundaries), rng.randint(1, 3)))
            for _ in range(rng.randrange(2)):
                moment = rng.choice(list(Moment))
                phase.append(PlannedFault(rng.choice(deeds), nth=rng.randint(1, _STATEMENTS), moment=moment))
        return cls(seed, history, faults, rng.randint(1, 3), rng.choice(["redshift", "postgres"]))

    def __str__(self) -> str:
        """Return the schedule in one line."""
        faults = " / ".join("; ".join(map(str, phase)) for phase in self.faults)
        return f"seed {self.seed}, {self.connection}, {self.parallel} at once: {faults}"


def faults_in_turn(turn: int, count: int, boundaries: Sequence[Boundary], deeds: Sequence[Deed]) -> list[PlannedFault]:
    """Return the faults of a turn: turn by turn all boundaries with one deed, then all with the next.

    :param turn: number of the turn, from 0.
    :param count: how many faults a turn has.
    :param boundaries: where.
    :param deeds: what can happen. A round of the boundaries begins with another deed at each of them.
    """
    numbers = range(turn * count, (turn + 1) * count)
    return [
        PlannedFault(deeds[(n // len(boundaries) + n % len(boundaries)) % len(deeds)], boundaries[n % len(boundaries)])
        for n in numbers
    ]
