"""Where a line of the add-on lives, and what it may touch."""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "oms_addon"
PACKAGE = "odoo.addons.oms_addon"
#: who imports whom: each folder only those that come after it, or beside it where it says so
FLOORS = {
    "controllers": 0,
    "wizard": 0,
    "models": 1,
    "channels": 2,
    "documents": 3,
    "api": 3,
    "tools": 3,
    "exceptions": 4,
}
#: without the ORM, also by name
PURE = ("documents/*.py", "api/*.py", "tools/**/*.py", "channels/*/parse_*.py")
#: how many lines a file may have
LIMIT = 300


def sources():
    """:return: the files of the add-on that are code, by their path within it"""
    return {
        str(path.relative_to(SOURCE)): path
        for path in sorted(SOURCE.rglob("*.py"))
        if path.relative_to(SOURCE).parts[0] != "migrations"
    }


def imported(path, source):
    """Yield the modules of the add-on that a file imports, within it: ``models.order.oms_hold``."""
    package = path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ImportFrom):
            continue
        module = (node.module or "").split(".") if node.module else []
        if node.level:
            module = package[: len(package) - node.level + 1] + module
        elif ".".join(module[:3]) != PACKAGE:
            continue
        else:
            module = module[3:]
        for name in node.names:
            yield ".".join((*module, name.name))


def wrong_imports(path, source):
    """:return: what a file imports and is not below it"""
    floor = FLOORS.get(path.split("/")[0])
    if floor is None:
        return []
    return [
        module
        for module in imported(path, source)
        if FLOORS.get(module.split(".")[0], floor) < floor
    ]


def orm(source):
    """:return: what of the ORM a file without it imports"""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "odoo":
            if not (node.module or "").startswith("odoo.addons.oms_addon"):
                found += [f"{node.module}.{name.name}" for name in node.names]
        elif isinstance(node, ast.Import):
            found += [n.name for n in node.names if n.name.split(".")[0] == "odoo"]
    return found


@pytest.mark.parametrize("path", sources())
def test_a_file_imports_from_below_only(path):
    assert wrong_imports(path, sources()[path].read_text()) == []


def test_an_import_from_above_is_seen():
    source = "from odoo.addons.oms_addon.models.order.oms_hold import OmsHold"
    assert wrong_imports("channels/acme/adapter.py", source) == ["models.order.oms_hold.OmsHold"]
    assert wrong_imports("tools/acme.py", "from ..channels import amazon") == ["channels.amazon"]
    assert wrong_imports("models/order/acme.py", "from ...tools import http") == []


def test_documents_and_algorithms_know_nothing_of_the_orm():
    files = [path for pattern in PURE for path in SOURCE.glob(pattern)]
    assert len(files) > 60
    found = {str(path.relative_to(SOURCE)): orm(path.read_text()) for path in files}
    assert {path: names for path, names in found.items() if names} == {}


def room_sentences():
    """:return: the text at the top of each room's ``__init__.py``"""
    rooms = [*SOURCE.glob("*/__init__.py"), *SOURCE.glob("*/*/__init__.py")]
    return {
        str(path.parent.relative_to(SOURCE)): ast.get_docstring(ast.parse(path.read_text())) or ""
        for path in rooms
        if path.parent.name != "models" and path.parents[1].name != "tools"
    }


def test_each_room_says_in_one_sentence_what_belongs_there_and_what_does_not():
    sentences = room_sentences()
    assert len(sentences) > 25
    wrong = {
        room: text
        for room, text in sentences.items()
        if len(re.findall(r"\.(?:\s|$)", text)) != 1
        or not text.endswith(".")
        or not re.search(r"\b(?:not|no|nothing|without)\b", text)
    }
    assert wrong == {}


#: what writes a table past the ORM, with its name; what only locks or claims is none
WRITES = re.compile(r"(?:INSERT INTO|(?<!DO )(?<!FOR )(?<!KEY )UPDATE|DELETE FROM)\s+([a-z]+_\w+)")


def test_tables_of_odoo_are_written_past_the_orm_in_one_room():
    found = {
        (path, table)
        for path, file in sources().items()
        for table in WRITES.findall(file.read_text())
        if not table.startswith("oms_")
    }
    rooms = {path.rpartition("/")[0] for path, _table in found}
    assert rooms == {"models/stock"}, found
    assert {table for _path, table in found} == {"stock_move", "stock_move_line", "stock_quant"}


#: what only some databases have, and the one room that asks whether they do
OPTIONAL = re.compile(
    r"""["'](mrp\.\w+|bom_\w+|is_kits|removal_date|expiration_date|use_expiration_date)["'.]"""
    r" (not )?in "
)


def test_one_room_asks_whether_another_app_is_installed():
    asking = {path for path, file in sources().items() if OPTIONAL.search(file.read_text())}
    assert {path for path in asking if not path.startswith("models/optional/")} == set()
    assert len(asking) > 3


@pytest.mark.parametrize("path", sources())
def test_a_file_is_read_in_one_go(path):
    lines = len(sources()[path].read_text().splitlines())
    assert lines <= LIMIT


def declared_models(source):
    """:return: the names of the models that the classes of a file define or extend"""
    found = []
    for cls in [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]:
        names = {
            statement.targets[0].id: statement.value.value
            for statement in cls.body
            if isinstance(statement, ast.Assign)
            and getattr(statement.targets[0], "id", "") in ("_name", "_inherit")
            and isinstance(statement.value, ast.Constant)
        }
        if name := names.get("_name") or names.get("_inherit"):
            found.append(name)
    return found


def test_a_file_extends_a_model_once():
    models = {path: declared_models(file.read_text()) for path, file in sources().items()}
    assert sum(map(len, models.values())) > 400
    assert {path for path, names in models.items() if len(names) != len(set(names))} == set()
