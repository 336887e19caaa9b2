"""Releasing and resolving exceptions."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.oms_addon.tools.sealed_context import sealed


class OmsHold(models.Model):
    _inherit = "oms.hold"

    def _release_manually(self, resolution):
        """Release the exceptions that the user may release; log and report the others.

        :param str resolution: the reason to log
        :return: a notification action if some were refused, else True
        """
        reserved = self._reserved()
        (self - reserved)._release(resolution)
        return reserved._refuse() if reserved else True

    def _reserved(self):
        """:return: the open exceptions that the user may not release"""
        return self.filtered(lambda h: h.state == "open" and not h._may_release())

    def _refuse(self):
        """Log that the user tried to release exceptions reserved for other groups.

        :return: a notification action with the groups that can
        """
        for hold in self.sudo():
            self.env["oms.event"]._log(
                hold.order_id or hold.message_id,
                "hold.refused",
                self.env._("The exception cannot be released: %(hold)s", hold=hold.detail),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger",
                "message": self.env._(
                    "Only %(groups)s can release “%(reasons)s”.",
                    groups=", ".join(self.sudo().reason_id.group_id.mapped("full_name")),
                    reasons=", ".join(self.reason_id.mapped("name")),
                ),
            },
        }

    def _may_release(self):
        """:return: whether the reason has no group or the user is in it"""
        group = self.sudo().reason_id.group_id
        return not group or group in self.env.user.all_group_ids

    def _cancel_order(self, reason):
        """Cancel the unshipped part of the order, in Odoo and on the channel.

        :param str reason: the reason to log
        """
        self.ensure_one()
        self._close(reason, state="released")
        order = self.order_id.sudo()
        # Picked items go back to stock.
        order._oms_moves(order._oms_pickings()._oms_todo()).picked = False
        canceller = self.env["oms.order.canceller"].sudo().with_context(**sealed(stopped=True))
        canceller._cancel_whole(order, reason)
        order._oms_cancel_unwanted()
        if self.reason_code != "DELETED_ON_CHANNEL":
            order._oms_send_cancellation("customer", self.detail)

    def _apply_product(self):
        """Link the SKU to the selected product, checking the user's access to it."""
        self.product_id.check_access("read")
        self.sudo()._map_sku()

    def _apply_customer(self):
        """Set the selected customer, checking the user's access to it."""
        self.partner_id.check_access("read")
        self.sudo()._set_customer()

    def _map_sku(self):
        """Link the SKU to the selected product and retry the messages waiting for it."""
        Listing = self.env["oms.channel.listing"]
        for hold in self.filtered(lambda h: h.state == "open" and h.sku_key):
            if not hold.channel_id:
                raise UserError(self.env._("This exception does not belong to a channel."))
            listing = Listing._of_hold(hold)
            if listing:
                listing.product_id = hold.product_id
                listing._release_waiting()
            else:
                Listing.create({**Listing._prepare_of_hold(hold), "product_id": hold.product_id.id})

    def _names_line(self, line):
        """:param line: a ``Line`` of a document
        :return: whether one of these exceptions was caused by it
        """
        key = self.env["oms.channel.listing"]._normalize_sku(line.sku or line.barcode)
        return line.kind == "product" and any(
            hold.listing_ref == line.listing_ref if hold.listing_ref else hold.sku_key == key
            for hold in self
        )

    def _set_customer(self):
        """Set the selected customer on the messages and orders, and release the exceptions."""
        for hold in self.filtered(lambda h: h.state == "open" and h.fix == "set_customer"):
            customer = hold.partner_id
            if hold.message_id:
                hold.message_id.partner_id = customer
            else:
                hold._assign_order(customer)
            hold._release(
                self.env._("Customer set to %(customer)s.", customer=customer.display_name)
            )

    def _assign_order(self, customer):
        """Merge the order's customer into the selected customer. The user needs no write access
        to contacts.

        :raise AccessError: if the user may not release the exception or read the customer
        """
        if not self._may_release():
            raise AccessError(
                self.env._(
                    "Only %(group)s can set the customer.",
                    group=self.sudo().reason_id.group_id.full_name,
                )
            )
        customer.check_access("read")
        splitter_sudo = self.env["oms.customer.splitter"].sudo()
        splitter_sudo._join_account(self.order_id.sudo(), customer.sudo())

    def _release(self, resolution):
        """Release exceptions and continue their orders and messages.

        :param str resolution: the reason to log
        """
        open_holds = self.filtered(lambda h: h.state == "open")
        reopened = open_holds.filtered(lambda h: h.reason_code == "REOPENED").order_id
        open_holds._close(resolution, state="released")
        for order in reopened.sudo():
            self.env["oms.order.reviver"].sudo()._revive(order)
        for message in open_holds.message_id.filtered(lambda m: m.state == "parked"):
            if not message.hold_ids.filtered(lambda h: h.state == "open"):
                message.sudo()._requeue(resolution)
        orders = open_holds.order_id.filtered(lambda o: not o.oms_held)
        orders.sudo()._oms_run()

    def _close(self, resolution, state="closed"):
        """End exceptions without continuing their orders or messages.

        :param str resolution: the reason to log
        :param str state: ``closed`` or ``released``
        """
        open_holds = self._advance_to(
            state,
            resolution=resolution,
            released_by_id=self.env.uid,
            released_at=fields.Datetime.now(),
        )
        if not open_holds:
            return
        self.env["oms.stop.request"].sudo()._resolve_for(open_holds)
        if state == "released":
            changed = open_holds.filtered(lambda h: h.reason_code == "ORDER_CHANGED")
            self.env["oms.order.difference"]._remember_deferred(changed.order_id.sudo())
        for hold in open_holds:
            self.env["oms.event"]._log(
                hold.order_id or hold.message_id,
                f"hold.{state}",
                f"{hold.reason_id.name}: {resolution}",
            )
