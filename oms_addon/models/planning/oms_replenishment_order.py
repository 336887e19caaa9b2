"""Orders of approved proposals: requests for quotation and transfers."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from odoo.addons.oms_addon.models.stock.claim import claim


class OmsReplenishment(models.Model):
    _inherit = "oms.replenishment"

    def _approve(self, is_manager):
        """Order the drafts among these proposals; those that are ordered stay as they are.

        :param bool is_manager: whether the approval limit does not apply
        """
        claim(self)
        self.invalidate_recordset(["state"])
        drafts = self.filtered(lambda p: p.state == "draft")
        drafts._check_orderable()
        if not is_manager:
            drafts._check_limit()
        drafts._set_state("approved")
        purchases = drafts.filtered(lambda p: p.kind == "purchase")
        for (company, warehouse, vendor), group in purchases.grouped(
            lambda p: (p.company_id, p.warehouse_id, p.vendor_id)
        ).items():
            group._order_from(company, warehouse, vendor)
        (drafts - purchases)._order_transfers()
        drafts._set_state("ordered")

    def _check_orderable(self):
        for proposal in self:
            if proposal.quantity <= 0:
                raise UserError(
                    self.env._(
                        "The quantity of %(product)s is 0. Enter a quantity or dismiss the "
                        "proposal.",
                        product=proposal.display_name,
                    )
                )
            if proposal.kind == "purchase" and not proposal.vendor_id:
                raise UserError(
                    self.env._(
                        "%(product)s has no vendor. Add one to its vendor price list and compute "
                        "the proposals again.",
                        product=proposal.display_name,
                    )
                )

    def _check_limit(self):
        for proposal in self:
            limit = proposal.company_id.oms_approval_limit
            if limit and proposal.currency_id.compare_amounts(proposal.value, limit) > 0:
                raise UserError(
                    self.env._(
                        "The purchase of %(product)s is worth %(value)s. Purchases above "
                        "%(limit)s must be approved by a manager.",
                        product=proposal.display_name,
                        value=format_amount(self.env, proposal.value, proposal.currency_id),
                        limit=format_amount(self.env, limit, proposal.currency_id),
                    )
                )

    # === PURCHASES === #

    def _order_from(self, company, warehouse, vendor):
        """Add proposals of one vendor and warehouse to one request for quotation."""
        Supply = self.env["oms.supply"]
        supplies = Supply._read_supplies(company, self.product_id)
        order = self._find_rfq(company, warehouse, vendor)
        if not order:
            order = order.create(self._prepare_rfq_values(company, warehouse, vendor))
        Line = self.env["purchase.order.line"].with_company(company)
        values = []
        for proposal in self:
            product = proposal.product_id.with_company(company)
            supply = supplies.get(product.id)
            unit = self.env["uom.uom"].browse(supply.uom_id) if supply else product.uom_id
            quantity = product.uom_id._compute_quantity(
                proposal.quantity, unit, rounding_method="UP"
            )
            prepared = Line._prepare_purchase_order_line(
                product, quantity, unit, company, vendor, order
            )
            values.append({**prepared, "oms_replenishment_id": proposal.id})
        Line.create(values)

    def _find_rfq(self, company, warehouse, vendor):
        """:return: the open request for quotation of earlier proposals of a vendor and warehouse"""
        return self.env["purchase.order"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "=", vendor.id),
                ("picking_type_id", "=", warehouse.in_type_id.id),
                ("state", "=", "draft"),
                ("order_line.oms_replenishment_id", "!=", False),
            ],
            order="id",
            limit=1,
        )

    @api.model
    def _prepare_rfq_values(self, company, warehouse, vendor):
        """:return: the values of a request for quotation"""
        partner = vendor.with_company(company)
        currency = partner.property_purchase_currency_id or company.currency_id
        position = self.env["account.fiscal.position"].with_company(company)
        return {
            "partner_id": vendor.id,
            "company_id": company.id,
            "picking_type_id": warehouse.in_type_id.id,
            "currency_id": currency.id,
            "user_id": vendor.buyer_id.id or self.env.uid,
            "fiscal_position_id": position._get_fiscal_position(partner).id,
            "payment_term_id": partner.property_supplier_payment_term_id.id,
            "date_order": fields.Datetime.now(),
            "origin": self.env._("Replenishment"),
        }

    # === TRANSFERS === #

    def _order_transfers(self):
        """Transfer items on the routes by which warehouses supply each other.

        :raise UserError: if a warehouse is no longer supplied by the other one
        """
        Rule = self.env["stock.rule"]
        procurements = []
        for proposal in self:
            warehouse = proposal.warehouse_id
            route = warehouse.resupply_route_ids.filtered(
                lambda r, p=proposal: r.supplier_wh_id == p.source_warehouse_id
            )
            if not route:
                raise UserError(
                    self.env._(
                        "%(warehouse)s is not resupplied from %(source)s. Change it in the "
                        "settings of the warehouse.",
                        warehouse=warehouse.display_name,
                        source=proposal.source_warehouse_id.display_name,
                    )
                )
            procurements.append(
                Rule.Procurement(
                    proposal.product_id,
                    proposal.quantity,
                    proposal.uom_id,
                    warehouse.lot_stock_id,
                    proposal.display_name,
                    self.env._("Replenishment"),
                    proposal.company_id,
                    {
                        "route_ids": route,
                        "warehouse_id": warehouse,
                        "date_planned": fields.Datetime.to_datetime(proposal.need_date),
                        "oms_replenishment_id": proposal.id,
                    },
                )
            )
        if procurements:
            Rule.run(procurements)
