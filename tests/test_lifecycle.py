"""Upgrade and removal on a database that has orders, in processes of their own."""

import json

from .common import OmsCommon
from .concurrency import RaceCase


class TestLifecycle(RaceCase):
    def _read(self, code):
        """:return: what an expression is on the copy, read by a fresh Odoo"""
        out = self.run_odoo("shell", "--log-level=critical", program=f"print('=>', {code})\n")
        return [line for line in out.splitlines() if line.startswith("=>")][-1][3:]

    def test_upgrade_keeps_everything_and_removal_leaves_ordinary_odoo_orders(self):
        def prepare(env):
            OmsCommon.company = env.company
            product = env["product.product"].create(
                {"name": "Mug", "default_code": "LIFE", "is_storable": True}
            )
            warehouse = env["stock.warehouse"].search([], limit=1)
            warehouse.oms_managed = True
            env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 50)
            channel = env["oms.channel"].create(
                {"name": "Life", "adapter": "canonical", "auto_ship": True, "send_receipt": False}
            )
            channel.action_go_live()
            for number in range(3):
                document = OmsCommon._document(f"L{number}", [("LIFE", 1, "10.00")])
                channel._receive("orders", f"l{number}", json.dumps(document).encode())
            env["oms.lane"]._drain()
            orders = env["sale.order"].search([("oms_channel_id", "=", channel.id)])
            return orders.mapped("state"), orders.picking_ids.mapped("state")

        states, deliveries = self.commit(prepare)
        self.assertEqual((states, deliveries), (["sale"] * 3, ["done"] * 3))
        self.run_odoo("-u", "oms_addon", "--stop-after-init")
        counts = self._read(
            "[env[m].search_count([]) > 0 for m in "
            "('oms.channel', 'oms.channel.message', 'oms.event', 'oms.parcel')]"
        )
        self.assertEqual(counts, "[True, True, True, True]")
        self.run_odoo(
            "shell",
            "--log-level=critical",
            program="env['ir.module.module'].search([('name', '=', 'oms_addon')])"
            ".button_immediate_uninstall()\n",
        )
        left = self._read(
            "([m for m in env if m.startswith('oms.')], "
            "env['sale.order'].search([]).mapped('state'), "
            "env['stock.picking'].search([]).mapped('state'), "
            "env['account.move'].search([('move_type', '=', 'out_invoice')])"
            ".mapped('payment_state'))"
        )
        self.assertEqual(left, str(([], ["sale"] * 3, ["done"] * 3, ["paid"] * 3)))
