"""Write .env for docker-compose.yaml: ``python3 local/compose_env.py [--local] [--celery]``.

Contract: needs the standard library only, because Docker needs nothing else installed; .env.example is its
template; never overwrites a file.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def make_values(*, local: bool, celery: bool) -> dict[str, str]:
    """Return the variables that can be generated: secrets, and what the chosen profiles need.

    :param local: for the S3 and Redshift of the profile ``local``.
    :param celery: for workers of the profile ``celery``.
    """
    values = {
        "FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "COMPOSE_PROFILES": ",".join(["local"] * local + ["celery"] * celery),
    }
    for name in ("API_SECRET_KEY", "JWT_SECRET", "POSTGRES_PASSWORD", "ADMIN_PASSWORD"):
        values[name] = secrets.token_hex(12 if name == "ADMIN_PASSWORD" else 32)
    if celery:
        values |= {"EXECUTOR": "CeleryExecutor", "REDIS_PASSWORD": secrets.token_hex(32)}
    return values | (_local_values() if local else {})


def fill(template: str, values: dict[str, str]) -> str:
    """Return the template with these values in its ``NAME=`` lines.

    :raises ValueError: when it has no line for one.
    """
    lines = template.splitlines()
    names = [line.partition("=")[0] for line in lines]
    for name, value in values.items():
        if name not in names:
            raise ValueError(f".env.example has no line {name}=")
        lines[names.index(name)] = f"{name}={value}"
    return "\n".join(lines) + "\n"


def _local_values() -> dict[str, str]:
    # Redshift wants upper case, lower case and digits in a password, and letters only would do for S3.
    key, secret, password = secrets.token_hex(10), secrets.token_hex(20), f"L{secrets.token_hex(16)}"
    aws = {
        "conn_type": "aws",
        "login": key,
        "password": secret,
        "extra": {"endpoint_url": "http://local-s3:9000", "region_name": "us-east-1"},
    }
    redshift = {
        "conn_type": "redshift",
        "host": "local-redshift",
        "port": 5439,
        "schema": "dev",
        "login": "awsuser",
        "password": password,
        "extra": {"ssl": False},
    }
    return {
        "LOCAL_S3_ACCESS_KEY_ID": key,
        "LOCAL_S3_SECRET_ACCESS_KEY": secret,
        "LOCAL_REDSHIFT_PASSWORD": password,
        "CONN_AWS": f"'{json.dumps(aws)}'",
        "CONN_REDSHIFT": f"'{json.dumps(redshift)}'",
        "SOURCE_BUCKET": "sparkify",
        "MANIFEST_BUCKET": "sparkify",
        "COPY_ROLE": "default",
    }


def main() -> None:
    """Write the file and say what is left to fill in."""
    parser = argparse.ArgumentParser(description="Write .env for docker-compose.yaml, with fresh secrets.")
    parser.add_argument("--local", action="store_true", help="an S3 and a Redshift on this machine, with sample data")
    parser.add_argument("--celery", action="store_true", help="tasks on workers, by Redis")
    parser.add_argument("--out", type=Path, default=_ROOT / ".env", help="the file to write")
    options = parser.parse_args()
    values = make_values(local=options.local, celery=options.celery)
    text = fill((_ROOT / ".env.example").read_text(encoding="utf-8"), values)
    try:
        file = os.open(options.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        sys.exit(
            f"{options.out} is there already, and keeps the secrets of its deployment: remove it first if you mean to."
        )
    with os.fdopen(file, "w", encoding="utf-8") as stream:
        stream.write(text)
    left = "" if options.local else " Fill in CONN_REDSHIFT, CONN_AWS, SOURCE_BUCKET, MANIFEST_BUCKET and COPY_ROLE."
    print(f"Wrote {options.out}; ADMIN_PASSWORD in it opens the UI.{left}")


if __name__ == "__main__":
    main()
