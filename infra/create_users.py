"""Create the warehouse's users: one that loads, one that only reads. Run it after serverless.yaml or cluster.yaml.

    python infra/create_users.py --workgroup sparkify          # or: --cluster sparkify
    python infra/create_users.py --workgroup sparkify --iam-role <role that Airflow's tasks run as>

It uses the Redshift Data API with the administrator's secret, so it needs no access to the VPC, and no password is
typed, shown or sent: the users get hashes of the passwords that Secrets Manager generated. Run it again after a
rotation to set the new passwords.
https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3

READERS = "sparkify_readers"
_NAME = re.compile(r"[A-Za-z0-9_.@-]+")


class StatementError(Exception):
    """The warehouse refused a statement; the message is its own."""


@dataclass
class Warehouse:
    """Runs statements as the administrator.

    :param database: the database.
    :param secret: ARN of the administrator's secret.
    :param target: ``WorkgroupName`` or ``ClusterIdentifier``.
    :param region: the region.
    :param run: runs a statement; by default through the Data API.
    """

    database: str
    secret: str
    target: dict[str, str]
    region: str | None = None
    run: Callable[[str], Any] = field(default=None)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.run is None:
            self._client = boto3.client("redshift-data", self.region)
            self.run = self._run

    def _run(self, sql: str) -> None:
        started = self._client.execute_statement(Database=self.database, SecretArn=self.secret, Sql=sql, **self.target)
        while (state := self._client.describe_statement(Id=started["Id"]))["Status"] not in ("FINISHED", "FAILED"):
            if state["Status"] == "ABORTED":
                raise StatementError("The statement was aborted: run it again.")
            time.sleep(0.5)
        if state["Status"] == "FAILED":
            raise StatementError(state.get("Error", "The warehouse gave no reason."))


def create_users(warehouse: Warehouse, region: str, connection: str, iam_role: str | None = None) -> None:
    """Create the group and the users.

    :param warehouse: where to create them.
    :param region: where the secrets are.
    :param connection: name of Airflow's connection for loading; the connection of the pages has the suffix ``_reader``.
    :param iam_role: name of a role that logs in by IAM on serverless and loads instead of the first user.
    """
    _ensure(warehouse, f"CREATE GROUP {READERS}")
    secrets = boto3.client("secretsmanager", region)
    for name, group in ((connection, None), (f"{connection}_reader", READERS)):
        value = secrets.get_secret_value(SecretId=f"airflow/connections/{name}")["SecretString"]
        login = json.loads(value)
        _make_user(warehouse, login["login"], _hash(login["login"], login["password"]), group)
        print(f"User {login['login']} has the password of airflow/connections/{name}.")
        if group is None:
            _let_create(warehouse, _checked(login["login"]))
    # By default Redshift lets everybody create tables there, readers included.
    warehouse.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    if iam_role:
        user = f'"IAMR:{_checked(iam_role)}"'
        _ensure(warehouse, f"CREATE USER {user} PASSWORD DISABLE")
        _let_create(warehouse, user)
        print(f"User {user} can log in by IAM.")


def admin_secret(target: dict[str, str], region: str) -> str:
    """Return the ARN of the secret that AWS keeps for the administrator."""
    if "WorkgroupName" in target:
        client = boto3.client("redshift-serverless", region)
        namespace = client.get_workgroup(workgroupName=target["WorkgroupName"])["workgroup"]["namespaceName"]
        return str(client.get_namespace(namespaceName=namespace)["namespace"]["adminPasswordSecretArn"])
    clusters = boto3.client("redshift", region).describe_clusters(**target)["Clusters"]
    return str(clusters[0]["MasterPasswordSecretArn"])


def _make_user(warehouse: Warehouse, user: str, password: str, group: str | None) -> None:
    into = f" IN GROUP {group}" if group else ""
    if not _ensure(warehouse, f"CREATE USER {_checked(user)} PASSWORD '{password}'{into}"):
        warehouse.run(f"ALTER USER {_checked(user)} PASSWORD '{password}'")


def _let_create(warehouse: Warehouse, user: str) -> None:
    """Let a user create the runs' staging schemas and the star schema's tables."""
    warehouse.run(f"GRANT CREATE ON DATABASE {_checked(warehouse.database)} TO {user}")
    warehouse.run(f"GRANT CREATE ON SCHEMA public TO {user}")


def _ensure(warehouse: Warehouse, statement: str) -> bool:
    """Run a CREATE statement; return whether the object was missing."""
    try:
        warehouse.run(statement)
    except StatementError as error:
        if "already exists" in str(error):
            return False
        raise
    return True


def _hash(user: str, password: str) -> str:
    """Return the MD5 of password and name, which Redshift takes in place of a password (random, 48 characters)."""
    return "md5" + hashlib.md5(f"{password}{user}".encode(), usedforsecurity=False).hexdigest()


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise SystemExit(f"{name!r} is not a valid name of a user, role or database: use letters, digits and _ . @ -")
    return name


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--workgroup", help="name of the serverless workgroup")
    where.add_argument("--cluster", help="identifier of the cluster")
    parser.add_argument("--database", default="dev")
    parser.add_argument("--connection", default="sparkify_redshift", help="Airflow's connection for loading")
    parser.add_argument("--iam-role", help="a role that logs in by IAM on serverless")
    parser.add_argument("--region", default=boto3.session.Session().region_name)
    given = parser.parse_args()
    target = {"WorkgroupName": given.workgroup} if given.workgroup else {"ClusterIdentifier": given.cluster}
    warehouse = Warehouse(given.database, admin_secret(target, given.region), target, given.region)
    create_users(warehouse, given.region, given.connection, given.iam_role)


if __name__ == "__main__":
    main()
