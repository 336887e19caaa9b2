"""Actions of users on many orders."""

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.sealed_context import sealed

MAX_STEPS = 5


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_hold(self, reason):
        """Put orders on hold until a user releases them.

        :param str reason: the reason, as text
        :return: the orders put on hold, without done and cancelled ones
        """
        problem = HoldReason(code="MANUAL", message=reason)
        open_orders = self.filtered(lambda o: o.state != "cancel" and o.oms_status != "done")
        self.env["oms.hold"]._open_many([(order, problem) for order in open_orders])
        open_orders._oms_run()
        return open_orders

    def action_oms_release(self):
        """Release the open exceptions of orders that the user may release.

        :return: a notification action if some were refused, or ``True``
        :raise UserError: if none of the orders is on hold
        """
        self.check_access("write")
        holds = self.oms_hold_ids.filtered(lambda h: h.state == "open" and h.is_blocking)
        if not holds:
            raise UserError(
                self.env._(
                    "None of the selected orders is on hold. Select orders that are on hold to "
                    "release them."
                )
            )
        return holds.action_release()

    def action_oms_print_slips(self):
        """Print the delivery slips of orders.

        :raise UserError: if none of them has a delivery
        """
        pickings = self._oms_papers(lambda p: p.picking_type_code == "outgoing")
        return self.env.ref("stock.action_report_delivery").report_action(pickings)

    def action_oms_print_picks(self):
        """Print the pick lists of orders.

        :raise UserError: if there is nothing to pick
        """
        pickings = self._oms_papers(
            lambda p: p.state == "assigned" and p.picking_type_code != "incoming"
        )
        return self.env.ref("stock.action_report_picking").report_action(pickings)

    def _oms_papers(self, condition):
        """:param condition: filter for the deliveries to print
        :return: the deliveries of orders, sorted by the orders' allocation priority
        :raise UserError: if there are none
        """
        self.check_access("read")
        found = self.env["stock.picking"].union(
            *(
                order._oms_pickings().filtered(lambda p: p.state != "cancel").filtered(condition)
                for order in self._oms_serving_order()
            )
        )
        if not found:
            raise UserError(self.env._("None of the selected orders has such a delivery to print."))
        return found

    def action_oms_ship(self):
        """Validate the fully reserved deliveries of orders.

        :return: a notification with what was shipped, and what was not and why
        """
        pickings = self._oms_pickings()
        pickings.check_access("write")
        shipper = self.env["oms.shipper"].with_context(**sealed(actor=self.env.user.name))
        errors, shipped = {}, self.env["stock.picking"]
        for _step in range(MAX_STEPS):
            ready = self._oms_pickings().filtered(
                lambda p: (
                    p.state == "assigned"
                    and p.picking_type_code != "incoming"
                    and p not in errors
                    and all(m.state in ("assigned", "done", "cancel") for m in p.move_ids)
                )
            )
            if not ready:
                break
            errors.update(shipper._validate(ready))
            shipped |= ready.filtered(lambda p: p.state == "done")
        # Continuing orders needs system rights; warehouse users may have none on sales.
        self.sudo()._oms_run()
        return self._oms_send_shipped(shipped, errors)

    def _oms_send_shipped(self, shipped, errors):
        """:return: a notification with what was shipped, and what was not and why"""
        left = self.filtered(lambda o: o._oms_pickings()._oms_todo())
        done = self.filtered(lambda o: o._oms_pickings() & shipped) - left
        texts = [self.env._("Orders shipped: %(count)s.", count=len(done))]
        texts += errors.values()
        waiting = left.filtered(lambda o: not any(p in errors for p in o._oms_pickings()))
        if waiting:
            texts.append(
                self.env._(
                    "Not fully reserved, or nothing to ship: %(orders)s.",
                    orders=", ".join(waiting.mapped("name")),
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "sticky": bool(left),
                "message": "\n".join(texts),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
