"""The values for Airflow's Helm chart, as far as they can be checked without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.configuration import conf

from sparkify.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "infra" / "kubernetes" / "values.yaml").read_text()
VALUES: dict[str, Any] = yaml.safe_load(TEXT)
#: Sections of providers that the cluster's image has and the laptop lacks, with the options that are used.
#: https://airflow.apache.org/docs/apache-airflow-providers-cncf-kubernetes/stable/configurations-ref.html
KUBERNETES_OPTIONS = {"delete_worker_pods", "delete_worker_pods_on_failure", "worker_pods_creation_batch_size"}
SECRET = "sparkify-secrets"


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Iterate over all values that are not mappings or lists, with their paths."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else None
    if items is None:
        yield path, node
        return
    for name, value in items:
        yield from leaves(value, (*path, str(name)))


def test_airflow_is_the_locked_one() -> None:
    [wanted] = re.findall(r"^apache-airflow==(\S+)$", (ROOT / "requirements/pipeline.in").read_text(), re.MULTILINE)
    assert VALUES["airflowVersion"] == wanted
    assert VALUES["images"]["airflow"]["tag"] == wanted


@pytest.mark.parametrize(
    ("section", "option"),
    [(section, option) for section, options in VALUES["config"].items() for option in options],
)
def test_setting_is_known(section: str, option: str) -> None:
    known = {
        "sparkify": set(Settings.__dataclass_fields__),
        "kubernetes_executor": KUBERNETES_OPTIONS,
    }
    options = known.get(section) or set(conf.configuration_description.get(section, {}).get("options", ()))
    # The manager's own options are read by it and are not described: airflow/api_fastapi/auth/managers/simple
    assert option in options or option.startswith("simple_auth_manager_")


def test_secrets_are_named_and_never_given() -> None:
    named = [value for path, value in leaves(VALUES) if path[-1].lower().endswith("secretname")]
    assert len(named) >= 6
    assert {*named, VALUES["apiServer"]["env"][0]["valueFrom"]["secretKeyRef"]["name"]} == {SECRET}
    given = {
        path for path, _ in leaves(VALUES) if re.search(r"(password|secret|key|pass|token)$", path[-1], re.IGNORECASE)
    }
    assert {path[-1] for path in given} <= {"secretKey", "key"}  # names of a secret's keys


def test_steps_make_every_key_that_the_values_take_from_the_secret() -> None:
    page = (ROOT / "docs" / "kubernetes.md").read_text()
    made = set(re.findall(r"--from-literal=([a-z-]+)=", page))
    taken = {entry["secretKey"] for entry in VALUES["secret"]} | {"admin-password"}
    # What the chart takes by *SecretName: https://airflow.apache.org/docs/helm-chart/stable/production-guide.html
    assert made == taken | {"connection", "fernet-key", "api-secret-key", "jwt-secret"}


@pytest.mark.parametrize("part", ["scheduler", "dagProcessor", "apiServer", "workers"])
def test_part_states_its_resources(part: str) -> None:
    node = VALUES[part]["kubernetes"] if part == "workers" else VALUES[part]
    assert node["resources"]["requests"].keys() == {"cpu", "memory"}
    assert re.fullmatch(r"\d+[MG]i", node["resources"]["limits"]["memory"])


def test_nothing_runs_as_root() -> None:
    assert VALUES["securityContexts"]["pod"]["runAsNonRoot"] is True
    assert VALUES["securityContexts"]["containers"]["allowPrivilegeEscalation"] is False
