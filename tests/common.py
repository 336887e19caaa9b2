"""What every test of the add-on starts from: two warehouses, products, a live channel."""

import json

from odoo.fields import Command
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, new_test_user, tagged

MAX_ROUNDS = 60
MAX_BATCHES = 5000


@tagged("standard", "post_install", "-at_install")
class OmsCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        # Simulated shops are on this machine, as an administrator has to allow.
        cls.env["ir.config_parameter"].set_param("oms_addon.trusted_hosts", "127.0.0.1")
        cls._set_rates()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.north = cls.env["stock.warehouse"].create(
            {"name": "North", "code": "NTH", "company_id": cls.company.id, "sequence": 20}
        )
        (cls.warehouse + cls.north).oms_managed = True
        cls.mug = cls._make_product("MUG", "Mug", stock=100)
        cls.pot = cls._make_product("POT", "Pot", stock=100)
        cls.channel = cls._make_channel("Shop")

    @classmethod
    def _set_rates(cls):
        """Give the currencies that tests sell in a rate, of any age; one to one, as nobody
        converts by them but who sets others.
        """
        codes = "AUD CAD CHF EUR GBP INR JPY KWD MXN PLN SEK TND TRY USD"
        currencies = (
            cls.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "in", codes.split())])
        )
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": currency.id, "name": "2000-01-01", "rate": 1.0}
                for currency in currencies - cls.company.currency_id
                if not currency.rate_ids.filtered(lambda r: str(r.name) == "2000-01-01")
            ]
        )
        cls.env["ir.default"].set("oms.channel", "rate_max_days", 0)

    @classmethod
    def _request_handler(cls, session, request, /, **kw):
        """Extend: Odoo compares the time-out with a number; ours is a pair."""
        if isinstance(kw.get("timeout"), tuple):
            kw["timeout"] = max(kw["timeout"])
        return super()._request_handler(session, request, **kw)

    @classmethod
    def _make_user(cls, group):
        """:return: a user of one group of the add-on only, whose password is their login

        :param group: the end of the group's id, as "agent"
        """
        login = f"oms_{group}"
        return new_test_user(
            cls.env, login, groups=f"oms_addon.oms_addon_group_{group}", password=login
        )

    @classmethod
    def _make_product(cls, sku, name, stock=0, north=0, **values):
        """:return: a storable product with stock in the two warehouses"""
        product = cls.env["product.product"].create(
            {
                "name": name,
                "default_code": sku,
                "is_storable": True,
                "list_price": 10.0,
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                **values,
            }
        )
        cls._put_stock(product, cls.warehouse, stock)
        cls._put_stock(product, cls.north, north)
        return product

    @classmethod
    def _put_stock(cls, product, warehouse, quantity):
        """Count a quantity into a warehouse."""
        if quantity:
            cls.env["stock.quant"].with_context(inventory_mode=True).create(
                {
                    "product_id": product.id,
                    "location_id": warehouse.lot_stock_id.id,
                    "inventory_quantity": quantity,
                }
            ).action_apply_inventory()

    @classmethod
    def _make_channel(cls, name, adapter="canonical", **values):
        """:return: a live channel that ships by itself from both warehouses"""
        channel = cls.env["oms.channel"].create(
            {
                "name": name,
                "adapter": adapter,
                "auto_ship": True,
                "send_receipt": False,
                "start_policy": "process",
                "warehouse_ids": [Command.set((cls.warehouse + cls.north).ids)],
                **values,
            }
        )
        channel.action_go_live()
        channel._approve_sync("stock")
        return channel

    @classmethod
    def _document(cls, ref, lines=(("MUG", 2, "10.00"),), paid=True, **values):
        """:return: the canonical document of an order, as JSON-able data

        :param lines: tuples (SKU, quantity, unit price)
        :param paid: whether the total was charged
        """
        total = values.pop("total", None) or f"{sum(q * float(p) for _s, q, p in lines):.2f}"
        currency = values.get("currency", cls.company.currency_id.name)
        charge = {
            "ref": f"T-{ref}",
            "kind": "charge",
            "status": "success",
            "amount": total,
            "currency": currency,
            "at": "2026-03-01T09:00:00Z",
        }
        return {
            "schema": "oms.order/1",
            "ref": ref,
            "number": f"#{ref}",
            "version": "1",
            "placed_at": "2026-03-01T09:00:00Z",
            "updated_at": "2026-03-01T09:00:00Z",
            "currency": currency,
            "total": total,
            "prices_include_tax": True,
            "customer": {
                "ref": f"C-{ref}",
                "name": f"Ann {ref}",
                "email": f"ann.{ref}@example.com",
            },
            "shipping": {
                "name": f"Ann {ref}",
                "street": "1 High Street",
                "city": "Leeds",
                "zip": "LS1 1AA",
                "country": "GB",
            },
            "lines": [
                {
                    "ref": str(n),
                    "sku": sku,
                    "name": sku.title(),
                    "quantity": str(quantity),
                    "unit_price": price,
                    "taxes": [],
                }
                for n, (sku, quantity, price) in enumerate(lines, 1)
            ],
            "charges": [charge] if paid and float(total) else [],
            **values,
        }

    @classmethod
    def _cancellation(cls, order_ref, **values):
        """:return: the canonical cancellation of a whole order"""
        return {
            "schema": "oms.cancellation/1",
            "ref": f"X-{order_ref}",
            "order_ref": order_ref,
            "at": "2026-03-02T09:00:00Z",
            **values,
        }

    def _receive(self, document, event_ref=None, channel=None, topic="orders"):
        """:return: the inbox row of a document"""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        ref = event_ref or f"{topic}:{document.get('ref', '')}:{document.get('version', '')}"
        return (channel or self.channel)._receive(topic, ref, body)

    def setUp(self):
        super().setUp()
        # Meters are written in transactions of their own, which no test rolls back.
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute("DELETE FROM oms_channel_meter")

    def _run_lanes(self, *codes):
        """Work through lanes until nothing is left, in this transaction."""
        workers = self.env["oms.lane"]._runners()
        codes = codes or ("inbox", "orders", "fulfilment", "allocator", "stock", "outbox")
        for _round in range(MAX_ROUNDS):
            done = {code: self._exhaust(workers[code]) for code in codes}
            if not any(done.values()):
                return
        raise AssertionError(f"The lanes find no end: {done}")

    def _exhaust(self, worker):
        """:return: how much a lane did until it found nothing more"""
        count = 0
        for _batch in range(MAX_BATCHES):
            done = worker()
            self.env.flush_all()
            self.env.cr.precommit.run()
            if not done:
                return count
            count += done
        raise AssertionError(f"The lane finds no end: {worker}")

    def _capture(self, *documents, channel=None):
        """:return: the orders of documents that were received and taken as far as they go"""
        channel = channel or self.channel
        messages = self.env["oms.channel.message"].concat(
            *[self._receive(document, channel=channel) for document in documents]
        )
        self._run_lanes()
        return messages.order_id

    def _order(self, ref, channel=None):
        """:return: the order of a channel's order id, or an empty recordset"""
        return self.env["sale.order"].search(
            [("oms_channel_id", "=", (channel or self.channel).id), ("oms_order_ref", "=", ref)]
        )

    def _holds(self, record):
        """:return: codes of the open holds of an order or message"""
        field = "order_id" if record._name == "sale.order" else "message_id"
        return (
            self.env["oms.hold"]
            .search([(field, "=", record.id), ("state", "=", "open")])
            .mapped("reason_code")
        )
