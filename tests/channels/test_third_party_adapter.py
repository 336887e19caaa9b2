"""Anybody can add a channel: an add-on of one file, installed for real, from order to parcel."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import xmlrpc.client
from pathlib import Path

from odoo.tools import config

from ..acme_market import AcmeMarket
from ..concurrency import RaceCase

ADDONS = Path(__file__).parent.parent / "addons"
START_SECONDS = 240
WORK_SECONDS = 90


class TestThirdPartyAdapter(RaceCase):
    """A server of its own, with its jobs, on a copy of the database: nothing is patched."""

    def setUp(self):
        super().setUp()
        self.market = AcmeMarket().start()
        self.addCleanup(self.market.stop)

    def _prepare(self, env):
        """Make what any business has: a warehouse with goods."""
        warehouse = env["stock.warehouse"].search([], limit=1)
        warehouse.oms_managed = True
        mug = env["product.product"].create(
            {"name": "Mug", "default_code": "MUG", "is_storable": True, "taxes_id": False}
        )
        env["stock.quant"]._update_available_quantity(mug, warehouse.lot_stock_id, 40)

    def _serve(self):
        """Start an Odoo that has Acme's add-on, too, and install it.

        :return: the address it answers at
        """
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        path = [*config["addons_path"], str(ADDONS)]
        process = subprocess.Popen(
            [sys.executable, "-m", "odoo", "-c", config["config"], "-d", self.database]
            + ["-i", "oms_acme", f"--db-filter=^{self.database}$", "--workers=0"]
            + [f"--addons-path={','.join(path)}", "--max-cron-threads=1"]
            + ["--http-interface=127.0.0.1", f"--http-port={port}", "--log-level=warn"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ADDONS,
        )
        self.addCleanup(self._stop, process)
        url = f"http://127.0.0.1:{port}"
        self._await(lambda: self._answers(process, url), START_SECONDS, "Odoo does not start")
        return url

    def _answers(self, process, url):
        if process.poll() is not None:
            self.fail(process.stderr.read()[-3000:])
        try:
            with urllib.request.urlopen(f"{url}/web/health", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def _stop(self, process):
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()

    def _await(self, done, seconds, text, tell=tuple):
        """Wait until something is so; when it does not come, ``tell()`` why."""
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                self.fail("\n".join([text, *map(str, tell())]))
            time.sleep(0.1)

    @staticmethod
    def _report(call):
        """:return: what stands in the way of the orders, as far as the database knows"""
        questions = {
            "oms.channel.message": ["topic", "order_ref", "state", "error", "next_try_at"],
            "sale.order": ["oms_order_ref", "state", "oms_status", "oms_cursor"],
            "oms.lane": ["code", "last_run_at", "last_error", "waiting_count"],
            "oms.channel": ["next_fetch_at", "polled_at", "fetch_failures"],
        }
        return [
            row
            for model, names in questions.items()
            for row in call(model, "search_read", [], names, order="id")
        ]

    def _await_shipments(self, call, count):
        self._await(
            lambda: len(self.market.shipments) == count,
            WORK_SECONDS,
            "nothing was shipped",
            lambda: self._report(call),
        )

    def _connect(self, url):
        """Sign in as a person would, from outside.

        :return: a method that calls a model's public method
        """
        common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
        user_id = common.authenticate(self.database, "admin", "admin", {})
        models = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object", allow_none=True)

        def call(model, method, *args, **kwargs):
            return models.execute_kw(self.database, user_id, "admin", model, method, args, kwargs)

        return call

    def test_an_add_on_of_one_file_takes_an_order_from_its_shop_to_the_parcel(self):
        self.commit(self._prepare)
        offer = self.market.add_product("MUG", "Mug")
        url = self._serve()
        call = self._connect(url)
        call("ir.config_parameter", "set_param", "web.base.url", url)
        call("ir.config_parameter", "set_param", "oms_addon.trusted_hosts", "127.0.0.1")
        kinds = dict(call("oms.channel", "fields_get", ["adapter"])["adapter"]["selection"])
        self.assertEqual(kinds["acme"], "Acme")
        channel = call(
            "oms.channel",
            "create",
            {
                "name": "Acme",
                "adapter": "acme",
                "start_policy": "process",
                "auto_ship": True,
                "send_receipt": False,
                **self.market.credentials(),
            },
        )
        call(
            "oms.channel.listing",
            "create",
            {
                "channel_id": channel,
                "sku": "MUG",
                "external_ref": offer,
                "product_id": call(
                    "product.product", "search", [("default_code", "=", "MUG")], limit=1
                )[0],
            },
        )
        call("oms.channel", "action_go_live", [channel])
        self.assertEqual(self.market.hook["url"].split("/oms/webhook/")[0], url)

        # By message: it comes in, is shipped by the jobs, and Acme is told.
        self.market.place_order([("MUG", 2, "10.00")], shipping="4.95")
        self.assertEqual(self.market.deliver_all(), [200])
        self._await_shipments(call, 1)
        self.assertEqual(
            self.market.shipments,
            [{"order": "AC-1", "parcels": [], "items": [{"line": 1, "qty": 2}]}],
        )

        # Stock is told once somebody agreed to what that changes.
        preview = call("oms.channel", "action_sync_stock", [channel])["res_id"]
        call("oms.channel.sync", "action_refresh", [preview])
        call("oms.channel.sync", "action_agree", [preview])

        # By asking: this message never arrives.
        self.market.place_order([("MUG", 1, "10.00")])
        self.market.pop_deliveries()
        answer = call("oms.channel", "action_fetch", [channel])
        self.assertEqual(answer["params"]["type"], "success", answer)
        self._await_shipments(call, 2)
        self._await(
            lambda: self.market.stock() == {("MUG", ""): 37},
            WORK_SECONDS,
            "stock was not told",
            lambda: self._report(call),
        )
        names = ["oms_order_ref", "amount_total", "oms_payment_state", "delivery_status"]
        orders = call(
            "sale.order", "search_read", [("oms_channel_id", "=", channel)], names, order="id"
        )
        self.assertEqual(
            [tuple(order[name] for name in names) for order in orders],
            [("AC-1", 24.95, "paid", "full"), ("AC-2", 10.0, "paid", "full")],
        )
        states = call(
            "oms.channel.message",
            "search_read",
            [("channel_id", "=", channel), ("state", "!=", "done")],
            ["topic", "state", "error"],
        )
        # The order that came by message is found once more by asking, and changes nothing.
        self.assertEqual(states, [])
