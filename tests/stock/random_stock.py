"""A world of random stock, for comparisons of our writes with those of Odoo."""

from ..shipping.common import FulfilmentCommon

#: what differs between two runs of the same, and what a line has no name for yet
OF_THE_RUN = {"id", "create_uid", "create_date", "write_uid", "write_date"}


def stored(records, *without):
    """:return: every stored column of records, those beside the run's own, by name"""
    names = [
        name
        for name, field in sorted(records._fields.items())
        if field.store and field.column_type and name not in OF_THE_RUN.union(without)
    ]
    return [
        {
            name: record[name].id if record._fields[name].relational else record[name]
            for name in names
        }
        for record in records
    ]


class RandomStock(FulfilmentCommon):
    """Random stock, with lots, packages, owners, places and debts."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("stock.propagate_uom", "1")
        cls.places = cls.warehouse.lot_stock_id + cls.env["stock.location"].create(
            [
                {"name": name, "location_id": cls.warehouse.lot_stock_id.id}
                for name in ("Zone B", "Zone A")
            ]
        )
        cls.owner = cls.env["res.partner"].create({"name": "Consignor"})
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.strategies = {
            method: cls.env["product.removal"].search([("method", "=", method)])
            for method in ("fifo", "lifo", "closest", "least_packages")
        }

    def _world(self, chance, kinds=("none", "lot", "serial")):
        """:return: confirmed orders of one product of a random kind, on random stock"""
        category = self.env["product.category"].create(
            {
                "name": "Random",
                "removal_strategy_id": self.strategies[chance.choice(list(self.strategies))].id,
                "packaging_reserve_method": chance.choice(("full", "partial")),
            }
        )
        product = self._make_product(
            "RND",
            "Random",
            tracking=chance.choice(kinds),
            categ_id=category.id,
        )
        for _row in range(chance.randint(1, 6)):
            self._row(product, chance)
        self.env.flush_all()
        orders = self.env["sale.order"]
        for _order in range(chance.randint(1, 4)):
            orders += self._make_order((product, chance.randint(1, 9)))
            if product.tracking != "serial" and chance.random() < 0.3:
                orders[-1].order_line.product_uom_id = self.dozen
        orders.action_confirm()
        if chance.random() < 0.4:
            # Some have a part already.
            orders[0].picking_ids.action_assign()
            self._row(product, chance)
        return orders

    def _row(self, product, chance):
        """Add a row of stock, sometimes one that owes."""
        serial = product.tracking == "serial"
        lot = self.env["stock.lot"]
        if product.tracking != "none" and (serial or chance.random() < 0.8):
            lot = lot.create({"name": f"L{chance.random()}", "product_id": product.id})
        package = self.env["stock.package"]
        if chance.random() < 0.3:
            package = package.create({"name": f"P{chance.random()}"})
        self.env["stock.quant"].create(
            {
                "product_id": product.id,
                "location_id": chance.choice(self.places).id,
                "lot_id": lot.id,
                "package_id": package.id,
                "owner_id": chance.choice((self.owner.id, False, False, False)),
                "quantity": 1 if serial else chance.choice((-2, 1, 2, 3.5, 5, 13, 26)),
                "in_date": f"2026-01-{chance.randint(1, 28):02} 08:00:00",
            }
        )

    def _undone(self, act, read):
        """:return: what ``read`` finds after ``act``; all undone"""
        self.env.flush_all()
        self.env.invalidate_all()
        savepoint = self.env.cr.savepoint(flush=False)
        act()
        self.env.flush_all()
        self.env.invalidate_all()
        result = read()
        self.env.clear()
        savepoint.rollback()
        savepoint.close(rollback=False)
        self.env.invalidate_all()
        return result
