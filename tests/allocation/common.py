"""Rules over three warehouses: London, Leeds and, abroad, Berlin."""

from odoo.fields import Command

from ..shipping.common import FulfilmentCommon


class AllocationCommon(FulfilmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.matrix = cls.env["oms.allocation.matrix"]
        cls.britain = cls.env.ref("base.uk")
        cls.germany = cls.env.ref("base.de")
        cls.south = cls.env["stock.warehouse"].create(
            {"name": "Berlin", "code": "BER", "company_id": cls.company.id, "sequence": 30}
        )
        cls.south.oms_managed = True
        cls.warehouse.name, cls.north.name = "London", "Leeds"
        cls.channel.warehouse_ids = [Command.link(cls.south.id)]
        for warehouse, country, point in (
            (cls.warehouse, cls.britain, (51.51, -0.13)),
            (cls.north, cls.britain, (53.8, -1.55)),
            (cls.south, cls.germany, (52.52, 13.4)),
        ):
            warehouse.partner_id = cls.env["res.partner"].create(
                {
                    "name": warehouse.name,
                    "country_id": country.id,
                    "partner_latitude": point[0],
                    "partner_longitude": point[1],
                }
            )
        cls.customer.write({"country_id": cls.britain.id, "zip": "LS1 4AP"})
        cls.env["oms.postcode"].create(
            {
                "country_id": cls.britain.id,
                "postcode": "ls1",
                "latitude": 53.79,
                "longitude": -1.54,
            }
        )

    @classmethod
    def _make_rules(cls, *rules, run=None, routing=None):
        """:return: a run with one routing and these rules, given as their values"""
        return cls.env["oms.allocation.run"].create(
            {
                "name": "Every order",
                "routing_ids": [
                    Command.create(
                        {
                            "name": "All",
                            "rule_ids": [
                                Command.create({"name": f"Rule {n}", "sequence": n, **values})
                                for n, values in enumerate(rules, 1)
                            ],
                            **(routing or {}),
                        }
                    )
                ],
                **(run or {}),
            }
        )

    def _verdicts(self, order, trial=0):
        """:return: what an order's plan says of each warehouse, by name"""
        rows = order.oms_allocation_plan["trials"][trial]["warehouses"]
        return {row["name"]: row["text"] for row in rows}
