"""Address changes of confirmed orders and their deliveries."""

from odoo import api, models

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.sealed_context import sealed


class OmsOrderAmender(models.AbstractModel):
    _inherit = "oms.order.amender"

    # === ADDRESS === #

    @api.model
    def _change_address(self, order, document):
        """Apply new billing and shipping addresses of a document. If the channel reports the same
        addresses as before, changes made in Odoo are kept.
        """
        addresses = self.env["oms.customer.address"]
        digest = addresses._digest(document)
        if digest == order.oms_address_digest:
            return
        [partners] = self.env["oms.customer.matcher"]._match(
            order.oms_channel_id, [document], [order.partner_id]
        )
        order.write(
            {
                "oms_address_digest": digest,
                "oms_tax_number": addresses._buyer(document)[1] or False,
            }
        )
        if partners[1] != order.partner_invoice_id:
            addresses._change_invoicing(order, document, partners[1])
        if partners[2] != order.partner_shipping_id:
            why = self.env._("address changed on the channel")
            self._redirect(order, partners[2], why)
        self.env["oms.hold"]._open(order, addresses._rejected_problems(order))

    @api.model
    def _redirect(self, order, shipping, why):
        """Change the shipping address of a confirmed order.

        Unpicked deliveries get the new address and are sourced again. Labeled parcels are put on
        hold until they have a new label; for shipped ones the carrier has to redirect. The
        delivery date of the rest is promised again.

        :param shipping: the new ``res.partner``
        :param str why: the reason to log
        """
        before = order.partner_shipping_id
        split = self._leave_shared(order)
        pickings = order._oms_pickings().filtered(
            lambda p: p.picking_type_code != "incoming" and p.state != "cancel"
        )
        left = self._under_way(pickings)
        todo = pickings._oms_todo()
        labelled = todo.filtered("carrier_tracking_ref")
        # redirecting: deliveries are updated below
        vals = {"partner_shipping_id": shipping.id}
        if order.oms_channel_id:
            # Keep the channel's taxes; Odoo would choose a fiscal position by the new country.
            vals["fiscal_position_id"] = order.fiscal_position_id.id
        order.with_context(**sealed(redirecting=True)).write(vals)
        todo.filtered(lambda p: p.partner_id == before).partner_id = shipping
        todo.move_ids.filtered(lambda m: m.partner_id == before).partner_id = shipping
        self.env["oms.event"]._log(
            order,
            "order.address_changed",
            self.env._("Different address: %(why)s", why=why),
            before=before._display_address(without_company=True).replace("\n", ", "),
            after=shipping._display_address(without_company=True).replace("\n", ", "),
        )
        problems = self.env["oms.hold.rule"]._screen(order) if order.oms_channel_id else []
        self.env["oms.hold"]._open_many(
            [
                *problems,
                *((order, problem) for problem in (*split, *self._problems(labelled, left))),
            ]
        )
        self.env["oms.resourcing"]._decide_again(order, why)
        self.env["oms.promise.review"]._recompute_promise(order, why)

    @api.model
    def _under_way(self, pickings):
        """:return: the shipped deliveries that are not known to have arrived"""
        return pickings.filtered(
            lambda p: (
                p.state == "done"
                and p.picking_type_code == "outgoing"
                and not p.oms_is_external
                and set(p.oms_parcel_ids.mapped("state")) != {"delivered"}
            )
        )

    @api.model
    def _leave_shared(self, order):
        """Remove an order from its combined shipments, which keep their address.

        :return: a problem if items were picked or packed together with those of other orders
        :rtype: list[HoldReason]
        """
        shared = order.oms_shared_picking_ids._oms_is_leaving()
        picked = shared.filtered(lambda p: any(order._oms_moves(p).mapped("picked")))
        names = ", ".join(picked.mapped("name"))
        self.env["oms.shared.delivery"]._split_off(order, self.env._("different address"))
        if not picked:
            return []
        return [
            HoldReason(
                code="ADDRESS_CHANGED",
                message=self.env._(
                    "Items of %(order)s were picked together with other orders in %(deliveries)s. "
                    "Remove them from that parcel, ship them separately with %(own)s, then release "
                    "the order.",
                    order=order.name,
                    deliveries=names,
                    own=", ".join(order._oms_pickings()._oms_is_leaving().mapped("name")),
                ),
            )
        ]
