"""The container files: they parse, name the pinned Airflow, mount what it needs, and hold no secret."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sparkify.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())
TEXT = (ROOT / "docker-compose.yaml").read_text()
AIRFLOW = ("migrate", "api-server", "scheduler", "dag-processor")
_VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:[-?])?([^}]*)\}")
_SECRET = re.compile(r"PASSWORD$|SECRET|_KEY$|CONN_|SQL_ALCHEMY_CONN")


def environment(service: str) -> dict[str, str]:
    return {name: str(value) for name, value in COMPOSE["services"][service]["environment"].items()}


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_airflow_is_the_locked_one_everywhere() -> None:
    [wanted] = re.findall(r"^apache-airflow==(\S+)$", (ROOT / "requirements.in").read_text(), re.MULTILINE)
    assert f"\napache-airflow=={wanted}\n" in (ROOT / "requirements.txt").read_text()
    assert re.search(rf"^FROM apache/airflow:slim-{re.escape(wanted)}-python3\.1[123]$", dockerfile(), re.MULTILINE)
    assert {COMPOSE["services"][name]["image"] for name in AIRFLOW} == {f"sparkify-airflow:{wanted}"}


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text()


def test_services_are_those_of_airflow_and_its_database_without_a_triggerer() -> None:
    assert COMPOSE["services"].keys() == {"postgres", *AIRFLOW}
    assert [COMPOSE["services"][name]["command"] for name in ("migrate", "scheduler", "dag-processor")] == [
        ["db", "migrate"],
        ["scheduler"],
        ["dag-processor"],
    ]


@pytest.mark.parametrize("service", AIRFLOW)
@pytest.mark.parametrize("folder", ["dags", "plugins", "sql"])
def test_folder_is_mounted_and_built_in(service: str, folder: str) -> None:
    assert f"./{folder}:/opt/airflow/{folder}:ro" in COMPOSE["services"][service]["volumes"]
    assert (ROOT / folder).is_dir()
    assert f"COPY --chown=airflow:root {folder} /opt/airflow/{folder}" in dockerfile()
    assert f"!{folder}" in (ROOT / ".dockerignore").read_text().splitlines()


def test_logs_are_where_the_ui_and_the_tasks_both_see_them() -> None:
    assert all("logs:/opt/airflow/logs" in COMPOSE["services"][name]["volumes"] for name in AIRFLOW)
    used = {volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service["volumes"]}
    assert {name for name in used if not name.startswith("./")} == COMPOSE["volumes"].keys()


def test_tasks_report_to_the_api_server() -> None:
    url = environment("scheduler")["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]
    assert url.split("/")[2].split(":")[0] in COMPOSE["services"]


@pytest.mark.parametrize("service", COMPOSE["services"])
def test_secret_comes_from_outside_or_compose_refuses_with_a_sentence(service: str) -> None:
    secrets = {name: value for name, value in environment(service).items() if _SECRET.search(name)}
    assert secrets
    for name, value in secrets.items():
        [(_, kind, sentence)] = _VARIABLE.findall(value)
        assert kind == ":?", name
        assert "set it in .env" in sentence, name


def test_example_names_every_variable_and_gives_no_secret() -> None:
    needed = {name: kind == ":?" for name, kind, _ in _VARIABLE.findall(TEXT)}
    given = example()
    assert given.keys() == needed.keys()
    assert {name for name, required in needed.items() if required and given[name]} == set()


def test_defaults_of_the_example_are_those_of_compose() -> None:
    defaults = {name: default for name, kind, default in _VARIABLE.findall(TEXT) if kind == ":-"}
    assert {name: example()[name] for name in defaults} == defaults


def test_settings_are_such_as_the_pipeline_knows() -> None:
    prefix = "AIRFLOW__SPARKIFY__"
    named = {name.removeprefix(prefix).lower() for name in environment("scheduler") if name.startswith(prefix)}
    assert named
    assert named <= set(Settings.__dataclass_fields__)


def test_every_part_waits_for_the_migrated_database() -> None:
    for name in ("api-server", "scheduler", "dag-processor"):
        condition = COMPOSE["services"][name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"
    assert COMPOSE["services"]["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_only_this_machine_reaches_the_ui() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert published == ["127.0.0.1:${AIRFLOW_PORT:-8080}:8080"]
