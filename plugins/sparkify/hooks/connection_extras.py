"""Checks the extra of a warehouse's Airflow connection: each driver's options, their types, and TLS. Pure.

Every option is converted to the type that the driver expects, or refused by name. TLS is never weaker than requested:
contradictions are refused, and so are modes in which the other side can choose a connection without TLS.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sparkify.hooks.driver_options import FIELDS, KINDS, NOT_HERE, PROVIDERS, SAME, TLS_FILES
from sparkify.hooks.value_kinds import Kind

#: Options that ask for TLS. An option that switches TLS off contradicts them.
_TLS_WISHES = (
    *("sslmode", "sslcert", "sslkey", "sslpassword", "sslrootcert", "sslcrl", "sslcrldir"),
    *("ssl_min_protocol_version", "ssl_max_protocol_version", "credentials_provider"),
)
#: Names of unknown options whose values are not shown.
_SECRET_NAME = re.compile(r"pass|pwd|secret|token|key|credential", re.IGNORECASE)
_FORM = '{"name": "value", …}'


class ExtraError(ValueError):
    """An extra that cannot be used as it is."""


@dataclass(frozen=True)
class Extras:
    """An extra that has been read.

    :param fields: values for the connection's own fields, by Airflow's names.
    :param options: the other options, each of the type that the hook and its driver expect.
    """

    fields: dict[str, Any]
    options: dict[str, Any]

    @property
    def has_iam(self) -> bool:
        """Whether the login is a temporary one that AWS gives."""
        return bool(self.options.get("iam"))


def read(conn_id: str, conn_type: str, written: str | None, fields: Mapping[str, Any]) -> Extras:
    """Return a connection's extra as the hook and its driver expect it.

    :param conn_id: the connection, for errors.
    :param conn_type: ``redshift`` or ``postgres``.
    :param written: the extra as the connection has it: JSON, or nothing.
    :param fields: the connection's own ``host``, ``port``, ``login``, ``password`` and ``schema``.
    :raises ExtraError: naming connection, extra, value and what would be right.
    """
    reader = _Reader(conn_id, conn_type)
    given = {name: value for name, value in reader.parse(written).items() if value is not None}
    converted = {name: reader.convert(name, value) for name, value in given.items()}
    extras = reader.split(converted, fields)
    reader.check_iam(extras, {**fields, **extras.fields})
    reader.check_tls(extras, str(extras.fields.get("host") or fields.get("host") or ""))
    return extras


def check_files(conn_id: str, extras: Extras) -> None:
    """Refuse TLS files that do not exist: libpq would continue without them.

    https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-FILEUSAGE

    :param conn_id: the connection, of type ``postgres``, for errors.
    :param extras: what has been read of its extra.
    :raises ExtraError: naming the extra and the file.
    """
    for name in TLS_FILES:
        path = extras.options.get(name, "system")
        if path != "system" and not Path(path).exists():
            advice = "there is no such file on this machine; put it there, or leave the extra out"
            raise _Reader(conn_id, "postgres").refusal(name, path, advice)


def check_source(conn_id: str, source: str) -> None:
    """Refuse a connection that has an option twice: Airflow would silently drop one of them.

    :param conn_id: the connection, for errors.
    :param source: the connection as it is written, a URI or JSON.
    :raises ExtraError: naming what it has twice.
    """
    if source.lstrip().startswith("{"):
        _load(conn_id, source)
        return
    names = [name for name, _ in parse_qsl(urlsplit(source).query, keep_blank_values=True)]
    _refuse_repeated(conn_id, names)
    if "__extra__" in names and len(names) > 1:
        others = ", ".join(name for name in names if name != "__extra__")
        raise ExtraError(
            f"The URI of connection {conn_id!r} has {others} beside __extra__, which Airflow drops: "
            "write all of them into __extra__."
        )


@dataclass(frozen=True)
class _Reader:
    conn_id: str
    conn_type: str

    @property
    def kinds(self) -> Mapping[str, Kind]:
        return KINDS[self.conn_type]

    def parse(self, written: str | None) -> dict[str, Any]:
        if not written or not written.strip():
            return {}
        extra = _load(self.conn_id, written)
        if not isinstance(extra, dict):
            raise ExtraError(f"The extra of connection {self.conn_id!r} is not a JSON object: write {_FORM}.")
        return extra

    def convert(self, name: str, value: Any) -> Any:
        if (self.conn_type, name) in NOT_HERE:
            raise self.refusal(name, value, NOT_HERE[self.conn_type, name])
        if name not in self.kinds:
            raise self._unknown(name, value)
        try:
            return self.kinds[name].read(value)
        except ValueError:
            raise self.refusal(name, value, f"give it {self.kinds[name].right}, or leave it out") from None

    def split(self, converted: Mapping[str, Any], fields: Mapping[str, Any]) -> Extras:
        """Separate the connection's own fields from what goes to the driver."""
        named = FIELDS if converted.get("iam") else {name: FIELDS[name] for name in FIELDS if name != "db_user"}
        own: dict[str, Any] = {}
        for name, value in converted.items():
            field = named.get(name)
            if field is None:
                continue
            if (own.get(field) or fields.get(field) or value) != value:
                raise self.refusal(name, value, f"the connection has another {field}; leave one of them out")
            own[field] = value
        return Extras(own, {name: value for name, value in converted.items() if name not in named})

    def check_iam(self, extras: Extras, fields: Mapping[str, Any]) -> None:
        options = extras.options
        if not extras.has_iam:
            return
        for name in options:
            if self.conn_type == "redshift" and name in PROVIDERS:
                advice = (
                    "with iam, the AWS connection that aws_conn_id names asks for the login; say there what it needs"
                )
                raise self.refusal(name, options[name], advice)
        if self.conn_type == "redshift":
            serverless = bool(options.get("is_serverless"))
            if serverless and not options.get("serverless_work_group"):
                raise self.refusal("is_serverless", True, "name the workgroup as serverless_work_group as well")
        else:
            serverless = bool(options.get("redshift-serverless"))
            if serverless is bool(options.get("redshift")):
                raise self.refusal("iam", True, "give it one of redshift=true and redshift-serverless=true as well")
        if not serverless and not fields.get("login"):
            raise self.refusal("iam", True, "on a cluster, name the database user as the connection's login as well")

    def check_tls(self, extras: Extras, host: str) -> None:
        options = extras.options
        name, off = ("ssl", False) if self.conn_type == "redshift" else ("sslmode", "disable")
        is_plain = name in options and options[name] == off
        wishes = [wish for wish in (*_TLS_WISHES, *(["iam"] if extras.has_iam else [])) if wish in options]
        wishes = [wish for wish in wishes if wish != name]
        if is_plain and wishes:
            raise self.refusal(name, off, f"it contradicts {wishes[0]}; leave one of them out")
        if not host and not {"hostaddr", "unix_sock"} & options.keys():
            raise ExtraError(f"The connection {self.conn_id!r} has no host: give it the warehouse's address.")
        # On a Unix socket libpq uses no TLS, whatever sslmode says.
        is_socket = self.conn_type == "postgres" and any(part.strip()[:1] in ("/", "@") for part in host.split(","))
        if is_socket and not is_plain:
            raise ExtraError(
                f"The connection {self.conn_id!r} has the host {host!r}, a Unix socket, which has no TLS: "
                "give it an address, or the extra sslmode=disable."
            )

    def refusal(self, name: str, value: Any, advice: str, *, hides: bool = False) -> ExtraError:
        hides = hides or (name in self.kinds and self.kinds[name].is_secret)
        shown = "…" if hides else json.dumps(value, ensure_ascii=False, default=str)[:60]
        end = "" if advice.endswith("?") else "."
        return ExtraError(f"The extra of connection {self.conn_id!r} has {name}={shown}: {advice}{end}")

    def _unknown(self, name: str, value: Any) -> ExtraError:
        meant = self._meant(name)
        advice = f"did you mean {meant}?" if meant else "take it out."
        if name == "__extra__":
            advice = "write what is in it into the extra itself."
        hides = bool(_SECRET_NAME.search(name)) or name == "__extra__" or (meant != "" and self.kinds[meant].is_secret)
        takes = f"a connection of type {self.conn_type!r} takes no such extra; {advice}"
        return self.refusal(name, value, takes.rstrip("."), hides=hides)

    def _meant(self, name: str) -> str:
        """Return the option that was probably meant by an unknown name, or an empty text."""
        ours, theirs = (0, 1) if self.conn_type == "postgres" else (1, 0)
        others = {pair[theirs]: pair[ours] for pair in SAME}
        alike = {known.lower().replace("-", "_"): known for known in self.kinds}
        plain = name.removeprefix(f"extra__{self.conn_type}__").lower().replace("-", "_")
        close = difflib.get_close_matches(plain, alike, n=1, cutoff=0.75)
        return alike.get(plain) or others.get(name.lower()) or (alike[close[0]] if close else "")


def _load(conn_id: str, written: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        _refuse_repeated(conn_id, [name for name, _ in pairs])
        return dict(pairs)

    try:
        return json.loads(written, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise ExtraError(f"The extra of connection {conn_id!r} is not JSON ({error}): write {_FORM}.") from None


def _refuse_repeated(conn_id: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ExtraError(f"The connection {conn_id!r} has {name!r} twice: leave one of them out.")
        seen.add(name)
