"""The settings of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.sample import Sample

#: The checkout.
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ports:
    """The ports on 127.0.0.1, with their defaults; 0 means any free port."""

    airflow: int = 8080
    redshift: int = 5439
    s3: int = 9000


@dataclass(frozen=True)
class Login:
    """A name and a password. They are no secrets: all servers listen only on this machine."""

    user: str
    password: str


@dataclass(frozen=True)
class RunnerSettings:
    """One run of the system.

    :param state: folder of everything that is kept.
    :param data: folder in the public sample's layout to load instead of generated data.
    :param sample: what to generate otherwise.
    :param dags: the DAGs' folder.
    :param plugins: the plugins' folder.
    :param parallelism: tasks that run in parallel.
    :param schedule: whether Airflow also starts the current hours by itself.
    :param triggerer: whether to run Airflow's triggerer, which only deferring tasks need.
    :param environment: further variables for Airflow, which override the runner's.
    """

    state: Path = ROOT / ".state"
    ports: Ports = Ports()
    data: Path | None = None
    sample: Sample = field(default_factory=Sample)
    dags: Path = ROOT / "dags"
    plugins: Path = ROOT / "plugins"
    parallelism: int = 8
    schedule: bool = True
    triggerer: bool = False
    airflow_login: Login = Login("admin", "admin")
    redshift_login: Login = Login("awsuser", "Local-Redshift-1")
    reader_login: Login = Login("sparkify_reader", "Local-Reader-1")
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """This source's part of the state folder: sources are never mixed."""
        return self.state.resolve() / self.source_name

    @property
    def home(self) -> Path:
        """The home folder of all processes, because the user's home has settings for other programs."""
        return self.state.resolve() / "home"

    @property
    def source_name(self) -> str:
        """The source's name, for folder and bucket."""
        if self.data is None:
            return f"sample-{self.sample.seed}"
        digest = hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:8]
        return f"data-{digest}"

    @property
    def bucket(self) -> str:
        """The bucket of the source."""
        return f"sparkify-{self.source_name}"
