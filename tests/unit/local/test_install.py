"""How the virtual environment is made: pip's configuration is understood, and a bad Python is named."""

from __future__ import annotations

import builtins
import os
from typing import Any

import pytest

from local.install import (
    InstallError,
    check_python,
    locked_requirement,
    pip_options,
    pip_variables,
    plain_environment,
    uv_variables,
)


@pytest.mark.parametrize(
    ("listing", "options"),
    [
        pytest.param("", {}, id="nothing configured"),
        pytest.param("global.index-url='https://mirror/simple'", {"index-url": "https://mirror/simple"}, id="file"),
        pytest.param(
            "global.index-url='https://a'\ninstall.index-url='https://b'",
            {"index-url": "https://b"},
            id="install first",
        ),
        pytest.param(
            r"global.extra-index-url='\nhttps://a\nhttps://b'", {"extra-index-url": "https://a https://b"}, id="several"
        ),
        pytest.param("freeze.timeout='10'\nwheel.index-url='https://x'", {}, id="other commands"),
        pytest.param(
            "global.target='/x'\ninstall.user='true'\nglobal.proxy='http://p'", {"proxy": "http://p"}, id="where to"
        ),
    ],
)
def test_options_are_those_that_pip_install_would_use(listing: str, options: dict[str, str]) -> None:
    assert pip_options(listing, {}) == options


@pytest.mark.parametrize(
    ("value", "holds"),
    [pytest.param("https://c", "https://c", id="above the files"), pytest.param("", "https://a", id="empty is unset")],
)
def test_a_variable_is_an_option(value: str, holds: str) -> None:
    found = pip_options("install.index-url='https://a'", {"PIP_INDEX_URL": value, "HOME": "/home/somebody"})
    assert found == {"index-url": holds}


#: What a shell may have that would put packages elsewhere, install others than the lock's, or end pip at once.
HOSTILE = {
    **{
        name: "/elsewhere"
        for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_REQUIREMENT", "PIP_LOG")
    },
    **{
        name: "1" for name in ("PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_DRY_RUN", "PIP_REQUIRE_HASHES", "PIP_VERSION")
    },
    **{"PIP_CONSTRAINT": "/c.txt", "PIP_NO_BINARY": ":all:", "PIP_PLATFORM": "win32", "PIP_CONFIG_FILE": "/my.conf"},
    **{name: "1" for name in ("UV_SYSTEM_PYTHON", "UV_REQUIRE_HASHES", "UV_NO_BINARY", "UV_EXCLUDE_NEWER")},
    **{name: "/elsewhere" for name in ("UV_PYTHON", "UV_PROJECT", "UV_CONFIG_FILE", "UV_CONSTRAINT", "UV_WORKING_DIR")},
    **{name: "/elsewhere" for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "CONDA_PREFIX")},
    **{"PYTHONWARNINGS": "error", "LD_PRELOAD": "/x.so", "SSLKEYLOGFILE": "/elsewhere"},
}
#: What a machine may need to reach a package index at all.
NEEDED = {
    **{name: "http://proxy:3128" for name in ("HTTP_PROXY", "https_proxy", "ALL_PROXY")},
    **{
        "no_proxy": "intern",
        "REQUESTS_CA_BUNDLE": "/ca.pem",
        "SSL_CERT_DIR": "/ca",
        "NETRC": "/netrc",
        "AWS_PROFILE": "x",
    },
    **{"HOME": "/home/somebody", "PATH": "/usr/bin", "LD_LIBRARY_PATH": "/opt/python/lib"},
}


def test_a_shell_changes_nothing_of_what_is_installed_and_where() -> None:
    options = pip_options("", HOSTILE | NEEDED | {"PIP_INDEX_URL": "https://mirror", "PIP_CERT": "/ca.pem"})
    pip = pip_variables(options, plain_environment(HOSTILE | NEEDED))
    assert pip == {**NEEDED, "PIP_INDEX_URL": "https://mirror", "PIP_CERT": "/ca.pem", "PIP_CONFIG_FILE": os.devnull}
    uv = uv_variables(options, HOSTILE | NEEDED)
    assert uv is not None
    assert uv.items() >= NEEDED.items()
    assert uv["UV_DEFAULT_INDEX"] == "https://mirror"
    assert uv.keys().isdisjoint(HOSTILE)


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        ({"index-url": "https://mirror/simple"}, "UV_DEFAULT_INDEX", "https://mirror/simple"),
        ({"extra-index-url": "https://a https://b"}, "UV_INDEX", "https://a https://b"),
        ({"find-links": "/wheels /more"}, "UV_FIND_LINKS", "/wheels,/more"),
        ({"trusted-host": "mirror"}, "UV_INSECURE_HOST", "mirror"),
        ({"cert": "/etc/ca.pem"}, "SSL_CERT_FILE", "/etc/ca.pem"),
        ({"proxy": "http://proxy:3128"}, "ALL_PROXY", "http://proxy:3128"),
        ({"timeout": "60", "retries": "9", "cache-dir": "/cache"}, "UV_HTTP_TIMEOUT", "60"),
    ],
)
def test_uv_is_told_what_pip_is_told(options: dict[str, str], name: str, value: str) -> None:
    variables = uv_variables(options, {"HOME": "/home/somebody"})
    assert variables is not None
    assert variables[name] == value
    assert variables["HOME"] == "/home/somebody"


@pytest.mark.parametrize(
    "name", ["UV_DEFAULT_INDEX", "UV_INDEX_INTERN_PASSWORD", "UV_NATIVE_TLS", "UV_KEYRING_PROVIDER", "UV_CACHE_DIR"]
)
def test_what_the_environment_tells_uv_about_where_packages_come_from_is_kept(name: str) -> None:
    variables = uv_variables({"index-url": "https://a"}, {name: "https://b"})
    assert variables is not None
    assert variables[name] == "https://b"


def test_pip_installs_when_it_is_configured_in_a_way_that_uv_does_not_know() -> None:
    assert uv_variables({"index-url": "https://a", "client-cert": "/etc/me.pem"}, {}) is None


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_supported_python_is_accepted(version: tuple[int, int]) -> None:
    check_python(version)


@pytest.mark.parametrize("version", [(3, 9), (3, 10), (3, 14)])
def test_unsupported_python_is_named_with_the_next_step(version: tuple[int, int]) -> None:
    with pytest.raises(InstallError, match=rf"Python {version[0]}\.{version[1]}.*make PYTHON="):
        check_python(version)


def test_missing_ensurepip_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    import_module = builtins.__import__

    def without_ensurepip(name: str, *rest: Any) -> Any:
        if name == "ensurepip":
            raise ImportError(name)
        return import_module(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_ensurepip)
    with pytest.raises(InstallError, match=r"apt install python3\.11-venv"):
        check_python((3, 11))


def test_requirement_of_a_package_has_all_of_its_hashes() -> None:
    uv = "uv==0.9.1 \\\n    --hash=sha256:a \\\n    --hash=sha256:b\n"
    lock = f"tzdata==2025.2 ; os_name == 'nt'\n{uv}    # via x\nuvloop==1\n"
    assert locked_requirement(lock, "uv") == uv
    assert locked_requirement(lock, "uvloop") == "uvloop==1\n"


def test_package_that_the_lock_lacks_is_named() -> None:
    with pytest.raises(InstallError, match="no line uv==.*make lock"):
        locked_requirement("uvloop==1\n", "uv")
