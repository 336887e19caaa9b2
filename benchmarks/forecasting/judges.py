"""Methods of statsforecast as judges, in an environment of their own.

The add-on never needs that library; it is installed below ``.oms/`` when the benchmark runs.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np

from .measures import Outlook

ENVIRONMENT = Path(__file__).resolve().parents[2] / ".oms" / "forecast-judges"
PACKAGE = "statsforecast==2.1.1"
PROGRAM = Path(__file__).with_name("judge_program.py")
NAMES = ("AutoETS", "IMAPA", "DOT", "TSB")


def install():
    """Make the environment of the judges, unless it is there.

    :return: its Python, or ``None`` if it cannot be had
    """
    python, stamp = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "complete"
    if stamp.exists() and stamp.read_text() == PACKAGE:
        return python
    try:
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", PACKAGE]
        subprocess.run(pip, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"The judges are left out, {PACKAGE} cannot be installed: {error}", file=sys.stderr)
        return None
    stamp.write_text(PACKAGE)
    return python


class Judge:
    """One method; calling it forecasts, and it remembers the processor time it took.

    :ivar float milliseconds: per series and origin
    """

    def __init__(self, python, name, season, folder):
        self.python, self.name, self.season, self.folder = python, name, season, Path(folder)
        self.spent = self.count = 0.0

    def __call__(self, history, horizon):
        given, got = self.folder / "history.npy", self.folder / "forecast.npz"
        np.save(given, history)
        command = [self.python, PROGRAM, self.name, str(self.season), str(horizon), given, got]
        subprocess.run(command, check=True)
        answer = np.load(got)
        self.spent += float(answer["seconds"])
        self.count += len(history)
        return Outlook(np.maximum(answer["mean"], 0.0))

    @property
    def milliseconds(self):
        """Return the processor time per series and origin."""
        return 1000 * self.spent / max(self.count, 1)
