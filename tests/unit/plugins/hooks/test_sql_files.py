"""SQL files are read by their names, with or without comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from sparkify.hooks.sql_files import SqlFiles


@pytest.fixture
def sql(tmp_path: Path) -> SqlFiles:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.sql").write_text("-- What for.\nSELECT ';' AS b;\n", encoding="utf-8")
    (tmp_path / "a" / "two.sql").write_text("DELETE FROM t;\nINSERT INTO t (a) SELECT 1", encoding="utf-8")
    (tmp_path / "a" / "none.sql").write_text("-- Nothing yet.\n", encoding="utf-8")
    return SqlFiles(tmp_path)


def test_a_file_is_read_as_text_as_statements_or_as_its_only_statement(sql: SqlFiles) -> None:
    assert sql.text("a/one.sql") == "-- What for.\nSELECT ';' AS b;\n"
    assert sql.statement("a/one.sql") == "SELECT ';' AS b"
    assert sql.statements("a/two.sql") == ["DELETE FROM t", "INSERT INTO t (a) SELECT 1"]


@pytest.mark.parametrize(("name", "count"), [("a/two.sql", 2), ("a/none.sql", 0)])
def test_a_file_with_another_number_of_statements_than_one_is_refused(sql: SqlFiles, name: str, count: int) -> None:
    with pytest.raises(ValueError, match=rf"{name} holds {count} statements: one is expected"):
        sql.statement(name)


def test_a_missing_file_is_named(sql: SqlFiles) -> None:
    with pytest.raises(FileNotFoundError, match=r"a/other\.sql"):
        sql.text("a/other.sql")


def test_an_empty_folder_is_refused() -> None:
    with pytest.raises(ValueError, match="The folder of the SQL files is empty"):
        SqlFiles("")
