"""Debian packages: installed on the machine by root, or unpacked privately.

The private side needs no root and changes nothing on the machine: apt gets
folders of its own and reads the machine's own mirror with another suite.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import console, paths, process

SOURCES = Path("/etc/apt")
UPDATED = paths.APT / "system-updated"


def ensure(packages, why):
    """Install packages on the machine when we are root, else say how to.

    :param list packages: names of Debian packages
    :param str why: what they are needed for, for the error
    """
    line = f"apt-get install --no-install-recommends {' '.join(packages)}"
    if not process.is_root() or not shutil.which("apt-get"):
        raise console.OmsError(f"{why} is missing", hint=f"run: sudo {line}")
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    hint = f"run it by hand to see more: {line}"
    with console.step(f"Installing {' '.join(packages)} with apt"):
        if not UPDATED.exists():
            process.run(["apt-get", "update"], "apt-update.log", env=env, hint=hint)
            paths.APT.mkdir(parents=True, exist_ok=True)
            UPDATED.touch()
        process.run(
            ["apt-get", "install", "-y", *line.split()[2:]],
            "apt-install.log",
            env=env,
            hint=hint,
        )


def distribution():
    """Return this machine's distribution: 'debian', 'ubuntu' or something else."""
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(r'^ID="?(\w+)', text, re.M)
    return found.group(1) if found else ""


def mirror():
    """Return (address, keyring) of the machine's own archive mirror."""
    for path in _source_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        for address, keyring in _entries(text, path.suffix):
            if "security" not in address and "snapshot" not in address:
                return address, keyring
    raise console.OmsError(
        "no Debian mirror found in this machine's apt sources",
        hint="set ODOO_HOME to a folder with Odoo 19.0's source, and run again",
    )


def _source_files():
    files = [SOURCES / "sources.list"]
    for pattern in ("*.list", "*.sources"):
        files += sorted((SOURCES / "sources.list.d").glob(pattern))
    names = ("debian.sources", "ubuntu.sources", "sources.list")
    files.sort(key=lambda path: path.name not in names)
    return [path for path in files if path.is_file()]


def _entries(text, suffix):
    """Yield (address, keyring) of each source that has a component `main`."""
    if suffix == ".sources":
        for block in re.split(r"\n\s*\n", text):
            fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", block, re.M))
            if "main" in fields.get("Components", "").split():
                for address in fields.get("URIs", "").split()[:1]:
                    keyring = fields.get("Signed-By", "").strip()
                    yield address, keyring if keyring.startswith("/") else ""
        return
    for line in text.splitlines():
        found = re.match(r"deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s+\S+\s+(.*)", line)
        if found and "main" in found.group(3).split():
            keyring = re.search(r"signed-by=(\S+)", found.group(1) or "")
            yield found.group(2), keyring.group(1) if keyring else ""


class Archive:
    """The machine's mirror with suites of our choice, in folders of our own."""

    def __init__(self, suites, components="main"):
        self.suites = suites
        self.components = components
        self.folder = paths.APT / "-".join(suites)
        self.env = {"APT_CONFIG": self.folder / "apt.conf"}

    def update(self):
        """Write the private configuration and read the package lists."""
        for name in ("lists/partial", "cache/archives/partial", "parts"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        address, keyring = mirror()
        option = f"[signed-by={keyring}] " if keyring else ""
        (self.folder / "sources.list").write_text(
            "".join(f"deb {option}{address} {suite} {self.components}\n" for suite in self.suites)
        )
        (self.folder / "apt.conf").write_text(
            f'Dir::Etc::SourceList "{self.folder}/sources.list";\n'
            f'Dir::Etc::SourceParts "{self.folder}/parts";\n'
            f'Dir::State::Lists "{self.folder}/lists";\n'
            f'Dir::Cache "{self.folder}/cache";\n'
            'APT::Sandbox::User "";\n'
            'Acquire::Languages "none";\n'
            'Acquire::Retries "3";\n'
        )
        process.run(["apt-get", "-q", "update"], "apt-private-update.log", env=self.env)

    def version(self, package):
        """Return the newest version of a package that the suites have, or None."""
        listed = process.output(["apt-cache", "madison", package], env=self.env)
        return listed.splitlines()[0].split("|")[1].strip() if listed else None

    def unpack(self, packages, target, exclude=()):
        """Download packages and unpack their files into a folder.

        :param list packages: names, or `name/suite`
        :param Path target: the folder
        :param exclude: patterns of members to leave out
        """
        with tempfile.TemporaryDirectory(dir=self.folder) as download:
            process.run(
                ["apt-get", "-q", "download", *packages],
                "apt-download.log",
                env=self.env,
                cwd=download,
            )
            for deb in sorted(Path(download).glob("*.deb")):
                _extract(deb, target, exclude)


def _extract(deb, target, exclude):
    """Unpack the files of one package, without its control scripts."""
    target.mkdir(parents=True, exist_ok=True)
    files = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE)
    options = [f"--exclude={pattern}" for pattern in exclude]
    unpacked = subprocess.run(
        ["tar", "-x", "--no-same-owner", "-C", str(target), *options],
        stdin=files.stdout,
        check=False,
    )
    if files.wait() or unpacked.returncode:
        raise console.OmsError(
            f"{deb.name} could not be unpacked",
            hint=f"see that {target} has room (df -h), then run again",
        )
