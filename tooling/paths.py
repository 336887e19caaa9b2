"""Where things are: the repository, and the ignored folder with all we make."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "oms_addon"
MANIFEST = ADDON / "__manifest__.py"
REQUIREMENTS = ROOT / "requirements.txt"
TESTS = ROOT / "tests"
BENCHMARKS = ROOT / "benchmarks"

STATE = ROOT / ".oms"
APT = STATE / "apt"
ODOO = STATE / "odoo"
VENV = STATE / "venv"
CLUSTER = STATE / "postgres"
DATA = STATE / "data"
LOGS = STATE / "log"
BIN = STATE / "bin"
CONFIG = STATE / "odoo.conf"


def checkout_key():
    """Return a short key of this checkout: two of them never share a database."""
    return hashlib.sha256(os.fsencode(STATE)).hexdigest()[:8]


def make_state():
    """Create the folder for everything we make, ignored by any git above it."""
    for folder in (STATE, LOGS, BIN, DATA):
        folder.mkdir(parents=True, exist_ok=True)
    marker = STATE / ".gitignore"
    if not marker.exists():
        marker.write_text("*\n")
