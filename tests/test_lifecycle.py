"""Upgrade and removal on a database that has orders, in processes of their own."""

import json
from unittest.mock import patch

from tooling import paths

from .common import OmsCommon
from .concurrency import RaceCase

#: an order in Odoo's own way: what becomes of it, and of the rows it writes
SALE = """
import json
product = env["product.product"].create(
    {"name": "Cup", "default_code": "PLAIN", "is_storable": True}
)
warehouse = env["stock.warehouse"].search([], limit=1)
env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 5)
order = env["sale.order"].create({
    "partner_id": env["res.partner"].create({"name": "Ann"}).id,
    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 2})],
})
order.action_confirm()
moves = order.picking_ids.move_ids
env.flush_all()
PLAIN = ("boolean", "integer", "float", "monetary", "selection", "char")
def values(records):
    return [
        {
            name: record[name]
            for name, field in sorted(record._fields.items())
            if field.store and field.type in PLAIN and name not in OWN
            and not name.startswith(("oms_", "x_"))
        }
        for record in records.sorted("id")
    ]
OWN = {"id", "name", "reference", "origin", "sequence", "access_token", "res_id", "parent_path"}
types = env["stock.picking.type"].with_context(active_test=False)
print("=>", json.dumps([
    values(types.search([("warehouse_id", "=", warehouse.id)])),
    values(order), values(order.order_line), values(order.picking_ids), values(moves),
    values(moves.move_line_ids), values(product.stock_quant_ids),
], default=str))
"""


class TestLifecycle(RaceCase):
    def _sell(self):
        """:return: what `SALE` finds on the copy; nothing of it is committed"""
        out = self.run_odoo("shell", "--log-level=critical", program=SALE)
        return json.loads([line for line in out.splitlines() if line.startswith("=>")][-1][3:])

    def _sell_without_us(self):
        """:return: what `SALE` finds on a database that never had the add-on"""
        names = (paths.STATE / "databases").read_text().split()
        base = next(name for name in names if name.startswith("oms_base_"))
        copy = f"{self.database}_base"
        self._sql(f'CREATE DATABASE "{copy}" TEMPLATE "{base}"')
        try:
            with patch.object(type(self), "database", copy):
                return self._sell()
        finally:
            self._sql(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')

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
        self.assertEqual(self._sell(), self._sell_without_us())
