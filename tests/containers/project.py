"""docker-compose.yaml brought up in the tests' engine, with secrets and ports of its own."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

from local.compose_env import fill, make_values
from local.runner.airflow_api import AirflowApi
from local.runner.settings import ROOT, Login
from tests.containers.engine import Engine, EngineError

_OVERRIDE = Path(__file__).with_name("override.yaml")
_NAME = "sparkify"


class Project:
    """The services of docker-compose.yaml.

    :param engine: the running engine.
    :param folder: where the file with the variables is written.
    :param values: variables, over those that are made up for all profiles.
    """

    def __init__(self, engine: Engine, folder: Path, values: dict[str, str]) -> None:
        self.engine = engine
        self.folder = folder
        self.values = make_values(local=True, celery=True) | values

    @property
    def api(self) -> AirflowApi:
        """A client of its Airflow."""
        address = f"http://127.0.0.1:{self.values['AIRFLOW_PORT']}"
        return AirflowApi(address, Login("admin", self.values["ADMIN_PASSWORD"]))

    @property
    def warehouse(self) -> str:
        """The address of its local Redshift, as seen from this machine."""
        return f"postgresql://awsuser:{self.values['LOCAL_REDSHIFT_PASSWORD']}@127.0.0.1:{self.values['REDSHIFT_PORT']}/dev"

    def up(self, *services: str, workers: int = 0, **values: str) -> None:
        """Start services, all of the active profiles if none is named, with some variables changed for good."""
        self.values |= values
        scale = ["--scale", f"worker={workers}"] if workers else []
        self.compose("up", "--detach", "--build", *scale, *services)

    def compose(self, *words: str, **values: str) -> str:
        """Run docker-compose and return what it prints.

        :param values: variables that are other ones this time.
        :raises EngineError: when it fails, with what it said.
        """
        done = self.try_compose(*words, **values)
        if done.returncode:
            raise EngineError(f"docker-compose {' '.join(words)} failed: {done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout.strip()

    def try_compose(self, *words: str, **values: str) -> subprocess.CompletedProcess[str]:
        """Run docker-compose, whatever becomes of it."""
        variables = self.folder / "variables.env"
        variables.touch(mode=0o600)
        variables.write_text(fill((ROOT / ".env.example").read_text(), self.values | values))
        files = ["--file", str(ROOT / "docker-compose.yaml"), "--file", str(_OVERRIDE)]
        command = ["docker-compose", "--env-file", str(variables), *files, "--project-name", _NAME, *words]
        environment = self.engine.environment | {"COMPOSE_PROFILES": (self.values | values)["COMPOSE_PROFILES"]}
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    def containers(self, service: str = "") -> list[dict[str, Any]]:
        """Return what the engine says of the containers, running and ended, of one service or all."""
        labels = [f"label=com.docker.compose.project={_NAME}"]
        labels += [f"label=com.docker.compose.service={service}"] * bool(service)
        ids = self.engine.docker("ps", "--all", "--quiet", *[word for label in labels for word in ("--filter", label)])
        return list(json.loads(self.engine.docker("inspect", *ids.split()))) if ids else []

    def wait_until_healthy(self, timeout: float = 600) -> None:
        """Wait until every container with a health check is healthy.

        :raises EngineError: when one is not in time, with its name and state.
        """
        deadline = time.monotonic() + timeout
        while True:
            ill = {_service(container): _health(container) for container in self.containers()}
            ill = {name: health for name, health in ill.items() if health not in ("healthy", "none")}
            if not ill:
                return
            if time.monotonic() > deadline:
                raise EngineError(
                    f"Not healthy after {timeout:.0f} s: {ill}. {self.compose('logs', '--tail=30', *ill)}"
                )
            time.sleep(2)

    def cut_off_and_kill(self, hostname: str) -> None:
        """Take a worker off the network, then kill it: nobody hears of its end.

        :param hostname: of its container, as Airflow knows it.
        """
        [container] = [found for found in self.containers() if found["Config"]["Hostname"] == hostname]
        [network] = container["NetworkSettings"]["Networks"]
        self.engine.docker("network", "disconnect", network, container["Id"])
        # So that the engine does not start it again: this machine is gone.
        self.engine.docker("update", "--restart=no", container["Id"])
        self.engine.docker("kill", container["Id"])

    def down(self) -> None:
        """Remove containers, networks and volumes."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "20")


def _service(container: dict[str, Any]) -> str:
    return str(container["Config"]["Labels"]["com.docker.compose.service"])


def _health(container: dict[str, Any]) -> str:
    return str(container["State"].get("Health", {"Status": "none"})["Status"])
