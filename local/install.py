"""Make the virtual environment and install a lock into it: ``python3 local/install.py .venv requirements/local.txt``.

Contract: needs the standard library only, since nothing is installed yet; does nothing when the environment has the
lock already. A file whose hash is not in the lock is refused. uv installs, in a quarter of pip's time; when pip is
configured in a way that uv does not know, or uv fails for another reason, pip installs. Of the user's settings for pip
and uv, only those count that say where packages come from and how they are reached (index, certificates, proxy, …).
Settings for what is installed and where (target, user, constraint, …) are for other projects: here the lock decides.
"""

from __future__ import annotations

import ast
import hashlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

_STAMP = "installed.sha256"
_OLDEST, _NEWEST = (3, 11), (3, 13)
#: pip's options that count, and the variables by which uv knows them.
#: https://pip.pypa.io/en/stable/cli/pip_install/ and https://docs.astral.sh/uv/reference/environment/
_UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}
#: What separates several values in them; pip takes blanks.
_SEPARATORS = {"UV_FIND_LINKS": ","}
#: pip's options that count and that uv can do without.
_PIP_ONLY = frozenset({"retries", "cache-dir", "no-cache-dir", "no-input"})
#: pip's options that count and that uv does not know.
_UNKNOWN_TO_UV = frozenset({"no-index", "client-cert", "keyring-provider", "use-feature", "use-deprecated"})
#: uv's variables that count.
_UV_COUNT = (
    *("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_*", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_INSECURE_HOST"),
    *("UV_KEYRING_PROVIDER", "UV_HTTP_*", "UV_REQUEST_TIMEOUT", "UV_SYSTEM_CERTS", "UV_NATIVE_TLS", "UV_OFFLINE"),
    *("UV_CACHE_DIR", "UV_NO_CACHE", "UV_LINK_MODE", "UV_CONCURRENT_*"),
)
#: Variables for other Pythons and for other programs' libraries.
_OTHERS = ("PYTHON*", "PIP_*", "_PIP_*", "UV_*", "CONDA_*", "VIRTUAL_ENV*", "LD_PRELOAD", "SSLKEYLOGFILE")
_LINE = re.compile(r"^(?P<section>global|install)\.(?P<name>[\w-]+)=(?P<value>['\"].*['\"])$")


class InstallError(Exception):
    """The environment could not be made; the message says what to do."""


def main(folder: Path, lock: Path, *projects: Path) -> None:
    """Make the environment, unless it is there.

    :param folder: where the environment is to be.
    :param lock: requirements file with every package, pinned.
    :param projects: folders of packages of this repository, whose sources are used as they are.
    :raises InstallError: when this Python cannot make it, or a package cannot be installed.
    """
    described = b"".join(file.read_bytes() for file in (lock, *(project / "pyproject.toml" for project in projects)))
    wanted = hashlib.sha256(described).hexdigest() + sys.version
    stamp = folder / _STAMP
    if stamp.exists() and stamp.read_text() == wanted:
        return
    check_python(sys.version_info[:2])
    print(f"Installing into {folder} (once, less than a minute) …", flush=True)
    python = folder / "bin" / "python"
    plain = plain_environment(os.environ)
    if not _is_this_python(python, plain):
        _make_environment(folder, plain)
    options = pip_options(_pip_configuration(python, plain), os.environ)
    pips, uvs = pip_variables(options, plain), uv_variables(options, os.environ)
    if uvs is None or not _install_with_uv(folder, lock, pips, uvs):
        print("Installing with pip, which takes some minutes …", flush=True)
        if not _run([*_pip_install(python), "--require-hashes", "--requirement", str(lock)], pips):
            raise InstallError(
                f"The packages of {lock} could not be installed; what pip said is above. If this machine reaches "
                "PyPI by a mirror or a proxy, name it in pip's configuration (pip config set global.index-url …)."
            )
    for project in projects:
        # Sources of this repository have no hash.
        if not _run([*_pip_install(python), "--no-build-isolation", "--no-index", "--editable", str(project)], pips):
            raise InstallError(f"{project} could not be installed; what pip said is above.")
    stamp.write_text(wanted)


def locked_requirement(lock: str, package: str) -> str:
    """Return one package's requirement with its hashes, as a lock has it.

    :param lock: the lock's text.
    :param package: the package's name.
    :raises InstallError: when the lock does not have it.
    """
    found = re.search(rf"^{re.escape(package)}==(?:.*\\\n)*.*$", lock, re.MULTILINE)
    if not found:
        raise InstallError(f"The lock has no line {package}==…: add {package} to its .in file, then make lock.")
    return found[0] + "\n"


def check_python(version: tuple[int, ...]) -> None:
    """Check that a Python of this version can run the project.

    :raises InstallError: when it is too old or too new, or Debian's package of ``ensurepip`` is missing.
    """
    name = ".".join(map(str, version))
    if not _OLDEST <= version <= _NEWEST:
        raise InstallError(
            f"This is Python {name}, and Airflow needs 3.11, 3.12 or 3.13: install one (on Debian and Ubuntu: "
            "apt install python3 python3-venv), or name one that is there: make PYTHON=/path/to/python run"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise InstallError(
            f"Python {name} cannot make virtual environments, because its module ensurepip is missing: "
            f"apt install python{name}-venv, then try again."
        ) from None


def plain_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what is meant for other Pythons, and without settings of pip and uv.

    Proxies, certificates and what a keyring needs stay: this machine may reach a package index by no other way.
    """
    return {name: value for name, value in environment.items() if not _matches(name, _OTHERS)}


def pip_options(listing: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return those of pip's options that count, as they hold for ``pip install``.

    :param listing: what ``pip config list`` prints of pip's files; what it lists later holds.
    :param environment: the user's; each ``PIP_…`` in it is an option, which outranks the files.
    """
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}}
    for match in filter(None, map(_LINE.match, listing.splitlines())):
        value = " ".join(str(ast.literal_eval(match["value"])).split())
        if value:
            found[match["section"]][match["name"].replace("_", "-").lower()] = value
    variables = {
        name.removeprefix("PIP_").replace("_", "-").lower(): " ".join(value.split())
        for name, value in environment.items()
        if name.startswith("PIP_") and value.strip()
    }
    counted = _UV_NAMES.keys() | _PIP_ONLY | _UNKNOWN_TO_UV
    every = found["global"] | found["install"] | variables
    return {name: value for name, value in every.items() if name in counted}


