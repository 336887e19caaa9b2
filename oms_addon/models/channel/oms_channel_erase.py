"""Erasure of all customers of a discontinued channel, in batches."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: customers erased per transaction
BATCH = 50


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    erase_customers = fields.Boolean(
        "Erasing Customers",
        readonly=True,
        copy=False,
        help="The customers of this channel are being erased in the background.",
    )

    # === ACTION METHODS === #

    def action_erase_customers(self):
        """Erase the customers of channels in the background, except those with open orders.

        :raise UserError: for a channel that is live
        """
        self.check_access("write")
        for channel in self:
            if channel.state == "live":
                raise UserError(
                    self.env._(
                        "%(channel)s is live and would import its customers again. Pause it first.",
                        channel=channel.name,
                    )
                )
        self.sudo().erase_customers = True
        self.env["oms.event"]._log(
            self, "channel.erase_customers", self.env._("Erasing all customers started")
        )
        self.env.ref("base.autovacuum_job").sudo()._trigger()
        return True

    # === BUSINESS METHODS === #

    @api.autovacuum
    def _gc_customers(self):
        """Erase customers of channels that are marked for erasure.

        :return: the number of erased customers, and whether more remain
        :rtype: tuple[int, bool]
        """
        Order, privacy = self.env["sale.order"], self.env["oms.privacy"]
        given_up = Domain("oms_channel_id.erase_customers", "=", True)
        is_open = Domain("oms_status", "not in", ("done", "cancelled"))
        waiting = Order._search(given_up & is_open)
        orders = Order.search(
            given_up
            & Domain("oms_erased_at", "=", False)
            & Domain("partner_id", "not in", waiting.subselect("partner_id")),
            order="id",
            limit=BATCH,
        )
        count = 0
        for order in orders:
            if order.oms_erased_at:
                # Erased with an earlier order of the same customer.
                continue
            channel = order.oms_channel_id
            contact = privacy._root_contact(order.partner_id) - channel.guest_partner_id
            person = privacy._person(contact, channel.company_id, order, channel)
            if privacy._obstacle(person):
                continue
            with self.env.cr.savepoint():
                privacy._erase(person)
            count += 1
        return count, bool(count) and len(orders) == BATCH
