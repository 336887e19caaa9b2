"""A database of an older version is upgraded, and goes on where it stood."""

import ast
import lzma
from pathlib import Path

import psycopg2

from odoo import sql_db

from .concurrency import RaceCase

#: see ``fixtures/upgrade/prepare.py`` and ``dump.sh``
DUMP = Path(__file__).parent / "fixtures" / "upgrade" / "19.0.1.2.0.sql.xz"
ROWS = {
    "sale_order": 15,
    "sale_order_line": 87,
    "stock_picking": 15,
    "stock_move": 86,
    "stock_quant": 4858,
    "account_move": 28,
    "payment_transaction": 14,
    "res_partner": 14,
    "oms_channel": 2,
    "oms_channel_message": 29,
    "oms_hold": 3,
    "oms_event": 200,
    "oms_parcel": 12,
    "oms_customer_key": 12,
}
SUMS = {
    "sale_order.amount_total": "3338.93",
    "stock_quant.quantity": "258221.0",
    "account_move_line.balance": "0.0",
    "payment_transaction.amount": "3328.93",
}
ORDERS = """
channel = env['oms.channel'].search([('name', '=', 'Before')])
orders = env['sale.order'].search([('oms_channel_id', '=', channel.id)])
ship = orders.filtered(lambda order: order.oms_order_ref in ('B-PICK', 'B-WAIT'))
"""
SHOW = """
print('=>', {
    order.oms_order_ref: (
        order.state,
        order.oms_step,
        order.picking_ids.mapped('state'),
        sum(order.picking_ids.move_ids.mapped('quantity')),
        order.invoice_ids.mapped('payment_state'),
    )
    for order in orders
})
"""
#: what people and the system do after the upgrade
GO_ON = f"""
{ORDERS}
{SHOW}
product = env['product.product'].search([('default_code', '=', 'OLD-MUG')])
warehouse = env['stock.warehouse'].search([], limit=1)
env['stock.quant']._update_available_quantity(product, warehouse.lot_stock_id, 100)
env['oms.lane']._drain()
{ORDERS}
{SHOW}
ship.picking_ids.button_validate()
env['oms.lane']._drain()
{SHOW}
messages = env['oms.channel.message'].search([('channel_id', '=', channel.id)])
print('=>', {{message.event_ref: message.state for message in messages}})
verified = env['oms.event'].with_user(env.ref('base.user_admin')).action_verify()
print('=>', repr(verified['params']['type']))
"""


class TestUpgrade(RaceCase):
    @classmethod
    def _make_database(cls):
        """Override: the database is the one that was dumped."""
        cls._sql(f'CREATE DATABASE "{cls.database}" TEMPLATE template0')
        cls._query(lzma.decompress(DUMP.read_bytes()).decode())

    @classmethod
    def _query(cls, statement):
        """:return: the rows of a statement, run without a registry of either version"""
        _name, info = sql_db.connection_info_for(cls.database)
        connection = psycopg2.connect(**info)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def _figures(self):
        """:return: the number of rows of tables, and sums of columns"""
        rows = {
            table: self._query(f'SELECT count(*) FROM public."{table}"')[0][0] for table in ROWS
        }
        sums = {}
        for name in SUMS:
            table, column = name.split(".")
            sums[name] = str(self._query(f"SELECT SUM({column}) FROM public.{table}")[0][0])
        return rows, sums

    def test_orders_of_an_older_version_are_kept_and_go_on(self):
        self.assertEqual(self._figures(), (ROWS, SUMS))
        self.run_odoo("-u", "oms_addon", "--stop-after-init")
        self.assertEqual(self._figures(), (ROWS, SUMS))
        out = self.run_odoo("shell", "--log-level=critical", program=GO_ON)
        then, stocked, shipped, messages, verified = (
            ast.literal_eval(line[3:]) for line in out.splitlines() if line.startswith("=> ")
        )
        unpaid = ("draft", "confirm", [], 0, [])
        self.assertEqual(
            then,
            {
                "B-UNPAID": unpaid,
                "B-WAIT": ("sale", "allocate", ["assigned"], 18.0, ["paid"]),
                "B-PICK": ("sale", "ship", ["assigned"], 2.0, ["paid"]),
            },
        )
        self.assertEqual(
            stocked,
            {
                "B-INBOX": ("sale", "ship", ["assigned"], 1.0, ["paid"]),
                "B-UNPAID": unpaid,
                "B-WAIT": ("sale", "ship", ["assigned"], 50.0, ["paid"]),
                "B-PICK": ("sale", "ship", ["assigned"], 2.0, ["paid"]),
            },
        )
        self.assertEqual(
            shipped,
            {
                "B-INBOX": ("sale", "ship", ["assigned"], 1.0, ["paid"]),
                "B-UNPAID": unpaid,
                "B-WAIT": ("sale", "track", ["done"], 50.0, ["paid"]),
                "B-PICK": ("sale", "track", ["done"], 2.0, ["paid"]),
            },
        )
        self.assertEqual(
            messages,
            {
                "b-pick": "done",
                "b-wait": "done",
                "b-unpaid": "done",
                "b-unknown": "parked",
                "b-inbox": "done",
            },
        )
        self.assertEqual(verified, "success")
