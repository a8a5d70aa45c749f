"""Write ``docs/data-dictionary.md`` from ``sql/tables``: ``make docs``.

Columns, types and keys come from the definitions, meanings from the comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sparkify.hooks.table_definitions import Column, Tables, defined_tables

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "data-dictionary.md"

_COMMENT = re.compile(r"COMMENT ON (TABLE|COLUMN) ([\w.\"]+)\s+IS '((?:[^']|'')*)';")
_PARTS = re.compile(
    r"(?P<meaning>.*?)(?: \((?:source: (?P<source>.*?))?(?:; )?(?:example: (?P<example>.*))?\))?", re.DOTALL
)
_FOREIGN_KEY = re.compile(r"FOREIGN KEY \(\"?(\w+)\"?\) REFERENCES ([\w.]+) \((\w+)\)")
_PRIMARY_KEY = re.compile(r"PRIMARY KEY \(([^)]*)\)")
_CREATE = re.compile(r"CREATE TABLE IF NOT EXISTS ([\w.]+) \((.*?)\n\)", re.DOTALL)
_SHORT = {"character varying": "varchar", "character": "char", "timestamp without time zone": "timestamp"}

_HEAD = """<!-- Generated from sql/tables by `make docs`. -->
# Data dictionary

Every table and column, as the warehouse's own comments describe them (`\\d+ songplays` in psql shows them too).
All times are UTC.

"""
_SECTIONS = {
    "public": "The star schema\n\nWhat analysts query.",
    "etl": "Bookkeeping\n\nWhat was loaded, from what, what was not, and the cleaned sources behind the star. "
    "Read it, but let only the pipeline write to it.",
    "staging_template": "Staging\n\nEach run stages into a schema of its own, with copies of these tables.",
}


@dataclass(frozen=True)
class Keys:
    """The keys of a table, which Redshift records and does not enforce.

    :param primary: columns of the primary key.
    :param foreign: column → the table and column that it refers to.
    """

    primary: tuple[str, ...]
    foreign: dict[str, tuple[str, str]]


def render(folder: Path = ROOT / "sql" / "tables") -> str:
    """Return the page for the definitions in a folder."""
    scripts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql"))]
    tables, text = defined_tables(scripts), "\n".join(scripts)
    comments = find_comments(text)
    keys = dict(find_keys(text))
    parts = [_HEAD, "## The star at a glance\n\n", diagram(tables, keys)]
    for schema, title in _SECTIONS.items():
        parts.append(f"\n## {title}\n")
        parts += [describe(name, tables[name], comments) for name in tables if name.startswith(f"{schema}.")]
    return "".join(parts)


def find_comments(text: str) -> dict[str, str]:
    """Return the comments on tables and columns in a text of SQL, by their names."""
    return {target.replace('"', ""): said.replace("''", "'") for _, target, said in _COMMENT.findall(text)}


def find_keys(text: str) -> Iterator[tuple[str, Keys]]:
    """Return the keys of each table that is created in a text of SQL."""
    for name, body in _CREATE.findall(text):
        primary = _PRIMARY_KEY.search(body)
        names = tuple(part.strip().strip('"') for part in primary[1].split(",")) if primary else ()
        yield name, Keys(names, {column: (table, key) for column, table, key in _FOREIGN_KEY.findall(body)})


def diagram(tables: Tables, keys: Mapping[str, Keys]) -> str:
    """Return the star's entity-relationship diagram (Mermaid)."""
    star = {name: columns for name, columns in tables.items() if name.startswith("public.")}
    lines = ["```mermaid", "erDiagram"]
    for name in star:
        for column, (parent, _) in keys[name].foreign.items():
            lines.append(f'    {_bare(parent)} ||--o{{ {_bare(name)} : "{column}"')
    for name, columns in star.items():
        lines.append(f"    {_bare(name)} {{")
        lines += [f"        {_entity(column, kind, keys[name])}" for column, kind in columns.items()]
        lines.append("    }")
    return "\n".join([*lines, "```", ""])


def describe(name: str, columns: Mapping[str, Column], comments: Mapping[str, str]) -> str:
    """Return the section of a table."""
    lines = [f"\n### {name}\n", comments[name], "", *_storage(columns)]
    described = [column for column in columns if f"{name}.{column}" in comments]
    if described:
        lines += ["| column | type | meaning | source field | example |", "| --- | --- | --- | --- | --- |"]
        lines += [_row(column, columns[column], comments[f"{name}.{column}"]) for column in described]
    return "\n".join(lines) + "\n"


def _row(name: str, column: Column, comment: str) -> str:
    parts = _PARTS.fullmatch(comment)
    if parts is None:
        raise ValueError(f"The comment on column {name} is not: meaning (source: …; example: …).")
    cells = [f"`{name}`", _type(column), parts["meaning"], _code(parts["source"]), _code(parts["example"])]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _storage(columns: Mapping[str, Column]) -> list[str]:
    by_place = sorted((column.sortkey, name) for name, column in columns.items() if column.sortkey)
    parts = [f"Distributed by `{name}`." for name, column in columns.items() if column.is_distkey]
    parts += [f"Sorted by {', '.join(f'`{name}`' for _, name in by_place)}."] if by_place else []
    return [" ".join(parts), ""] if parts else []


def _entity(name: str, column: Column, keys: Keys) -> str:
    marks = ", ".join(["PK"] * (name in keys.primary) + ["FK"] * (name in keys.foreign))
    kind = re.sub(r"\W+", "_", _type(column)).strip("_")
    note = " ".join(["distkey"] * column.is_distkey + ["sortkey"] * bool(column.sortkey))
    return " ".join(filter(None, [kind, name, marks, f'"{note}"' if note else ""]))


def _type(column: Column) -> str:
    base, _, size = column.type.partition("(")
    return _SHORT.get(base, base) + (f"({size}" if size else "")


def _code(text: str | None) -> str:
    return f"`{text}`" if text else ""


def _bare(name: str) -> str:
    return name.rpartition(".")[2]


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
