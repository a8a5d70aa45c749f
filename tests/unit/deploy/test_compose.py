"""The container files: they parse, name the pinned Airflow, mount what it needs, and hold no secret."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.compose_env import fill, make_values
from sparkify.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
SERVERS = ROOT / "packages" / "local-redshift"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())
TEXT = (ROOT / "docker-compose.yaml").read_text()
AIRFLOW = ("migrate", "api-server", "scheduler", "dag-processor", "triggerer", "worker")
LOCAL = ("local-sample", "local-s3", "local-redshift")
#: Services that end when their work is done.
ONE_SHOT = ("migrate", "local-sample")
_VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:[-?])?([^}]*)\}")
_SECRET = re.compile(r"PASSWORD$|SECRET|_KEY(_ID)?$|_AUTH$|CONN_|SQL_ALCHEMY_CONN|BROKER_URL|RESULT_BACKEND")
#: What only some profiles need is not asked of the others: their services refuse to start without it.
_OF_A_PROFILE = {"REDIS_PASSWORD", "LOCAL_S3_ACCESS_KEY_ID", "LOCAL_S3_SECRET_ACCESS_KEY", "LOCAL_REDSHIFT_PASSWORD"}


def environment(service: str) -> dict[str, str]:
    return {name: str(value) for name, value in COMPOSE["services"][service].get("environment", {}).items()}


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_airflow_is_the_locked_one_everywhere() -> None:
    [wanted] = re.findall(r"^apache-airflow==(\S+)$", (ROOT / "requirements/pipeline.in").read_text(), re.MULTILINE)
    assert f"\napache-airflow=={wanted} " in (ROOT / "requirements.txt").read_text()
    assert re.search(rf"^FROM apache/airflow:slim-{re.escape(wanted)}-python3\.1[123]$", dockerfile(), re.MULTILINE)
    assert {COMPOSE["services"][name]["image"] for name in AIRFLOW} == {f"sparkify-airflow:{wanted}"}


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text()


def test_services_without_a_profile_are_airflow_and_its_database() -> None:
    profiles = {name: service.get("profiles") for name, service in COMPOSE["services"].items()}
    assert {name for name, given in profiles.items() if given is None} == {
        *("postgres", "migrate", "api-server", "scheduler", "dag-processor")
    }
    assert {name: given for name, given in profiles.items() if given} == {
        "triggerer": ["triggerer"],
        "redis": ["celery"],
        "worker": ["celery"],
        **{name: ["local"] for name in LOCAL},
    }


@pytest.mark.parametrize("service", COMPOSE["services"])
def test_service_states_its_memory_and_says_whether_it_is_healthy(service: str) -> None:
    definition = COMPOSE["services"][service]
    assert re.fullmatch(r"\d+[mg]", definition["mem_limit"])
    assert ("healthcheck" in definition) is (service not in ONE_SHOT)


def test_no_image_runs_as_root() -> None:
    assert not re.search(r"^USER", dockerfile(), re.MULTILINE)  # apache/airflow's is airflow
    assert re.findall(r"^USER (.*)$", (SERVERS / "Dockerfile").read_text(), re.MULTILINE) == ["redshift"]
    assert {COMPOSE["services"][name]["build"] for name in LOCAL} == {"packages/local-redshift"}
    others = {name for name in COMPOSE["services"] if name not in (*AIRFLOW, *LOCAL)}
    assert {name: COMPOSE["services"][name]["user"] for name in others} == {"postgres": "postgres", "redis": "redis"}


def test_the_image_of_the_servers_has_the_version_of_the_package_and_a_complete_lock() -> None:
    project = tomllib.loads((SERVERS / "pyproject.toml").read_text())["project"]
    assert {COMPOSE["services"][name]["image"] for name in LOCAL} == {f"local-redshift:{project['version']}"}
    lock = set(re.findall(r"^([a-z][^ #\n\[=]*)==", (SERVERS / "requirements.txt").read_text(), re.MULTILINE))
    needed = [*project["dependencies"], *project["optional-dependencies"]["s3"]]
    assert {re.split(r"[\[>]", name)[0] for name in needed} <= lock


def test_lock_for_several_machines_has_the_pipelines_own_pins() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z][^ #\n]*==[^ #\n]+", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.txt") <= pins("requirements/cluster.txt")
    shared = {pin.split("==")[0] for pin in pins("requirements/cluster.txt")}
    local = {pin for pin in pins("requirements/local.txt") if pin.split("==")[0] in shared}
    assert local <= pins("requirements/cluster.txt")


@pytest.mark.parametrize("service", AIRFLOW)
@pytest.mark.parametrize("folder", ["dags", "plugins", "sql"])
def test_folder_is_mounted_and_built_in(service: str, folder: str) -> None:
    assert f"./{folder}:/opt/airflow/{folder}:ro" in COMPOSE["services"][service]["volumes"]
    assert (ROOT / folder).is_dir()
    assert f"COPY --chown=airflow:root {folder} /opt/airflow/{folder}" in dockerfile()
    assert f"!{folder}" in (ROOT / ".dockerignore").read_text().splitlines()


def test_logs_are_where_the_ui_and_the_tasks_both_see_them() -> None:
    assert all("logs:/opt/airflow/logs" in COMPOSE["services"][name]["volumes"] for name in AIRFLOW)
    used = {volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service.get("volumes", ())}
    assert {name for name in used if not name.startswith("./")} == COMPOSE["volumes"].keys()


def test_tasks_report_to_the_api_server() -> None:
    url = environment("scheduler")["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]
    assert url.split("/")[2].split(":")[0] in COMPOSE["services"]


@pytest.mark.parametrize("service", COMPOSE["services"])
def test_secret_comes_from_outside_or_compose_refuses_with_a_sentence(service: str) -> None:
    for name, value in environment(service).items():
        if _SECRET.search(name):
            [(variable, kind, sentence)] = _VARIABLE.findall(value)
            assert (kind == ":-" and variable in _OF_A_PROFILE) or (kind == ":?" and "set it in .env" in sentence), name


@pytest.mark.parametrize(
    ("service", "sentence"),
    [
        ("redis", "REDISCLI_AUTH:?is empty, set REDIS_PASSWORD in .env"),
        ("local-s3", "LOCAL_S3_SECRET_ACCESS_KEY:?is empty, set it in .env"),
        ("local-redshift", "LOCAL_REDSHIFT_PASSWORD:?is empty, set it in .env"),
    ],
)
def test_service_of_a_profile_refuses_to_start_without_its_secret(service: str, sentence: str) -> None:
    assert sentence in " ".join(COMPOSE["services"][service]["command"])


@pytest.mark.parametrize("local", [False, True])
@pytest.mark.parametrize("celery", [False, True])
def test_env_that_is_made_leaves_only_the_owners_places_open(local: bool, celery: bool) -> None:
    template = (ROOT / ".env.example").read_text()
    made = dict(
        line.split("=", 1)
        for line in fill(template, make_values(local=local, celery=celery)).splitlines()
        if line and not line.startswith("#")
    )
    required = {name for name, kind, _ in _VARIABLE.findall(TEXT) if kind == ":?"}
    owners = {"CONN_REDSHIFT", "CONN_AWS", "SOURCE_BUCKET", "MANIFEST_BUCKET", "COPY_ROLE"}
    assert {name for name in required if not made[name]} == (set() if local else owners)
    assert made["EXECUTOR"] == ("CeleryExecutor" if celery else "LocalExecutor")
    assert bool(made["REDIS_PASSWORD"]) is celery
    assert bool(made["LOCAL_REDSHIFT_PASSWORD"]) is local


def test_env_that_is_made_has_other_secrets_each_time() -> None:
    first, second = make_values(local=True, celery=True), make_values(local=True, celery=True)
    secrets = [name for name in first if _SECRET.search(name)]
    assert len(secrets) >= 9
    assert [name for name in secrets if first[name] == second[name]] == []


def test_example_names_every_variable_and_gives_no_secret() -> None:
    needed = {name: kind == ":?" for name, kind, _ in _VARIABLE.findall(TEXT) if kind}
    given = example()
    assert given.keys() == {*needed, "COMPOSE_PROFILES"}
    secret = {name for name, required in needed.items() if required} | _OF_A_PROFILE
    assert {name for name in secret if given[name]} == set()


def test_defaults_of_the_example_are_those_of_compose() -> None:
    defaults = {name: default for name, kind, default in _VARIABLE.findall(TEXT) if kind == ":-"}
    assert {name: example()[name] for name in defaults} == defaults


def test_settings_are_such_as_the_pipeline_knows() -> None:
    prefix = "AIRFLOW__SPARKIFY__"
    named = {name.removeprefix(prefix).lower() for name in environment("scheduler") if name.startswith(prefix)}
    assert named
    assert named <= set(Settings.__dataclass_fields__)


def test_every_part_waits_for_the_migrated_database() -> None:
    for name in AIRFLOW[1:]:
        condition = COMPOSE["services"][name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"
    assert COMPOSE["services"]["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_only_this_machine_reaches_the_ui_and_the_local_redshift() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert published == ["127.0.0.1:${AIRFLOW_PORT:-8080}:8080", "127.0.0.1:${REDSHIFT_PORT:-5439}:5439"]