def pip_variables(options: Mapping[str, str], plain: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which pip knows these options and no others.

    :param options: pip's options.
    :param plain: the environment without any.
    """
    given = {f"PIP_{name.replace('-', '_').upper()}": value for name, value in options.items()}
    return {**plain, **given, "PIP_CONFIG_FILE": os.devnull}


def uv_variables(options: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str] | None:
    """Return the environment in which uv does what pip would do, or None when it cannot.

    :param options: pip's options.
    :param environment: the user's environment; what it tells uv about where packages come from is kept.
    """
    if options.keys() & _UNKNOWN_TO_UV:
        return None
    given = {
        _UV_NAMES[name]: _SEPARATORS.get(_UV_NAMES[name], " ").join(value.split())
        for name, value in options.items()
        if name in _UV_NAMES
    }
    # As pip does: any index may have the pinned version, and the system's certificates count.
    always = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_SYSTEM_CERTS": "1", "UV_NO_CONFIG": "1"}
    own = {name: value for name, value in environment.items() if _matches(name, _UV_COUNT)}
    return {**always, **given, **plain_environment(environment), **own}


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _is_this_python(python: Path, plain: Mapping[str, str]) -> bool:
    program = "import sys, pip; print(sys.version)"
    return python.exists() and _output([str(python), "-c", program], plain).strip() == sys.version.strip()


def _pip_configuration(python: Path, plain: Mapping[str, str]) -> str:
    """Return what pip's files say, including the file that the user's PIP_CONFIG_FILE names."""
    named = {name: value for name, value in os.environ.items() if name == "PIP_CONFIG_FILE"}
    return _output([str(python), "-m", "pip", "config", "list"], {**plain, **named})


def _make_environment(folder: Path, plain: Mapping[str, str]) -> None:
    if not _run([sys.executable, "-m", "venv", "--clear", str(folder)], plain):
        raise InstallError(f"{sys.executable} could not make the virtual environment {folder}; see above.")


def _pip_install(python: Path) -> list[str]:
    return [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]


def _install_with_uv(folder: Path, lock: Path, pips: Mapping[str, str], uvs: Mapping[str, str]) -> bool:
    """Install uv with pip, then the lock with uv; return whether both succeeded."""
    uv, python, requirement = folder / "bin" / "uv", folder / "bin" / "python", folder / "uv.txt"
    requirement.write_text(locked_requirement(lock.read_text(), "uv"))
    if not _run([*_pip_install(python), "--require-hashes", "--requirement", str(requirement)], pips):
        return False
    return _run([str(uv), "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(lock)], uvs)


def _run(command: Iterable[str], environment: Mapping[str, str]) -> bool:
    return subprocess.run([*command], env=environment, check=False).returncode == 0


def _output(command: Iterable[str], environment: Mapping[str, str]) -> str:
    return subprocess.run([*command], env=environment, stdout=subprocess.PIPE, text=True, check=False).stdout


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal may not have every character
    try:
        main(*map(Path, sys.argv[1:]))
    except InstallError as error:
        sys.exit(str(error))
