"""Images under the official names, made of Debian's packages, where the official ones cannot be pulled.

Contract: makes what is missing, and says in what each differs from what it stands in for.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.install import pip_options
from tests.containers.engine import Engine, EngineError

_HERE = Path(__file__).parent / "stand_ins"
_BASE = "stand-in/debian:base"
_PACKAGES = "ca-certificates,curl,dumb-init,python3,python3-venv,postgresql,redis-server"
_VERSIONS = (
    "python3 -c 'import platform; print(platform.python_version())'; ls /usr/lib/postgresql;"
    " redis-server --version | sed 's/.* v=\\([^ ]*\\).*/\\1/'"
)


@dataclass(frozen=True)
class StandIn:
    """An image that stands in for an official one.

    :param folder: of ``stand_ins/``, with its Dockerfile.
    :param image: the official name.
    :param differs: in what it differs from the official image.
    """

    folder: str
    image: str
    differs: str


def stand_ins(root: Path, python: str, postgres_version: str, redis_version: str) -> list[StandIn]:
    """Return the stand-ins for the images that the project's container files name.

    :param python: Debian's version of it, as are the others.
    """
    [airflow] = re.findall(r"^FROM (apache/airflow:\S+)", (root / "Dockerfile").read_text(), re.MULTILINE)
    servers = (root / "packages" / "local-redshift" / "Dockerfile").read_text()
    [plain_python] = re.findall(r"^FROM (python:\S+)", servers, re.MULTILINE)
    compose = (root / "docker-compose.yaml").read_text()
    [postgres] = re.findall(r"image: (postgres:\S+)", compose)
    [redis] = re.findall(r"image: (redis:\S+)", compose)
    return [
        StandIn(
            "airflow",
            airflow,
            f"Debian's Python {python} in a virtual environment; Airflow comes with the project's lock, not before it; "
            "an entry point of the same behaviour; this machine's pip configuration and certificates",
        ),
        StandIn(
            "python",
            plain_python,
            f"Debian's Python {python} in a virtual environment; this machine's pip configuration and certificates",
        ),
        StandIn(
            "postgres",
            postgres,
            f"Debian's PostgreSQL {postgres_version}, with an entry point that does what is used here",
        ),
        StandIn("redis", redis, f"Debian's Redis {redis_version}, without an entry point"),
    ]


def make_stand_ins(engine: Engine, root: Path, cache: Path) -> list[StandIn]:
    """Make the images that the engine does not have, and return all of them.

    :param engine: the running engine.
    :param root: the project.
    :param cache: folder where Debian's files are kept for the next time.
    :raises EngineError: when one cannot be built.
    """
    if not engine.docker("images", "--quiet", _BASE):
        _import_debian(engine, cache)
    made = stand_ins(root, *engine.docker("run", "--rm", _BASE, "sh", "-c", _VERSIONS).split())
    for stand_in in made:
        with tempfile.TemporaryDirectory() as folder:
            context = Path(folder)
            shutil.copytree(_HERE / stand_in.folder, context, dirs_exist_ok=True)
            for script in context.glob("entrypoint"):
                script.chmod(0o755)
            _write_pip_configuration(context)
            engine.docker("build", "--build-arg", f"BASE={_BASE}", "--tag", stand_in.image, str(context))
    return made


def _import_debian(engine: Engine, cache: Path) -> None:
    files = cache / "debian.tar"
    if not files.exists():
        _make_debian(files)
    engine.docker("import", str(files), _BASE)


def _make_debian(files: Path) -> None:
    files.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files.parent) as folder:
        tree = Path(folder) / "tree"
        suite, mirror = _release()
        _run(["debootstrap", "--variant=minbase", f"--include={_PACKAGES}", suite, str(tree), mirror])
        for unwanted in ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"):
            shutil.rmtree(tree / unwanted, ignore_errors=True)
        partial = Path(folder) / "partial.tar"
        _run(["tar", "--create", f"--file={partial}", f"--directory={tree}", "."])
        partial.rename(files)


def _release() -> tuple[str, str]:
    """Return the release of Debian that this machine runs, and where it gets its packages."""
    suite = platform.freedesktop_os_release()["VERSION_CODENAME"]
    command = ["apt-get", "indextargets", "--format", "$(CODENAME) $(SITE)", "Created-By: Packages"]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    [mirror, *_] = [line.split()[1] for line in found.splitlines() if line.split()[0] == suite]
    return suite, mirror


def _write_pip_configuration(context: Path) -> None:
    """Hand this machine's way to the package index on to the image: its pip options and trusted certificates."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    )
    options = pip_options(listing.stdout, os.environ)
    lines = ["[global]"]
    for name in ("index-url", "extra-index-url", "trusted-host", "proxy", "default-timeout"):
        values = [value for value in options.get(name, "").split() if not value.startswith("file:")]
        if values:
            lines.append(f"{name} = {' '.join(values)}")
    lines.append("cert = /etc/certificates.pem")
    (context / "pip.conf").write_text("\n".join(lines) + "\n")
    shutil.copy(options.get("cert", "/etc/ssl/certs/ca-certificates.crt"), context / "certificates.pem")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise EngineError(f"{' '.join(command)} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
