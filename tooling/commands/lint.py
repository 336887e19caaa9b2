"""Check the code: ruff, its format, pylint-odoo, every file well-formed."""

import ast
import csv
import json
import os
import xml.etree.ElementTree as ElementTree

from .. import console, environment, odoo_source, paths, process, venv

FOLDERS = ("oms_addon", "tests", "tooling", "benchmarks", "simulators")
CONCISE = ("--quiet", "--output-format=concise")
# Messages of pylint-odoo that make sense for what a customer installs only.
ADDON_ONLY = ("translation-required", "invalid-commit")


def configure(parser):
    """Describe the arguments."""
    parser.add_argument("--fix", action="store_true", help="let ruff repair and format first")


def run(options):
    """Run all checks, whatever the first ones find; 1 when one of them failed."""
    with environment.locks.hold("setup"):
        paths.make_state()
        venv.ensure(odoo_source.find())
    targets = ["oms", *(name for name in FOLDERS if (paths.ROOT / name).is_dir())]
    ruff = paths.VENV / "bin/ruff"
    if options.fix:
        _call([ruff, "check", "--fix", "--quiet", *targets])
        _call([ruff, "format", "--quiet", *targets])
    checks = {
        "well-formed": lambda: _report(malformed(targets)),
        "ruff check": lambda: _call([ruff, "check", *CONCISE, *targets]),
        "ruff format": lambda: _call([ruff, "format", "--check", *CONCISE, *targets]),
        "pylint-odoo": lambda: _pylint(targets),
    }
    results = []
    for name, check in checks.items():
        with console.step(name):
            results.append((name, "failed" if check() else "ok"))
    console.table(results, ("check", "result"))
    failed = any(result == "failed" for _name, result in results)
    if failed:
        console.say("  → ./oms lint --fix repairs what ruff can")
    return int(failed)


def _pylint(targets):
    """Check the add-on; and the rest, where nobody reads what is not translated."""
    command = [venv.python(), "-m", "pylint", "--jobs", os.cpu_count() or 1]
    rest = [name for name in targets if name not in ("oms", "oms_addon")]
    failed = [
        _call([*command, *folders])
        for folders in (["oms_addon"], [f"--disable={','.join(ADDON_ONLY)}", *rest])
        if (paths.ROOT / folders[-1]).is_dir()
    ]
    return any(failed)


def _call(command):
    return process.call(command, cwd=paths.ROOT)


def _report(problems):
    for problem in problems:
        console.say(problem)
    return len(problems)


def malformed(targets, root=paths.ROOT):
    """Return a sentence for each file that can't be read as what it is."""
    problems = []
    for target in targets:
        start = root / target
        files = sorted(start.rglob("*")) if start.is_dir() else [start]
        for path in files:
            reader = READERS.get(path.suffix)
            if path.name == "oms" and path.parent == root:
                reader = _read_python
            if not reader or not path.is_file() or "fixtures" in path.parts:
                continue
            try:
                reader(path.read_text(encoding="utf-8"))
            except (ValueError, SyntaxError, ElementTree.ParseError) as error:
                problems.append(f"{path.relative_to(root)}: {error}")
    return problems


def _read_python(text):
    ast.parse(text)


def _read_csv(text):
    rows = list(csv.reader(text.splitlines(), strict=True))
    for number, row in enumerate(rows, 1):
        if row and len(row) != len(rows[0]):
            raise ValueError(f"row {number} has {len(row)} columns, not {len(rows[0])}")


READERS = {
    ".py": _read_python,
    ".xml": ElementTree.fromstring,
    ".json": json.loads,
    ".csv": _read_csv,
}
