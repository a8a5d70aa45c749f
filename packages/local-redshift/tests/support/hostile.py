"""A shell with settings for other programs that read the same variables and files as the servers do."""

from __future__ import annotations

from pathlib import Path

_NOWHERE = "/nowhere/at-all"

#: By whom the variables are meant to be read: the variables.
OTHERS: dict[str, dict[str, str]] = {
    "an AWS account": {
        **{"AWS_PROFILE": "work-sso", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1", "AWS_CA_BUNDLE": _NOWHERE},
        **{"AWS_ACCESS_KEY_ID": "AKIAOTHER", "AWS_SECRET_ACCESS_KEY": "other", "AWS_CONFIG_FILE": _NOWHERE},
    },
    "a proxy": dict.fromkeys(("HTTP_PROXY", "https_proxy", "ALL_PROXY"), "http://127.0.0.1:1"),
    "another PostgreSQL": {
        **{"PGHOST": "db.example", "PGUSER": "other", "PGPASSWORD": "other", "PGSSLMODE": "verify-full"},
        **{"PGOPTIONS": "-c no.such=1", "PGSERVICE": "nowhere", "PGDATA": _NOWHERE, "PGTZ": "Mars"},
    },
    "another local Redshift": {
        **{"LOCAL_REDSHIFT_TLS": "required", "LOCAL_REDSHIFT_PASSWORD": "x", "LOCAL_REDSHIFT_PORT": "1"},
        **{"LOCAL_REDSHIFT_DATA_API_PORT": "1", "LOCAL_REDSHIFT_LENIENT": "1", "LOCAL_REDSHIFT_S3_ENDPOINT": "x"},
    },
    "another rclone": {
        **{"RCLONE_CONFIG": _NOWHERE, "RCLONE_ADDR": ":1", "RCLONE_READ_ONLY": "true", "RCLONE_RC": "true"},
        **{"RCLONE_LOG_FILE": _NOWHERE, "GOMEMLIMIT": "1MiB"},
    },
    "another place": {"LC_ALL": "xx_YY.ISO-8859-1", "LANG": "xx", "TZ": "Mars/Phobos", "LD_PRELOAD": "/no.so"},
}

_FILES = {
    ".aws/config": "[profile work-sso\nbroken",
    ".pgpass": "*:*:*:*:other",
    ".pg_service.conf": "broken",
    ".config/rclone/rclone.conf": "broken",
}


def make_others_home(folder: Path) -> Path:
    """Make a home folder whose files are for other programs, or broken."""
    for name, content in _FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    (folder / ".pgpass").chmod(0o600)
    return folder
