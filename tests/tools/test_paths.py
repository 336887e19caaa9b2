"""Ids in paths: quoted, wherever a path is made of one."""

import ast
from pathlib import Path

import pytest

from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools import paths

ADAPTERS = Path(paths.__file__).parents[1] / "channels"
#: names that hold a path, or a part of one that was quoted
SAFE = {"path", "name", "topic"}


@pytest.mark.parametrize("ref", ["1", "A-1", "a b", "ä", "a/b", "?x=1", "#x", "%2e%2e", "a\x00\n"])
def test_an_id_is_one_part_of_a_path(ref):
    quoted = paths.segment(ref)
    assert not set(quoted) & set("/?#&\\ \n\x00")
    assert paths.segment(12) == "12"


@pytest.mark.parametrize("ref", ["", ".", "..", "x" * 501])
def test_what_leads_elsewhere_is_no_id(ref):
    with pytest.raises(FinalError):
        paths.segment(ref)


def _is_safe(node):
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") == "segment" or _is_method(node, "_base_url")
    if ast.unparse(node) == "channel.token":
        return True
    if isinstance(node, ast.Name):
        return node.id.isupper() or node.id in SAFE
    return False


def _is_method(node, name):
    return getattr(node.func, "attr", "") == name


def _unquoted(path):
    """Yield (line, source) of the paths in a source that have a value in them as it is."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.JoinedStr):
            continue
        first = node.values[0]
        is_path = isinstance(first, ast.Constant) and str(first.value).startswith("/")
        is_path |= (
            isinstance(first, ast.FormattedValue)
            and _is_safe(first.value)
            and any(
                isinstance(part, ast.Constant) and str(part.value).startswith("/")
                for part in node.values[1:2]
            )
        )
        if is_path:
            for part in node.values:
                if isinstance(part, ast.FormattedValue) and not _is_safe(part.value):
                    yield node.lineno, ast.unparse(part.value)


def test_every_path_is_made_of_quoted_ids():
    found = [
        f"{path.relative_to(ADAPTERS)}:{line}: {source}"
        for path in sorted(ADAPTERS.rglob("*.py"))
        for line, source in _unquoted(path)
    ]
    assert found == []
