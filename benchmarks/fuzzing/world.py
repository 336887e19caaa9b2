"""What there is to send to."""

import resource
from pathlib import Path

from odoo import Command, fields

FIXTURES = Path(__file__).parents[2] / "tests" / "fixtures"
SECRET = "fuzz"
ADAPTERS = ("canonical", "shopify", "woocommerce", "prestashop", "amazon")


class World:
    """What there is to send to: a channel of each kind, a key, golden messages."""

    def __init__(self, env):
        self.env = env
        self.channels = env["oms.channel"].create(
            [{"name": f"Fuzz {a}", "adapter": a, "webhook_secret": SECRET} for a in ADAPTERS]
        )
        user = env["res.users"].create(
            {
                "name": "Fuzz",
                "login": "fuzz",
                "group_ids": [Command.link(env.ref("oms_addon.oms_addon_group_agent").id)],
            }
        )
        tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
        self.key = env["res.users.apikeys"].with_user(user)._generate("oms", "fuzz", tomorrow)
        paths = [p for p in FIXTURES.rglob("*") if p.suffix in (".json", ".csv") and p.is_file()]
        # Messages of its own kind get further into what reads them.
        self.golden = {
            adapter: [
                path.read_bytes()
                for path in sorted(paths)
                if adapter in path.parts and path.stat().st_size < 200_000
            ]
            for adapter in (*ADAPTERS, "csv_file")
        }
        self.base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
