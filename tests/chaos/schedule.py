"""A schedule: a history, the faults that hit its loads, and how many of them run at once."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.chaos.boundaries import BOUNDARIES
from tests.chaos.history import Phase, make_history
from tests.chaos.injector import Deed, PlannedFault
from tests.faults.wire_proxy import Moment

#: Statements of a phase, about: a fault "at any statement" is drawn among so many.
_STATEMENTS = 350
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
    def draw(cls, seed: int, deeds: tuple[Deed, ...] = DEEDS) -> Schedule:
        """Draw a schedule. Consecutive seeds go through all named boundaries with all deeds.

        :param seed: the seed.
        :param deeds: what can happen.
        """
        rng = Random(seed)
        names = list(BOUNDARIES)
        named = PlannedFault(deeds[seed // len(names) % len(deeds)], names[seed % len(names)])
        history = make_history(seed)
        faults: list[list[PlannedFault]] = [[named], [named]]
        for phase in faults:
            for _ in range(rng.randrange(3)):
                phase.append(PlannedFault(rng.choice(deeds), rng.choice(names), rng.randint(1, 3)))
            for _ in range(rng.randrange(3)):
                moment = rng.choice(list(Moment))
                phase.append(PlannedFault(rng.choice(deeds), nth=rng.randint(1, _STATEMENTS), moment=moment))
        return cls(seed, history, faults, rng.randint(1, 3), rng.choice(["redshift", "postgres"]))

    def __str__(self) -> str:
        faults = " / ".join("; ".join(map(str, phase)) for phase in self.faults)
        return f"seed {self.seed}, {self.connection}, {self.parallel} at once: {faults}"
