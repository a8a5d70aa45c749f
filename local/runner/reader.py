"""The warehouse's read-only user, which an administrator creates once on AWS (docs/aws.md)."""

from __future__ import annotations

from contextlib import suppress

import psycopg
from psycopg import errors, sql

from local.runner.settings import Login

#: sparkify_create_tables lets this group read what it makes.
_GROUP = "sparkify_readers"


def create_reader(dsn: str, login: Login) -> None:
    """Create the group of readers and a user in it, unless they exist.

    :param dsn: the warehouse's address, as its administrator.
    :param login: the user.
    """
    group, user = sql.Identifier(_GROUP), sql.Identifier(login.user)
    statements = (
        sql.SQL("CREATE GROUP {}").format(group),
        sql.SQL("CREATE USER {} PASSWORD {} IN GROUP {}").format(user, sql.Literal(login.password), group),
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            with suppress(errors.DuplicateObject):
                connection.execute(statement)
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
