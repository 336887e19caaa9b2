"""Shipments and tracking numbers sent to channels."""

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.codec import loads


class OmsShipper(models.AbstractModel):
    _inherit = "oms.shipper"

    @api.model
    def _send_shipments(self, orders):
        """Send new shipments with parcels to the channels, once.

        For a combined shipment, each order's channel is sent its own items.
        """
        untold = self._shipped(orders).filtered(lambda p: p.oms_parcel_ids and not p.oms_told_at)
        told = [
            (picking, order)
            for picking in untold
            for order in picking._oms_orders()
            if self._is_sent(picking, order)
        ]
        if not told:
            return
        self.env["oms.channel.message"]._send_later(
            [
                (
                    order.oms_channel_id,
                    "shipment",
                    self._get_shipment_key(picking, order),
                    order,
                    self._prepare_shipment(picking, order),
                )
                for picking, order in told
            ]
        )
        untold.browse({picking.id for picking, _order in told}).write(
            {"oms_told_at": fields.Datetime.now()}
        )

    @api.model
    def _numbers(self, picking):
        """:return: the tracking numbers of a delivery, as sent to its channel"""
        return sorted(number for number in picking.oms_parcel_ids.mapped("name") if number)

    @api.model
    def _send_tracking(self, pickings):
        """Send tracking numbers that were added or corrected after the shipment was sent.

        :param pickings: deliveries whose parcels changed
        """
        rows = []
        for picking in pickings.filtered(lambda p: p.state == "done" and p.oms_told_at):
            numbers = self._numbers(picking)
            for order in picking._oms_orders() if numbers else ():
                if not self._is_sent(picking, order):
                    continue
                first = self._get_shipment_key(picking, order)
                told = self._sent_numbers(order, first)
                if not told or told[-1] == numbers:
                    continue
                if not order.oms_channel_id._adapter()._can_push_tracking:
                    self._log_number_rejected(order, numbers)
                    continue
                content = {
                    **self._prepare_shipment(picking, order),
                    "shipment_key": first,
                    "replaces": [number for number in told[-1] if number not in numbers],
                }
                key = f"{first}:tracking:{len(told)}"
                rows.append((order.oms_channel_id, "tracking", key, order, content))
        if rows:
            self.env["oms.channel.message"]._send_later(rows)

    @api.model
    def _sent_numbers(self, order, key):
        """:param str key: key of the shipment message
        :return: the tracking numbers of each sent message, oldest first; empty if the messages
            are no longer kept
        :rtype: list[list[str]]
        """
        messages = self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", order.oms_channel_id.id),
                ("order_ref", "=", order.oms_order_ref),
                ("direction", "=", "out"),
                ("topic", "in", ("shipment", "tracking")),
            ],
            order="id",
        )
        return [
            sorted(p["number"] for p in loads(m._raw_payload())["parcels"] if p["number"])
            for m in messages
            if m.event_ref == key or m.event_ref.startswith(f"{key}:tracking:")
        ]

    @api.model
    def _log_number_rejected(self, order, numbers):
        """Log that a channel does not accept tracking numbers after the shipment was sent."""
        self.env["oms.event"]._log(
            order,
            "shipment.number_untold",
            self.env._(
                "Tracking number %(numbers)s was added after the shipment was sent to the "
                "channel, which does not accept it a second time. Enter it on the channel.",
                numbers=", ".join(numbers),
            ),
        )

    @api.model
    def _is_sent(self, picking, order):
        """:return: whether a delivery is sent to the channel of an order"""
        return (
            order.oms_channel_id
            and not order.oms_by_channel
            and order.oms_channel_id._adapter()._can_push_shipment
            and (
                not picking.oms_shared_order_ids
                or "done" in order._oms_moves(picking).mapped("state")
            )
        )

    @api.model
    def _get_shipment_key(self, picking, order):
        """:return: the unique key of the shipment message of one order in a delivery"""
        key = f"shipment:{picking.id}"
        return f"{key}:{order.id}" if picking.oms_shared_order_ids else key

    @api.model
    def _prepare_shipment(self, picking, order):
        """:return: the content of the shipment message of one order in a delivery"""
        return {
            "order_ref": order.oms_order_ref,
            "location_ref": order.oms_channel_id._location_ref(
                picking.picking_type_id.warehouse_id
            ),
            "shipment_ref": picking.name,
            "shipped_at": fields.Datetime.to_string(picking.date_done),
            "parcels": [
                {
                    "carrier": parcel.carrier_id.sudo().name or "",
                    "carrier_code": order.oms_channel_id._carrier_code(parcel.carrier_id),
                    "number": parcel.name or "",
                    "url": parcel.tracking_url or "",
                }
                for parcel in picking.oms_parcel_ids
            ],
            "lines": [
                {
                    "line_ref": line.oms_line_ref or "",
                    "sku": line.oms_sku or line.product_id.default_code or "",
                    "quantity": pieces,
                    "units": pieces * (line.oms_piece_units or 1.0),
                }
                for line, pieces in self._shipped_pieces(picking, order).items()
            ],
        }

    @api.model
    def _shipped_pieces(self, picking, order):
        """Compute the listing units that a delivery completes: a bundle or multipack is reported
        when its last unit is shipped.

        :return: listing units by order line
        :rtype: dict
        """
        done = self._shipped(order).sorted(lambda p: (p.date_done, p.id))
        earlier = done.filtered(lambda p: (p.date_done, p.id) < (picking.date_done, picking.id))
        lines = order.order_line.filtered(lambda l: l.product_id.type == "consu")
        before, after = (
            lines._oms_complete_pieces(self._units_shipped(pickings))
            for pickings in (earlier, earlier + picking)
        )
        return {line: n - before[line] for line, n in after.items() if n > before[line]}

    @api.model
    def _units_shipped(self, pickings):
        """:return: the shipped units of deliveries by order line, in its unit; for kits, the
            complete ones
        :rtype: dict
        """
        moves = pickings.move_ids.filtered(lambda m: m.state == "done" and m.sale_line_id)
        kits = self.env["oms.kits"]
        kit_lines = kits._lines(moves)
        units = {}
        for line, of_line in moves.grouped("sale_line_id").items():
            if line in kit_lines:
                units[line] = kits._brought(line, of_line)
                continue
            units[line] = sum(
                move.product_uom._compute_quantity(
                    move.quantity, line.product_uom_id, rounding_method="HALF-UP"
                )
                for move in of_line
            )
        return units
