"""Reads the CloudFormation templates of infra/."""

from __future__ import annotations

from typing import Any

import yaml

from tests.support.paths import ROOT


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms, such as !Ref, as what they are."""


def _short_form(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    read = {yaml.ScalarNode: loader.construct_scalar, yaml.SequenceNode: loader.construct_sequence}
    return {tag: read[type(node)](node)}  # type: ignore[arg-type]


_Loader.add_multi_constructor("!", _short_form)


def template_of(name: str) -> dict[str, Any]:
    """Return a template."""
    return yaml.load((ROOT / "infra" / name).read_text(encoding="utf-8"), _Loader)
