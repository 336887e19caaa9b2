"""Rebuilding of draft orders from a newer document."""

from collections import defaultdict
from dataclasses import replace

from odoo import api, models
from odoo.fields import Command

#: fields of an order that are written again from a newer document
REBUILT_FIELDS = (
    "partner_invoice_id",
    "partner_shipping_id",
    "pricelist_id",
    "fiscal_position_id",
    "oms_tax_number",
    "oms_address_digest",
)
#: exceptions about the former content
CONTENT_CODES = (
    "TOTAL_MISMATCH",
    "TAX_MISMATCH",
    "BAD_ADDRESS",
    "UNKNOWN_COUNTRY",
    "CUSTOMER_DATA",
)


class OmsOrderUpdater(models.AbstractModel):
    _inherit = "oms.order.updater"

    @api.model
    def _rebuild(self, order, document):
        """Update lines and addresses of an unconfirmed order.

        :return: whether it was updated; else the order is on hold
        :rtype: bool
        """
        channel = order.oms_channel_id
        builder = self.env["oms.order.builder"]
        known = replace(
            builder._find_referenced(channel, [document]), lines=builder._known_parts(order)
        )
        problems = builder._problems(channel, document, known, order.partner_id)
        if problems:
            self.env["oms.hold"]._open(order, problems)
            return False
        [partners] = self.env["oms.customer.matcher"]._match(
            channel, [document], [order.partner_id]
        )
        vals = builder._prepare_order(channel, document, partners, known)
        commands = self._prepare_line_commands(
            order, document, [values for _code, _id, values in vals["order_line"]]
        )
        if commands is None:
            self._hold_for_change(order, document)
            return False
        order.write({name: vals[name] for name in REBUILT_FIELDS})
        order.order_line = commands
        order.oms_hold_ids.filtered(lambda h: h.reason_code in CONTENT_CODES)._close(
            self.env._("The channel sent the order again.")
        )
        self.env["oms.hold"]._open(
            order, self.env["oms.order.importer"]._prove(channel, order, document)
        )
        return True

    @api.model
    def _prepare_line_commands(self, order, document, values):
        """Prepare the commands that update the lines of a draft order from a document.

        Known lines are kept with their refunded and cancelled units, as are lines added in Odoo.

        :param list values: the values of the document's lines
        :return: commands for ``order_line``; ``None`` if a user has to decide
        """
        mine = defaultdict(list)
        ours = order.order_line.filtered(lambda l: l.oms_kind and l.oms_kind != "rounding")
        for line in ours:
            mine[line.oms_line_ref, line.oms_kind, line.product_id.id].append(line)
        pairs, fresh = [], []
        for vals in values:
            lines = mine.get((vals["oms_line_ref"], vals["oms_kind"], vals["product_id"]))
            if lines:
                pairs.append((lines.pop(0), vals))
            else:
                fresh.append(Command.create(vals))
        difference = self.env["oms.order.difference"]
        reported = {line: vals["product_uom_qty"] for line, vals in pairs}
        found = difference._compare(order, document, reported)
        if found is None:
            return None
        updates = []
        for line, vals in pairs:
            left = difference._live_units(line)
            left += found.more.get(line, 0.0) - found.fewer.get(line, 0.0)
            gone = max(vals["product_uom_qty"] - left, 0.0)
            quantities = {
                "product_uom_qty": left,
                "oms_cancelled_qty": gone,
                "oms_reduced_qty": gone,
                "oms_reduced_total": 0.0,
            }
            updates.append(Command.update(line.id, {**vals, **quantities}))
        gone = order.order_line.filtered("oms_kind") - self.env["sale.order.line"].concat(
            *(line for line, _vals in pairs)
        )
        return [*(Command.delete(line.id) for line in gone), *updates, *fresh]
