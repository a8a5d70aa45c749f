"""A Docker engine of the tests' own: its data, socket and process id lie in one folder, and it ends with the test.

Contract: touches no other engine, and asks no image registry for anything. Needs root, and Debian's packages
``docker.io`` and ``docker-compose``, which :func:`install` fetches.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType

PACKAGES = ("docker.io", "docker-compose", "debootstrap", "iptables")
_START_SECONDS = 60.0


class EngineError(Exception):
    """The engine cannot be had; the message says why."""


def install() -> None:
    """Install Debian's packages unless they are there.

    :raises EngineError: when that fails, with what apt-get said.
    """
    if all(shutil.which(program) for program in ("dockerd", "docker-compose", "debootstrap", "iptables")):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise EngineError(f"{' '.join(command)} failed: {done.stderr[-2000:]}")


class Engine:
    """``dockerd`` with a folder of its own.

    :param folder: keeps images between runs; may be deleted when the engine is stopped.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "dockerd.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What Docker's clients need to talk to this engine; the classic builder takes no image from elsewhere."""
        own = {
            "DOCKER_HOST": f"unix://{self.folder / 'docker.sock'}",
            "DOCKER_CONFIG": str(self.folder / "client"),
            "DOCKER_BUILDKIT": "0",
            "COMPOSE_DOCKER_CLI_BUILD": "0",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOCKER_", "COMPOSE_"))}
        return kept | own

    def start(self) -> None:
        """Start it and wait until it answers.

        :raises EngineError: when it does not.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for driver in ("overlay2", "vfs"):
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    self._command(driver), stdout=log, stderr=log, env=self.environment, start_new_session=True
                )
            if self._answers():
                return
            self.stop()
        raise EngineError(f"dockerd did not start: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop it, and the containers that still run."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        # dockerd leaves this mount behind, and with it the folder could not be deleted.
        left = self.folder / "exec" / "netns" / "default"
        subprocess.run(["umount", str(left)], capture_output=True, check=False)

    def docker(self, *words: str, text_in: str | None = None) -> str:
        """Run the client and return what it prints.

        :raises EngineError: when it fails, with what it said.
        """
        command = ["/usr/bin/docker", *words]
        done = subprocess.run(command, env=self.environment, input=text_in, capture_output=True, text=True, check=False)
        if done.returncode:
            raise EngineError(f"{' '.join(command)} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout.strip()

    def __enter__(self) -> Engine:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _command(self, driver: str) -> list[str]:
        # 198.18.0.0/15 is for tests between hosts (RFC 2544), so that no real network has these addresses.
        return [
            "dockerd",
            *("--host", f"unix://{self.folder / 'docker.sock'}"),
            *("--data-root", str(self.folder / driver)),
            *("--exec-root", str(self.folder / "exec")),
            *("--pidfile", str(self.folder / "dockerd.pid")),
            *("--storage-driver", driver),
            *("--bip", "198.19.0.1/24", "--default-address-pool", "base=198.18.0.0/16,size=24"),
            *("--group", "root"),
        ]

    def _answers(self) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process is not None and self._process.poll() is None:
            try:
                self.docker("version")
            except EngineError:
                time.sleep(0.5)
            else:
                return True
        return False
