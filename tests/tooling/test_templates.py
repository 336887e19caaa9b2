from dataclasses import replace
from pathlib import Path

import pytest

from tooling import templates
from tooling.console import OmsError
from tooling.odoo_source import Odoo

ODOO = Odoo(Path("/opt/odoo/odoo"), "python3", "19.0.0", ours=True)


@pytest.fixture
def addon(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "__manifest__.py").write_text("{}")
    (tmp_path / "models/order.py").write_text("a = 1\n")
    return tmp_path


def test_base_key_follows_odoo_and_dependencies():
    key = templates.base_key(ODOO, ["sale"])
    assert key == templates.base_key(ODOO, ["sale"])
    assert key != templates.base_key(ODOO, ["sale", "stock"])
    assert key != templates.base_key(replace(ODOO, version="19.0.1"), ["sale"])
    assert key != templates.base_key(replace(ODOO, package=Path("/srv/odoo")), ["sale"])


def test_module_key_follows_every_file_of_the_addon(addon):
    first = templates.module_key("base", addon)
    assert first == templates.module_key("base", addon)
    assert first != templates.module_key("other", addon)
    (addon / "models/order.py").write_text("a = 2\n")
    second = templates.module_key("base", addon)
    (addon / "models/order.py").rename(addon / "models/orders.py")
    third = templates.module_key("base", addon)
    (addon / "new.xml").write_text("<odoo/>")
    fourth = templates.module_key("base", addon)
    assert len({first, second, third, fourth}) == 4


def test_module_key_ignores_compiled_files(addon):
    key = templates.module_key("base", addon)
    (addon / "__pycache__").mkdir()
    (addon / "__pycache__/order.cpython-311.pyc").write_bytes(b"x")
    assert key == templates.module_key("base", addon)


def test_dependencies_come_from_the_manifest(tmp_path):
    path = tmp_path / "__manifest__.py"
    path.write_text('{"depends": ["stock", "sale"]}')
    assert templates.depends(path) == ["sale", "stock"]


def test_broken_manifest_is_named(tmp_path):
    path = tmp_path / "__manifest__.py"
    path.write_text('{"depends": open("x")}')
    with pytest.raises(OmsError, match="is not a manifest"):
        templates.depends(path)
