"""Automatic batches for deliveries, created in bulk."""

from odoo import models
from odoo.fields import Command, Domain

from odoo.addons.oms_addon.tools.runs import running


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _oms_find_auto_batches(self):
        """Assign ready deliveries to batches, as ``_find_auto_batch`` does one by one.

        If deliveries are grouped by customer, Odoo's default, most customers have only one: their
        batches are created in bulk without searching for others.
        """
        for picking_type, of_type in self.grouped("picking_type_id").items():
            if not picking_type.auto_batch or not picking_type._is_auto_batch_grouped():
                continue
            ready = of_type.filtered(
                lambda p: not p.batch_id and p.move_ids and p._is_auto_batchable()
            )
            alone = ready._oms_batched_alone(picking_type)
            for company, of_company in alone.grouped("company_id").items():
                of_company._oms_create_own_batches(picking_type, company)
            for picking in ready - alone:
                picking._find_auto_batch()

    def _oms_batched_alone(self, picking_type):
        """:return: the deliveries whose customer has no other one that could share a batch"""
        keys = [key for key in picking_type._get_batch_group_by_keys() if picking_type[key]]
        if keys != ["batch_group_by_partner"]:
            return self.browse()
        partners = [picking.partner_id for picking in self]
        states = ["draft", "in_progress"] if picking_type.batch_auto_confirm else ["draft"]
        unbatched = Domain("state", "=", "assigned") & Domain("batch_id", "=", False)
        open_batch = Domain("batch_id.state", "in", states) & Domain("batch_id.is_wave", "=", False)
        others = self.sudo().search(
            Domain("partner_id", "in", self.partner_id.ids)
            & Domain("picking_type_id", "=", picking_type.id)
            & Domain("id", "not in", self.ids)
            & (unbatched | open_batch)
        )
        return self.filtered(
            lambda p: (
                p.partner_id
                and partners.count(p.partner_id) == 1
                and p.partner_id not in others.partner_id
            )
        )

    def _oms_create_own_batches(self, picking_type, company):
        """Create a batch for each of these deliveries."""
        # The batch writes its deliveries one by one and compares their tracked values.
        self.fetch(["picking_properties"])
        with running(self.env, "allowed", self):
            batches = (
                self.env["stock.picking.batch"]
                .sudo()
                .create(
                    [
                        {
                            "company_id": company.id,
                            "picking_type_id": picking_type.id,
                            "description": picking._get_auto_batch_description(),
                            "user_id": picking.user_id.id,
                            "picking_ids": [Command.link(picking.id)],
                        }
                        for picking in self
                    ]
                )
            )
        batches.invalidate_recordset(["allowed_picking_ids"], flush=False)
        if picking_type.batch_auto_confirm:
            batches.state = "in_progress"
