"""How the virtual environment is made: pip's configuration is understood, and a bad Python is named."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from local.install import InstallError, check_python, pip_options, uv_variables


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
            ":env:.index-url='https://c'\ninstall.index-url='https://b'", {"index-url": "https://c"}, id="env above all"
        ),
        pytest.param(
            ":env:.index-url=''\nglobal.index-url='https://a'", {"index-url": "https://a"}, id="empty is unset"
        ),
        pytest.param(
            r"global.extra-index-url='\nhttps://a\nhttps://b'", {"extra-index-url": "https://a https://b"}, id="several"
        ),
        pytest.param("freeze.timeout='10'\nwheel.index-url='https://x'", {}, id="other commands"),
    ],
)
def test_options_are_those_that_pip_install_would_use(listing: str, options: dict[str, str]) -> None:
    assert pip_options(listing) == options


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        ({"index-url": "https://mirror/simple"}, "UV_DEFAULT_INDEX", "https://mirror/simple"),
        ({"extra-index-url": "https://a https://b"}, "UV_INDEX", "https://a https://b"),
        ({"find-links": "/wheels /more"}, "UV_FIND_LINKS", "/wheels,/more"),
        ({"constraint": "/etc/pip/constraints.txt"}, "UV_CONSTRAINT", "/etc/pip/constraints.txt"),
        ({"trusted-host": "mirror"}, "UV_INSECURE_HOST", "mirror"),
        ({"cert": "/etc/ca.pem"}, "SSL_CERT_FILE", "/etc/ca.pem"),
        ({"proxy": "http://proxy:3128"}, "ALL_PROXY", "http://proxy:3128"),
        ({"timeout": "60", "retries": "9", "quiet": "1", "config-file": "/etc/my.conf"}, "UV_HTTP_TIMEOUT", "60"),
    ],
)
def test_uv_is_told_what_pip_is_told(options: dict[str, str], name: str, value: str) -> None:
    variables = uv_variables(options, {"HOME": "/home/somebody"})
    assert variables is not None
    assert variables[name] == value
    assert variables["HOME"] == "/home/somebody"


def test_what_the_environment_says_to_uv_holds() -> None:
    variables = uv_variables({"index-url": "https://a"}, {"UV_DEFAULT_INDEX": "https://b"})
    assert variables is not None
    assert variables["UV_DEFAULT_INDEX"] == "https://b"


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
