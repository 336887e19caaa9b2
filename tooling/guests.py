"""Add-ons of others from PyPI, which tests and comparisons install beside ours."""

import shutil
import zipfile

from . import console, paths, process, venv

#: by name: what is downloaded, with what it needs beside it
PUBLISHED = {
    "sale_automatic_workflow": ("odoo-addon-sale-automatic-workflow==19.0.1.2.0.1",),
    "sale_exception": (
        "odoo-addon-sale-exception==19.0.1.0.1.1",
        "odoo-addon-base-exception==19.0.1.0.0.5",
    ),
    "stock_split_picking": ("odoo-addon-stock-split-picking==19.0.1.0.0.5",),
    "queue_job": ("odoo-addon-queue-job==19.0.2.4.0.1", "openupgradelib==3.13.7"),
}
#: what the tests install
TESTED = "sale_exception"
FOLDER = paths.STATE / "guests"
LOG = "guests.log"


def fetch(guest):
    """Download and unpack an add-on, once. Their packages require Odoo's, which is no package.

    :return: the folder, with ``odoo/addons`` in it
    """
    folder = FOLDER / guest
    stamp = folder / "fetched"
    wanted = "\n".join(PUBLISHED[guest])
    if stamp.exists() and stamp.read_text() == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    with console.step(f"Downloading {guest}"):
        command = [venv.python(), "-m", "pip", "download", "--no-deps", "-q", "-d", folder]
        process.run([*command, *PUBLISHED[guest]], LOG)
        for wheel in folder.glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder)
    stamp.write_text(wanted)
    return folder


def fetch_tested():
    """Download what the tests install. Without a network all other tests run."""
    try:
        fetch(TESTED)
    except console.OmsError as error:
        console.say(f"{TESTED} could not be downloaded: {error.message}")
