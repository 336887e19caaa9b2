"""The file for Docker Compose, as far as it can be checked without Docker."""

import ast
import re

import yaml

from tooling import paths

COMPOSE = yaml.safe_load((paths.ROOT / "compose.yaml").read_text())
#: what the entry point of the image reads
VARIABLES = {"HOST", "PORT", "USER", "PASSWORD", "PASSWORD_FILE"}


def test_the_images_are_those_of_our_series():
    manifest = ast.literal_eval(paths.MANIFEST.read_text(encoding="utf-8"))
    series = ".".join(manifest["version"].split(".")[:2])
    build = COMPOSE["services"]["odoo"]["build"]["dockerfile_inline"].splitlines()
    assert build[0] == f"FROM odoo:{series}"
    # The forecasts need numpy, and the server runs as the user of the image.
    assert any("python3-numpy" in line for line in build)
    assert build[-1] == "USER odoo"
    assert COMPOSE["services"]["db"]["image"] == "postgres:16"


def test_odoo_signs_in_to_the_database_as_it_was_made():
    odoo, db = COMPOSE["services"]["odoo"], COMPOSE["services"]["db"]
    assert set(odoo["environment"]) <= VARIABLES
    assert odoo["environment"]["HOST"] == "db"
    assert odoo["environment"]["USER"] == db["environment"]["POSTGRES_USER"]
    assert odoo["environment"]["PASSWORD"] == db["environment"]["POSTGRES_PASSWORD"]
    assert "db" in odoo["depends_on"]


def test_the_add_on_is_mounted_where_the_image_looks_and_installed():
    odoo = COMPOSE["services"]["odoo"]
    source, target, mode = odoo["volumes"][0].split(":")
    assert (target, mode) == ("/mnt/extra-addons/oms_addon", "ro")
    assert (paths.ROOT / source / "__manifest__.py").is_file()
    assert "--init=oms_addon" in odoo["command"]
    # A dollar is doubled, or Compose takes what follows for a variable.
    assert not re.search(r"(?<!\$)\$(?!\$)", " ".join(odoo["command"]))


def test_what_has_to_last_is_in_named_volumes():
    used = {
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service["volumes"]
        if not volume.startswith(".")
    }
    assert used == set(COMPOSE["volumes"]) == {"odoo-data", "db-data"}
