"""What a person decides about an exception."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.oms_addon.tools.sealed_context import sealed


class OmsHold(models.Model):
    _inherit = "oms.hold"

    def _release_by_hand(self, resolution):
        """Release what the user may release; the rest is refused, recorded and told.

        :param str resolution: why, for the record
        :return: an action that tells the refusals, or True
        """
        reserved = self._reserved()
        (self - reserved)._release(resolution)
        return reserved._refuse() if reserved else True

    def _reserved(self):
        """:return: the open ones among them that the user may not decide about"""
        return self.filtered(lambda h: h.state == "open" and not h._may_release())

    def _refuse(self):
        """Record that somebody wanted to decide about these who may not.

        :return: an action that tells who may
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
        """:return: whether the user is in the group the reason is reserved to"""
        group = self.sudo().reason_id.group_id
        return not group or group in self.env.user.all_group_ids

    def _cancel_order(self, reason):
        """Cancel what did not leave of an order, here and on its channel.

        :param str reason: why, for the record
        """
        self.ensure_one()
        self._close(reason, state="released")
        order = self.order_id.sudo()
        # What was picked goes back to its place.
        order._oms_moves(order._oms_pickings()._oms_todo()).picked = False
        canceller = self.env["oms.order.canceller"].sudo().with_context(**sealed(stopped=True))
        canceller._cancel_whole(order, reason)
        order._oms_cancel_unwanted()
        if self.reason_code != "DELETED_ON_CHANNEL":
            order._oms_send_cancellation("customer", self.detail)

    def _apply_product(self):
        """Map the SKU of these holds to the product that a person chose, who sees it."""
        self.product_id.check_access("read")
        self.sudo()._map_sku()

    def _apply_customer(self):
        """Give these holds' orders the customer that a person chose, who sees it."""
        self.partner_id.check_access("read")
        self.sudo()._set_customer()

    def _map_sku(self):
        """Map the SKU of these holds to the chosen product; all that wait for it go on."""
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
        :return: whether one of these exceptions is about it
        """
        key = self.env["oms.channel.listing"]._key(line.sku or line.barcode)
        return line.kind == "product" and any(
            hold.listing_ref == line.listing_ref if hold.listing_ref else hold.sku_key == key
            for hold in self
        )

    def _set_customer(self):
        """Give the messages and orders of these holds the chosen customer and let them go on."""
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
        """Give the order of an exception, and what its buyer is known by, to the customer that
        a person chose, who need not be allowed to change contacts.
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
        """End holds so that what they held goes on: the order's path, the message's lane.

        :param str resolution: why, for the record
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
        """End holds without letting anything go.

        :param str resolution: why, for the record
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
