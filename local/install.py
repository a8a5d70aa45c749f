"""Makes the virtual environment and installs a lock into it: ``python3 local/install.py .venv requirements-local.txt``.

Contract: needs the standard library only, since nothing is installed yet; does nothing when the environment has the
lock already. uv installs, in a quarter of pip's time, with pip's configuration (index, certificates, proxy, …); when
pip is configured in a way that uv does not know, or uv fails for another reason, pip does it.
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

_STAMP = "installed.sha256"
_OLDEST, _NEWEST = (3, 11), (3, 13)
#: pip's options, and the variables by which uv knows them: https://docs.astral.sh/uv/reference/environment/
_UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "constraint": "UV_CONSTRAINT",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}
#: What separates several values in them; pip takes blanks.
_SEPARATORS = {"UV_FIND_LINKS": ","}
#: Options of pip that change nothing of what is installed.
_HARMLESS = frozenset(
    {
        *("disable-pip-version-check", "no-python-version-warning", "no-warn-script-location", "no-compile"),
        *("quiet", "verbose", "no-color", "progress-bar", "no-input", "format", "log", "retries"),
        *("cache-dir", "no-cache-dir", "root-user-action", "require-virtualenv", "prefer-binary"),
        *("break-system-packages", "config-file"),  # what that file says is listed itself
    }
)
_LINE = re.compile(r"^(?P<section>global|install|:env:)\.(?P<name>[\w-]+)=(?P<value>['\"].*['\"])$")


class InstallError(Exception):
    """The environment could not be made; the message says what to do."""


def main(folder: Path, lock: Path) -> None:
    """Make the environment, unless it is there.

    :param folder: where the environment is to be.
    :param lock: requirements file with every package, pinned.
    :raises InstallError: when this Python cannot make it, or a package cannot be installed.
    """
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest() + sys.version
    stamp = folder / _STAMP
    if stamp.exists() and stamp.read_text() == wanted:
        return
    check_python(sys.version_info[:2])
    print(f"Installing into {folder} (once, less than a minute) …", flush=True)
    python = folder / "bin" / "python"
    if not _is_this_python(python):
        _make_environment(folder)
    uv = next(line for line in lock.read_text().splitlines() if line.startswith("uv=="))
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    variables = uv_variables(pip_options(_output([str(python), "-m", "pip", "config", "list"])), os.environ)
    if variables is None or not (_run([*pip, uv]) and _install_with_uv(folder, lock, variables)):
        print("Installing with pip, which takes some minutes …", flush=True)
        if not _run([*pip, "--requirement", str(lock)]):
            raise InstallError(
                f"The packages of {lock} could not be installed; what pip said is above. If this machine reaches "
                "PyPI by a mirror or a proxy, name it in pip's configuration (pip config set global.index-url …)."
            )
    stamp.write_text(wanted)


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


def pip_options(listing: str) -> dict[str, str]:
    """Return the options that ``pip config list`` shows, as they hold for ``pip install``.

    :param listing: its output; what it lists later holds.
    """
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for match in filter(None, map(_LINE.match, listing.splitlines())):
        value = " ".join(str(ast.literal_eval(match["value"])).split())
        if value:
            found[match["section"]][match["name"].replace("_", "-").lower()] = value
    return found["global"] | found["install"] | found[":env:"]


def uv_variables(options: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str] | None:
    """Return the environment in which uv does what pip would do, or None when it cannot.

    :param options: pip's options.
    :param environment: the present environment; what it says to uv stays.
    """
    if options.keys() - _UV_NAMES.keys() - _HARMLESS:
        return None
    given = {
        _UV_NAMES[name]: _SEPARATORS.get(_UV_NAMES[name], " ").join(value.split())
        for name, value in options.items()
        if name in _UV_NAMES
    }
    # As pip does: any index may have the pinned version, and the system's certificates count.
    always = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_SYSTEM_CERTS": "1", "UV_NO_CONFIG": "1"}
    return {**always, **given, **environment}


def _is_this_python(python: Path) -> bool:
    program = "import sys, pip; print(sys.version)"
    return python.exists() and _output([str(python), "-c", program]).strip() == sys.version.strip()


def _make_environment(folder: Path) -> None:
    if not _run([sys.executable, "-m", "venv", "--clear", str(folder)]):
        raise InstallError(f"{sys.executable} could not make the virtual environment {folder}; see above.")


def _install_with_uv(folder: Path, lock: Path, environment: Mapping[str, str]) -> bool:
    uv, python = folder / "bin" / "uv", folder / "bin" / "python"
    return _run([str(uv), "pip", "sync", "--quiet", "--python", str(python), str(lock)], environment)


def _run(command: Iterable[str], environment: Mapping[str, str] | None = None) -> bool:
    return subprocess.run([*command], env=environment, check=False).returncode == 0


def _output(command: Iterable[str]) -> str:
    return subprocess.run([*command], stdout=subprocess.PIPE, text=True, check=False).stdout


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except InstallError as error:
        sys.exit(str(error))
