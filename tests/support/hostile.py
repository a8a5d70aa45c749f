"""A shell that is full of settings for other programs, and a home folder full of their files."""

from __future__ import annotations

from pathlib import Path

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "FTP_PROXY")
#: Nobody answers there.
_DEAD = "http://127.0.0.1:1"
_NOWHERE = "/nowhere/at-all"

#: By whom the variables are meant to be read: the variables.
HOSTILE: dict[str, dict[str, str]] = {
    "an AWS account": {
        **{"AWS_PROFILE": "work-sso", "AWS_DEFAULT_REGION": "eu-nowhere-1", "AWS_ENDPOINT_URL": _DEAD},
        **{"AWS_ACCESS_KEY_ID": "AKIAOTHER", "AWS_SECRET_ACCESS_KEY": "other", "AWS_SESSION_TOKEN": "other"},
        **{"AWS_CONFIG_FILE": _NOWHERE, "AWS_CA_BUNDLE": _NOWHERE, "AWS_ROLE_ARN": "arn:aws:iam::1:role/x"},
        **{"AWS_WEB_IDENTITY_TOKEN_FILE": _NOWHERE, "AWS_ENDPOINT_URL_S3": _DEAD, "BOTO_CONFIG": _NOWHERE},
    },
    "a proxy": {**dict.fromkeys(_PROXIES, _DEAD), "NO_PROXY": "", "no_proxy": ""},
    "certificates": {
        **dict.fromkeys(("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), _NOWHERE),
        **dict.fromkeys(("SSLKEYLOGFILE", "OPENSSL_CONF", "OPENSSL_MODULES", "NODE_EXTRA_CA_CERTS"), _NOWHERE),
    },
    "another Airflow": {
        **{"AIRFLOW_HOME": _NOWHERE, "AIRFLOW_CONFIG": _NOWHERE, "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"},
        **{"AIRFLOW__CORE__DAGS_FOLDER": _NOWHERE, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://x"},
        **{"AIRFLOW_CONN_SPARKIFY_AWS": "aws://", "AIRFLOW_VAR_X": "x", "_AIRFLOW_WWW_USER_CREATE": "true"},
        **{"OPENLINEAGE_URL": _DEAD, "OPENLINEAGE_CONFIG": _NOWHERE, "DBT_PROFILES_DIR": _NOWHERE},
        **{"KUBECONFIG": _NOWHERE, "OTEL_EXPORTER_OTLP_ENDPOINT": _DEAD, "SENTRY_DSN": "http://x@127.0.0.1:1/1"},
    },
    "another Python": {
        **dict.fromkeys(("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE", "VIRTUAL_ENV"), _NOWHERE),
        **dict.fromkeys(("PYTHONDONTWRITEBYTECODE", "PYTHONSAFEPATH", "PYTHONINSPECT", "PYTHONASYNCIODEBUG"), "1"),
        **{"PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        **{"PYTHON": "python2", "CONDA_PREFIX": _NOWHERE, "CONDA_DEFAULT_ENV": "base", "PYENV_VERSION": "2.7"},
        **{"MPLBACKEND": "TkAgg", "JUPYTER_PATH": _NOWHERE, "IPYTHONDIR": _NOWHERE, "DJANGO_SETTINGS_MODULE": "x"},
    },
    "another PostgreSQL": {
        **{"PGHOST": "db.example", "PGPORT": "1", "PGUSER": "other", "PGPASSWORD": "other", "PGDATABASE": "other"},
        **{"PGSSLMODE": "verify-full", "PGSSLROOTCERT": _NOWHERE, "PGOPTIONS": "-c no.such=1 -c nothing"},
        **{"PGSERVICE": "nowhere", "PGDATA": _NOWHERE, "PGTZ": "Mars", "PGCLIENTENCODING": "LATIN1"},
        **{"PGTARGETSESSIONATTRS": "standby", "PGCHANNELBINDING": "require", "PGCONNECT_TIMEOUT": "1"},
        **{"LOCAL_REDSHIFT_TLS": "required", "LOCAL_REDSHIFT_PASSWORD": "x", "LOCAL_REDSHIFT_DATA_API_PORT": "1"},
    },
    "another rclone": {
        **{"RCLONE_CONFIG": _NOWHERE, "RCLONE_ADDR": ":1", "RCLONE_READ_ONLY": "true", "RCLONE_RC": "true"},
        **{"RCLONE_LOG_FILE": _NOWHERE, "RCLONE_CONFIG_PASS": "x", "GOMEMLIMIT": "1MiB", "GODEBUG": "http2debug=2"},
    },
    "another place": {
        **{"LC_ALL": "xx_YY.ISO-8859-1", "LC_CTYPE": "C", "LANG": "xx", "LANGUAGE": "xx", "TZ": "Mars/Phobos"},
        **dict.fromkeys(("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "TMPDIR"), _NOWHERE),
        **{"LD_LIBRARY_PATH": _NOWHERE, "LD_PRELOAD": f"{_NOWHERE}.so", "FORCE_COLOR": "1", "CDPATH": "/"},
        **{"POSIXLY_CORRECT": "1", "MAKEFLAGS": "-j4", "BASH_ENV": _NOWHERE, "ENV": _NOWHERE},
    },
}
ALL_HOSTILE = {name: value for variables in HOSTILE.values() for name, value in variables.items()}

_FILES = {
    ".aws/config": "[default]\nsso_session = work\n[profile work-sso\nbroken",
    ".aws/credentials": "no INI file",
    ".netrc": "machine 127.0.0.1 login other password other",
    ".pgpass": "*:*:*:*:other",
    ".pg_service.conf": "broken",
    ".config/rclone/rclone.conf": "broken",
    ".config/matplotlib/matplotlibrc": "backend: TkAgg",
    ".ipython/profile_default/startup/00-other.py": "raise SystemExit(9)",
    ".local/share/jupyter/kernels/python3/kernel.json": '{"argv": ["false"], "display_name": "x", "language": "x"}',
}


def make_hostile_home(folder: Path) -> Path:
    """Make a home folder whose files are for other programs, or broken."""
    for name, content in _FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    (folder / ".pgpass").chmod(0o600)
    return folder
