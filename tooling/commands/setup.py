"""Set up all that the other commands need, and say what is there."""

from .. import console, guests, odoo_source
from ..workspace import Workspace


def configure(parser):
    """Describe the arguments."""


def run(_options):
    """Make everything, templates included."""
    workspace = Workspace(with_browser=True)
    environment = workspace.environment
    module = workspace.templates.module()
    guests.fetch_tested()
    origin = "the private copy" if environment.odoo.ours else "your own"
    console.table(
        [
            ("Odoo", f"{environment.odoo.version}, {origin}"),
            ("", environment.odoo.package),
            ("Python", environment.python),
            *sorted(environment.server.env.items()),
            ("template", module),
        ],
        ("what", "where"),
    )
    if environment.odoo.ours:
        for path in odoo_source.dangling(environment.odoo.package):
            console.say(f"not in the package: {path.name} ({path.parent.name})")
