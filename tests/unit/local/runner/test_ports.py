"""Ports are found free, or refused by name."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.runner.errors import RunnerError
from local.runner.ports import choose_ports
from local.runner.settings import Ports
from local_redshift.supervision import free_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_zeros_become_free_ports_that_differ() -> None:
    ports = choose_ports(Ports(0, 0, 0))
    assert len({ports.airflow, ports.redshift, ports.s3}) == 3


_KERNELS_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


@pytest.mark.skipif(not _KERNELS_RANGE.exists(), reason="Linux tells its range there")
def test_a_chosen_port_is_none_that_the_kernel_gives_to_outgoing_connections() -> None:
    first_of_the_kernel = int(_KERNELS_RANGE.read_text().split()[0])
    if first_of_the_kernel < 32_000:
        pytest.skip("this machine's administrator has widened the kernel's range")
    assert max(free_port() for _ in range(50)) < first_of_the_kernel


def test_free_ports_stay_as_they_are() -> None:
    free = choose_ports(Ports(0, 0, 0))
    assert choose_ports(free) == free


@pytest.mark.parametrize(
    ("name", "what", "variable"),
    [
        ("airflow", "Airflow's UI and API", "AIRFLOW_PORT"),
        ("redshift", "the local Redshift", "REDSHIFT_PORT"),
        ("s3", "the S3 server", "S3_PORT"),
    ],
)
def test_a_taken_port_is_named_with_what_needs_it_and_what_to_do(
    taken: int, name: str, what: str, variable: str
) -> None:
    with pytest.raises(RunnerError) as caught:
        choose_ports(Ports(**{"airflow": 0, "redshift": 0, "s3": 0} | {name: taken}))
    said = str(caught.value)
    assert f"Port {taken}, which {what} needs, is taken by process {os.getpid()} (" in said
    assert f"make run {variable}={taken + 1}" in said
