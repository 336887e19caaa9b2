"""Where Odoo 19.0 comes from: the user's own first, else a private copy."""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import apt, console, paths, process

SERIES = "19.0"
PYTHONS = ((3, 10), (3, 13))
RELEASE = "release"
CORE = ("base", "web")

PACKAGE = "odoo-19"
ASSETS = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
# Version 7 of this font has none of the files that Odoo links to.
FONT = "fonts-font-awesome"
SUITES = {"debian": ("sid", "bookworm"), "ubuntu": ("devel", "noble")}
COMPONENTS = {"debian": "main", "ubuntu": "main universe"}
# A second copy of the Python files, without any data: never on the path.
EXCLUDE = ("./usr/lib/python3/dist-packages/addons/*",)
# Left out of the package because it has no source, yet named in an asset bundle:
# every page of the web client would log an error about it.
ABSENT = ("addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js",)

OWN_HINT = (
    "or take Odoo's source and name its folder:\n"
    f"  git clone --depth 1 -b {SERIES} https://github.com/odoo/odoo ~/odoo\n"
    "  ODOO_HOME=~/odoo ./oms …"
)


@dataclass(frozen=True)
class Odoo:
    """An Odoo to run: `package` is the folder that is imported as `odoo`."""

    package: Path
    python: str
    version: str
    ours: bool

    @property
    def addons(self):
        """Return the folders with Odoo's own add-ons."""
        folders = (self.package / "addons", self.package.parent / "addons")
        return [
            path
            for path in folders
            if any((path / name / "__manifest__.py").exists() for name in CORE)
        ]


def find():
    """Return the user's own Odoo, or the private copy, made on first use."""
    home = os.environ.get("ODOO_HOME")
    if home:
        return _from_home(Path(home).expanduser().resolve())
    return _from_path() or _private()


def _from_home(home):
    package = next((path for path in (home / "odoo", home) if (path / "release.py").exists()), None)
    if package is None or series(package) != SERIES:
        found = "no Odoo" if package is None else f"Odoo {series(package)}"
        raise console.OmsError(
            f"ODOO_HOME={home} holds {found}, not {SERIES}",
            hint="point ODOO_HOME at a source tree of Odoo 19.0, or unset it",
        )
    candidates = [os.environ.get("ODOO_PYTHON")]
    candidates += [str(home / name / "bin/python") for name in (".venv", "venv")]
    python = next((name for name in candidates if name and Path(name).exists()), None)
    revision = process.output(["git", "-C", home, "rev-parse", "HEAD"]) or ""
    release = f"{version(package)} {revision[:12]}".strip()
    return Odoo(package, python or host_python(), release, ours=False)


def _from_path():
    """Return the Odoo whose command `odoo` is on PATH, if its series is ours."""
    command = shutil.which("odoo")
    if not command:
        return None
    with open(command, "rb") as stream:
        first = stream.readline().decode(errors="replace").strip()
    words = first[2:].split() if first.startswith("#!") else []
    if words and words[0].endswith("/env"):
        words = [shutil.which(words[-1]) or ""]
    if not words:
        return None
    where = process.output([words[0], "-c", "import odoo; print(list(odoo.__path__)[0])"])
    package = Path(where) if where else None
    if package is None or series(package) != SERIES:
        return None
    return Odoo(package, words[0], version(package), ours=False)


def _private():
    package = paths.ODOO / "usr/lib/python3/dist-packages/odoo"
    if not (paths.ODOO / RELEASE).exists():
        _download()
    release = (paths.ODOO / RELEASE).read_text()
    return Odoo(package, host_python(), release, ours=True)


def _download():
    """Unpack Odoo and the files its assets link to into `.oms/odoo`."""
    kind = apt.distribution()
    if kind not in SUITES or not shutil.which("dpkg-deb"):
        raise console.OmsError(
            "Odoo 19.0 is not on this machine, and this is no Debian or Ubuntu",
            hint=OWN_HINT.removeprefix("or "),
        )
    newest, stable = SUITES[kind]
    partial = paths.STATE / "odoo.partial"
    shutil.rmtree(partial, ignore_errors=True)
    with console.step("Getting Odoo 19.0 from the distribution's archive") as step:
        for suite, packages in (
            (newest, [PACKAGE, *ASSETS]),
            (stable, [FONT]),
        ):
            archive = apt.Archive((suite,), COMPONENTS[kind])
            step.update(f"package lists of {suite}")
            archive.update()
            found = [name for name in packages if archive.version(name)]
            if packages[0] not in found:
                raise console.OmsError(
                    f"the suite {suite} of this machine's mirror has no {packages[0]}",
                    hint=OWN_HINT.removeprefix("or "),
                )
            step.update(f"{len(found)} packages of {suite}")
            archive.unpack(found, partial, EXCLUDE)
            if PACKAGE in found:
                (partial / RELEASE).write_text(archive.version(PACKAGE))
        _repair(partial / "usr/lib/python3/dist-packages/odoo")
        shutil.rmtree(paths.APT / stable, ignore_errors=True)
        shutil.rmtree(paths.APT / newest, ignore_errors=True)
        shutil.rmtree(paths.ODOO, ignore_errors=True)
        partial.rename(paths.ODOO)


def _repair(package):
    """Put empty files where the private copy lacks what a bundle asks for."""
    for name in ABSENT:
        path = package / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("/* Not in the distribution's package. */\n")


def dangling(package):
    """Return the links of a tree that lead nowhere."""
    return sorted(path for path in package.rglob("*") if path.is_symlink() and not path.exists())


def series(package):
    """Return the series of an Odoo tree, such as '19.0'."""
    return ".".join(version(package).split(".")[:2])


def version(package):
    """Return the version written in an Odoo tree, such as '19.0.0'."""
    try:
        text = (package / "release.py").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(r"^version_info = \((.*?)\)", text, re.M)
    parts = found.group(1).replace("'", "").split(",") if found else []
    return ".".join(part.strip() for part in parts[:3])


def host_python():
    """Return a Python that Odoo 19.0 runs on: this one, else another on PATH."""
    lowest, highest = PYTHONS
    if lowest <= sys.version_info[:2] <= highest:
        # Not the Python of a virtual environment: ours may be about to be made anew.
        return getattr(sys, "_base_executable", "") or sys.executable
    for minor in range(highest[1], lowest[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    raise console.OmsError(
        f"Odoo 19.0 runs on Python 3.10 to 3.13, this is {sys.version.split()[0]}",
        hint="run: sudo apt-get install python3.13 python3.13-venv",
    )
