"""Ports: check that they are free, or find free ones."""

from __future__ import annotations

from dataclasses import fields, replace

import psutil

from local.runner.errors import RunnerError
from local.runner.settings import Ports
from local_redshift.supervision import free_port, is_free

_NEEDED_BY = {"airflow": "Airflow's UI and API", "redshift": "the local Redshift", "s3": "the S3 server"}


def choose_ports(ports: Ports) -> Ports:
    """Return the ports, with free ones in place of zeros.

    :raises RunnerError: when a port is taken, with what needs it and what holds it.
    """
    chosen: dict[str, int] = {}
    for field in fields(ports):
        port = getattr(ports, field.name)
        chosen[field.name] = port or _free_port(set(chosen.values()))
        if port and not is_free(port):
            raise RunnerError(_taken(field.name, port))
    return replace(ports, **chosen)


def _taken(name: str, port: int) -> str:
    holder = _holder(port)
    return (
        f"Port {port}, which {_NEEDED_BY[name]} needs, is taken{f' by {holder}' if holder else ''}: stop what listens "
        f"there, or choose another port, as in make run {name.upper()}_PORT={port + 1}."
    )


def _free_port(others: set[int]) -> int:
    while (port := free_port()) in others:
        pass
    return port


def _holder(port: int) -> str | None:
    """Return the process that listens on a port, if this user may know it."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr[1] == port
            if listens and connection.pid:
                return f"process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        pass
    return None
