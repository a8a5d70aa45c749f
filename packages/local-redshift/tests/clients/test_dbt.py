"""A dbt project builds, again and incrementally: https://docs.getdbt.com/docs/core/connect-data-platform/redshift-setup"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import psycopg
import pytest

from local_redshift import RedshiftServer
from support.programs import Run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(Path(__file__).parent / "dbt_project", tmp_path / "project"))


@pytest.mark.timeout(600)
def test_a_project_builds_and_builds_on_with_snapshots_tests_docs_and_freshness(
    redshift: RedshiftServer, run: Run, project: Path
) -> None:
    def dbt(*arguments: str) -> str:
        return run("dbt", *arguments, "--profiles-dir", ".", folder=project)

    assert "PASS=9 WARN=0 ERROR=0" in dbt("build")
    with psycopg.connect(**redshift.connection(), autocommit=True) as db:
        tell = "SELECT diststyle, sortkey1, tbl_rows FROM svv_table_info WHERE \"table\" = 'fact'"
        assert db.execute(tell).fetchone() == ("KEY(user_id)", "played_at", 3)

        with (project / "seeds" / "plays.csv").open("a") as seed:
            seed.write("4,11,Sparks,2018-11-04 00:00:00\n")
        assert "ERROR=0" in dbt("build")
        assert db.execute("SELECT id FROM dbt_test.fact ORDER BY 1").fetchall() == [(1,), (2,), (3,), (4,)]
        assert db.execute("SELECT plays FROM dbt_test.users WHERE user_id = 11").fetchall() == [(2,)]
        history = "SELECT plays, dbt_valid_to IS NULL FROM dbt_test.users_snapshot WHERE user_id = 11 ORDER BY 1"
        assert db.execute(history).fetchall() == [(1, False), (2, True)]
        labels = 'SELECT count(*) FROM stl_query WHERE querytxt LIKE \'%"app": "dbt"%\''
        assert db.execute(labels).fetchall() != [(0,)]

    dbt("docs", "generate")
    catalog = json.loads((project / "target" / "catalog.json").read_text())
    fact = catalog["nodes"]["model.listening.fact"]
    assert fact["metadata"]["comment"] == "Plays."
    assert [name for name in fact["columns"]] == ["id", "user_id", "song", "played_at"]
    assert fact["stats"]["diststyle"]["value"] == "KEY(user_id)"
    dbt("source", "freshness")
