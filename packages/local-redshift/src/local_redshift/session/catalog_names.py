"""The names of the functions that query trees refer to by number.

Contract: names are asked for in a client's session and kept for all sessions of the server: PostgreSQL does not give a
number to a second function while it has others left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from local_redshift.query_tree.nodes import Node
from local_redshift.session.backend import BackEnd

_NAME = b"redshift_functions"

#: What asks for names; the numbers follow as an array.
NAMES = "SELECT oid, proname FROM pg_catalog.pg_proc WHERE oid = ANY"

#: The fields of nodes that hold a function's number.
_FIELDS = {"FUNCEXPR": "funcid", "OPEXPR": "opfuncid", "AGGREF": "aggfnoid", "WINDOWFUNC": "winfnoid"}


@dataclass
class FunctionNames:
    """The names that are known so far."""

    _names: dict[int, str] = field(default_factory=dict)

    def function_name(self, oid: int) -> str | None:
        """Return the name of a function without its schema, None when it is not known."""
        return self._names.get(oid)

    async def load(self, backend: BackEnd, tree: Node) -> bytes | None:
        """Ask for the names of a tree's functions that are not known.

        :param backend: of the session that the tree is from.
        :param tree: any.
        :returns: an error of the back end, None when there is none.
        """
        missing = self.missing(tree)
        if not missing:
            return None
        reply = await backend.query(_NAME, f"{NAMES} ($1::pg_catalog.oid[])", ["{" + ",".join(map(str, missing)) + "}"])
        if not reply.ok:
            return reply.error or b""
        self.add(reply.rows)
        return None

    def missing(self, tree: Node) -> list[int]:
        """Return the numbers of a tree's functions whose names are not known.

        :param tree: any.
        """
        numbers = {node.number(_FIELDS[node.tag]) for node in tree.walk() if node.tag in _FIELDS}
        return sorted(numbers - self._names.keys())

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        """Keep names.

        :param rows: the number and the name of each.
        """
        self._names |= {int(str(oid)): str(name) for oid, name in rows}
