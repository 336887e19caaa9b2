"""What staff does with many orders at once."""

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.sealed_context import sealed

MAX_STEPS = 5


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _oms_hold(self, reason):
        """Put orders on hold until a person releases them.

        :param str reason: why, in words
        :return: the orders that are held; those that are done or cancelled are not
        """
        problem = HoldReason(code="MANUAL", message=reason)
        open_orders = self.filtered(lambda o: o.state != "cancel" and o.oms_status != "done")
        self.env["oms.hold"]._open_many([(order, problem) for order in open_orders])
        open_orders._oms_run()
        return open_orders

    def action_oms_release(self):
        """Release the open exceptions of orders that the user may release.

        :return: an action that tells what was refused, or ``True``
        :raise UserError: when none of the orders is on hold
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

        :raise UserError: when none of them has a delivery
        """
        pickings = self._oms_papers(lambda p: p.picking_type_code == "outgoing")
        return self.env.ref("stock.action_report_delivery").report_action(pickings)

    def action_oms_print_picks(self):
        """Print what is to be picked for orders.

        :raise UserError: when there is nothing to pick
        """
        pickings = self._oms_papers(
            lambda p: p.state == "assigned" and p.picking_type_code != "incoming"
        )
        return self.env.ref("stock.action_report_picking").report_action(pickings)

    def _oms_papers(self, condition):
        """:param condition: which deliveries are printed
        :return: the deliveries of orders, in the order in which orders are served
        :raise UserError: when there are none
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
        """Validate what is wholly reserved of orders; what cannot leave is told, with why.

        :return: a notification
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
        # The path of an order is the system's; who may ship need not be allowed to sell.
        self.sudo()._oms_run()
        return self._oms_send_shipped(shipped, errors)

    def _oms_send_shipped(self, shipped, errors):
        """:return: a notification of what was shipped, and what was not and why"""
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
