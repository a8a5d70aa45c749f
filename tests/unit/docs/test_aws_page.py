"""What docs/aws.md tells to copy fits the stacks and the pipeline."""

from __future__ import annotations

import json
import re

import pytest
from airflow.models.connection import Connection

from sparkify.hooks.connecting import IAM_EXTRA
from sparkify.settings import Settings
from tests.support.paths import ROOT
from tests.support.templates import template_of

PAGE = (ROOT / "docs" / "aws.md").read_text(encoding="utf-8")
CONNECTIONS = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", CONNECTIONS)
def test_every_connection_is_one_that_airflow_reads(text: str) -> None:
    connection = Connection.from_json(text)
    assert connection.conn_type in ("redshift", "aws")
    assert "iam" not in connection.extra_dejson or set(connection.extra_dejson) <= set(IAM_EXTRA)


def test_every_setting_exists() -> None:
    named = {name.lower() for name in re.findall(r"AIRFLOW__SPARKIFY__([A-Z_]+)", PAGE)}
    named |= set(re.findall(r"`(\w+_retention_days)`", PAGE))
    assert named <= set(Settings.__annotations__)


def test_every_parameter_and_output_that_is_named_is_in_a_stack() -> None:
    stacks = {name: template_of(f"{name}.yaml") for name in ("base", "serverless", "cluster", "mwaa")}
    parameters = {key for stack in stacks.values() for key in stack["Parameters"]}
    outputs = {key for stack in stacks.values() for key in stack["Outputs"]}
    for name in re.findall(r"overrides (\w+)=", PAGE):
        assert name in parameters
    for name in re.findall(r"=<([A-Z]\w+)>|outputs? `(\w+)`", PAGE):
        assert "".join(name) in outputs
    exports = re.findall(r"Name=='sparkify-base-(\w+)'", PAGE)
    assert set(exports) <= set(stacks["base"]["Outputs"])


def test_the_options_of_the_stack_are_those_that_the_build_names() -> None:
    import runpy

    built = runpy.run_path(str(ROOT / "infra" / "build_mwaa.py"))
    made = template_of("mwaa.yaml")
    given = made["Resources"]["Environment"]["Properties"]["AirflowConfigurationOptions"]
    assert set(built["options"]()) <= set(given)
    assert given["sparkify.sql_folder"] == built["options"]()["sparkify.sql_folder"]
    assert json.loads(given["secrets.backend_kwargs"]) == json.loads(built["options"]()["secrets.backend_kwargs"])
    assert made["Parameters"]["AirflowVersion"]["Default"] == built["AIRFLOW"]
