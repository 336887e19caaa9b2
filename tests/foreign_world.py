"""Records of another company that all say a canary, for tests of what nobody else may see."""

from odoo import fields

from odoo.addons.oms_addon.documents.problems import HoldReason

from .registry_world import RegistryWorld

CANARY = "CANARY-4711"


class ForeignWorld(RegistryWorld):
    def setUp(self):
        super().setUp()
        self.theirs = self._foreign()

    def _foreign(self):
        """:return: records of another company, by model, all with the canary in what they tell"""
        other = self.users["foreign"].company_id
        env = self.env(context={**self.env.context, "allowed_company_ids": other.ids})
        partner = env["res.partner"].create(
            {
                "name": CANARY,
                "email": f"{CANARY}@x.example",
                "company_id": other.id,
                "street": CANARY,
            }
        )
        product = env["product.product"].create(
            {"name": CANARY, "default_code": CANARY, "company_id": other.id, "is_storable": True}
        )
        channel = env["oms.channel"].create(
            {"name": CANARY, "adapter": "canonical", "company_id": other.id, "api_key": CANARY}
        )
        warehouse = env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        warehouse = warehouse or env["stock.warehouse"].create(
            {"name": CANARY, "code": "CNRY", "company_id": other.id}
        )
        warehouse.name = CANARY
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": other.id,
                "warehouse_id": warehouse.id,
                "oms_channel_id": channel.id,
                "oms_order_ref": CANARY,
                "client_order_ref": CANARY,
                "order_line": [
                    fields.Command.create(
                        {"product_id": product.id, "name": CANARY, "tax_ids": False}
                    )
                ],
            }
        )
        order.name = CANARY
        hold_model = self.env["oms.hold"].sudo()
        hold_model._open(order, [HoldReason(code="DATA_PROBLEM", message=CANARY)])
        message = channel._receive("orders", CANARY, CANARY.encode())
        listing = env["oms.channel.listing"].create(
            {"channel_id": channel.id, "sku": CANARY, "name": CANARY, "product_id": product.id}
        )
        picking = env["stock.picking"].create(
            {
                "partner_id": partner.id,
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": env.ref("stock.stock_location_customers").id,
                "origin": CANARY,
            }
        )
        picking.name = CANARY
        parcel = env["oms.parcel"].create(
            {"name": CANARY, "company_id": other.id, "picking_ids": [(4, picking.id)]}
        )
        purchase = env["purchase.order"].create(
            {
                "partner_id": partner.id,
                "company_id": other.id,
                "partner_ref": CANARY,
                "order_line": [
                    fields.Command.create(
                        {"product_id": product.id, "name": CANARY, "tax_ids": False}
                    )
                ],
            }
        )
        records = (partner, product, channel, warehouse, order, order.order_line, message, listing)
        records += (picking, parcel, product.product_tmpl_id, warehouse.lot_stock_id, other)
        records += (purchase, self._foreign_invoice(env, partner, product))
        self.env.flush_all()
        self.env.invalidate_all()
        return {record._name: record.sudo(False) for record in records}

    def _foreign_invoice(self, env, partner, product):
        """:return: a posted invoice, with accounts and a journal of its own"""
        company = partner.company_id
        receivable, income = env["account.account"].create(
            [
                {
                    "name": CANARY,
                    "code": f"CNRY{kind[:3]}",
                    "account_type": kind,
                    "company_ids": [fields.Command.set(company.ids)],
                }
                for kind in ("asset_receivable", "income")
            ]
        )
        journal = env["account.journal"].create(
            {
                "name": CANARY,
                "code": "CNRY",
                "type": "sale",
                "company_id": company.id,
                "default_account_id": income.id,
            }
        )
        partner.property_account_receivable_id = receivable
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "journal_id": journal.id,
                "ref": CANARY,
                "invoice_line_ids": [
                    fields.Command.create(
                        {
                            "product_id": product.id,
                            "name": CANARY,
                            "price_unit": 10,
                            "account_id": income.id,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        return invoice
