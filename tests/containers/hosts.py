"""Hosts of the tests' own: network namespaces with an address each, joined to this machine by a cable that can be cut.

Contract: needs root and Debian's ``iproute2``, ``socat`` and ``redis-server``. What runs on a host reaches a few ports
of this machine at the gateway's address, and nothing else. Addresses are of 198.18.0.0/15, which is for tests between
hosts (RFC 2544). Processes are ended by their namespace, so that nobody else's are.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PROGRAMS = {"ip": "iproute2", "socat": "socat", "redis-server": "redis-server", "unshare": "util-linux"}
#: A peer that does not answer is given up after so many milliseconds, idle or not: socket(7), tcp(7).
_DEAD_PEER = "keepalive,keepidle=5,keepintvl=2,keepcnt=3,setsockopt-int=6:18:10000"


def install() -> None:
    """Install Debian's packages unless they are there."""
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if missing:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *missing]):
            subprocess.run(command, env=environment, check=True, capture_output=True)


class Host:
    """A network namespace with a host name.

    :param number: tells its addresses from other hosts', 1 to 200.
    :param ports: of this machine's loopback that it reaches, at :attr:`gateway`.
    """

    def __init__(self, number: int, ports: Sequence[int]) -> None:
        self.name = f"worker-{number}"
        self.namespace = f"sparkify-{os.getpid()}-{number}"
        self.gateway, self.address = f"198.18.{50 + number}.1", f"198.18.{50 + number}.2"
        self._cable = f"spk{os.getpid() % 100_000}-{number}"
        self._ports = ports
        self._forwarders: list[subprocess.Popen[bytes]] = []

    def plug_in(self) -> None:
        """Make the namespace, its cable and its way to the ports."""
        for command in (
            f"netns add {self.namespace}",
            f"link add {self._cable} type veth peer name eth0 netns {self.namespace}",
            f"address add {self.gateway}/24 dev {self._cable}",
            f"link set {self._cable} up",
            f"-n {self.namespace} address add {self.address}/24 dev eth0",
            f"-n {self.namespace} link set eth0 up",
            f"-n {self.namespace} link set lo up",
        ):
            subprocess.run(["ip", *command.split()], check=True, capture_output=True)
        for port in self._ports:
            listen = f"TCP-LISTEN:{port},bind={self.gateway},fork,reuseaddr,{_DEAD_PEER}"
            command = ["socat", listen, f"TCP:127.0.0.1:{port}"]
            self._forwarders.append(
                subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            )

    def run(self, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> None:
        """Start a program on it."""
        named = f'hostname {self.name} && exec "$@"'
        words = ["ip", "netns", "exec", self.namespace, "unshare", "--uts", "bash", "-c", named, "bash", *command]
        with log.open("ab") as output:
            subprocess.Popen(
                words,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def cut_off(self) -> None:
        """Cut the cable: what is sent gets lost, and no connection learns of it."""
        subprocess.run(["ip", "link", "set", self._cable, "down"], check=True)

    def kill(self) -> None:
        """Kill all that runs on it."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def processes(self) -> list[int]:
        """Return the ids of what runs on it."""
        found = subprocess.run(["ip", "netns", "pids", self.namespace], capture_output=True, text=True, check=False)
        return [int(pid) for pid in found.stdout.split()]

    def remove(self) -> None:
        """Kill what runs on it, and take it away."""
        self.kill()
        for forwarder in self._forwarders:
            with suppress(ProcessLookupError):
                os.killpg(forwarder.pid, signal.SIGKILL)
            forwarder.wait()
        for command in (f"link delete {self._cable}", f"netns delete {self.namespace}"):
            subprocess.run(["ip", *command.split()], check=False, capture_output=True)


@contextmanager
def open_hosts(count: int, ports: Sequence[int]) -> Iterator[list[Host]]:
    """Plug hosts in, and take them away at the end."""
    hosts = [Host(number, ports) for number in range(1, count + 1)]
    try:
        for host in hosts:
            host.plug_in()
        yield hosts
    finally:
        for host in hosts:
            host.remove()


@contextmanager
def open_redis(folder: Path, port: int, password: str) -> Iterator[None]:
    """Run a Redis on this machine's loopback."""
    settings = f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {folder}\nsave ''\n"
    with (folder / "redis.log").open("wb") as log:
        server = subprocess.Popen(["redis-server", "-"], stdin=subprocess.PIPE, stdout=log, stderr=log)
    try:
        assert server.stdin is not None
        server.stdin.write(settings.replace("''", '""').encode())
        server.stdin.close()
        yield
    finally:
        server.terminate()
        server.wait()
