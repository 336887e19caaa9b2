"""Orders that are confirmed and served, without payload and money."""

from odoo.fields import Command

from odoo.addons.oms_addon.tools.sealed_context import sealed

from ..common import OmsCommon


class FulfilmentCommon(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.allocator = cls.env["oms.allocator"]
        cls.sourcing = cls.env["oms.sourcing"]
        cls.backorder = cls.env["oms.backorder"]
        cls.shipper = cls.env["oms.shipper"]
        cls.customer = cls.env["res.partner"].create({"name": "Ann"})
        cls.channel.write({"ship_policy": "always", "auto_ship": False})

    @classmethod
    def _make_order(cls, *lines, channel=None, **values):
        """:return: a draft order

        :param lines: pairs (product, quantity)
        """
        channel = channel or cls.channel
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "warehouse_id": cls.warehouse.id,
                "oms_channel_id": channel.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": 10,
                            "oms_kind": "product",
                        }
                    )
                    for product, quantity in lines
                ],
                **values,
            }
        )

    @classmethod
    def _confirm(cls, orders):
        """:return: the orders, sourced and confirmed"""
        cls.sourcing._source(orders)
        orders.with_context(**sealed(sourced=True)).action_confirm()
        return orders

    @classmethod
    def _serve(cls, orders):
        """:return: what the orders wait for, after sourcing, confirming and allocating"""
        return cls.allocator._allocate(cls._confirm(orders))

    def _taken(self, order):
        """:return: the reserved or moved quantities of an order by warehouse"""
        taken = {}
        for line in order.picking_ids.move_line_ids:
            warehouse = line.picking_id.picking_type_id.warehouse_id
            taken[warehouse] = taken.get(warehouse, 0) + line.quantity
        return taken

    def assertStockIsConsistent(self, products):
        """Σ of the reservations of move lines is what the stock rows say, at each place."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT product_id, location_id, SUM(quantity) FROM (
                   SELECT product_id, location_id, reserved_quantity AS quantity
                   FROM stock_quant WHERE product_id = ANY(%(products)s)
                   UNION ALL
                   SELECT line.product_id, line.location_id, -line.quantity_product_uom
                   FROM stock_move_line line
                   JOIN stock_location location ON location.id = line.location_id
                   WHERE line.product_id = ANY(%(products)s)
                     AND line.state IN ('assigned', 'partially_available', 'confirmed')
                     AND location.usage = 'internal') AS both_sides
               GROUP BY product_id, location_id HAVING SUM(quantity) <> 0""",
            {"products": products.ids},
        )
        self.assertEqual(self.env.cr.fetchall(), [])
