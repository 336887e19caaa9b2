"""Preview of an import without saving anything."""

import contextlib

from odoo import api, models

from odoo.addons.oms_addon.documents.order import OrderDocument
from odoo.addons.oms_addon.tools import sentences


class _RolledBack(Exception):
    """Raised to roll back the savepoint of a preview."""


class OmsOrderPreview(models.AbstractModel):
    _name = "oms.order.preview"
    _description = "Order Preview"

    @api.model
    def _preview(self, channel, documents):
        """Check documents as the import does.

        :param channel: the channel to import from
        :param list documents: ``OrderDocument`` and others
        :return: per document the result (``new``, ``held``, ``warning``, ``update`` or
            ``known``) and its description
        :rtype: list[tuple]
        """
        orders = [document for document in documents if isinstance(document, OrderDocument)]
        known = self.env["oms.order.builder"]._find_referenced(channel, orders) if orders else None
        existing = {
            order.oms_order_ref: order
            for order in self.env["sale.order"].search(
                [
                    ("oms_channel_id", "=", channel.id),
                    ("oms_order_ref", "in", [document.ref for document in orders]),
                ]
            )
        }
        return [
            self._preview_order(channel, document, known, existing.get(document.ref))
            if isinstance(document, OrderDocument)
            else self._preview_other(document)
            for document in documents
        ]

    @api.model
    def _preview_order(self, channel, document, known, order):
        """:param order: the existing ``sale.order``, if any
        :return: the result for the document of an order, and its description
        """
        builder, updater = self.env["oms.order.builder"], self.env["oms.order.updater"]
        if order and not document.is_newer_than(
            order.oms_version or None, updater._aware(order.oms_updated_at)
        ):
            return "known", self.env._(
                "Order %(order)s is up to date. Nothing will be changed.", order=order.name
            )
        problems = [problem.message for problem in builder._problems(channel, document, known)]
        if problems:
            return "warning", self._waits(problems)
        held = [
            *(p.message for p in document.problems() if p.code == "TOTAL_MISMATCH"),
            *(p.message for p in self.env["oms.order.importer"]._held_problems(channel, document)),
        ]
        if held:
            return self._held(held)
        if order:
            return "update", self.env._("Order %(order)s will be updated.", order=order.name)
        return "new", self.env._("Will be imported.")

    @api.model
    def _held(self, reasons):
        """:return: the result ``held`` and its description"""
        return "held", self.env._(
            "Will be imported on hold. %(reasons)s", reasons=sentences.join(reasons)
        )

    # === TRIAL IMPORT === #

    @api.model
    def _try(self, channel, events):
        """Import events and screen their orders, then roll back.

        This finds problems that need the order itself: differences in taxes and totals,
        duplicates, exception rules.

        :param list events: tuples as of ``oms.channel`` ``_receive_many``
        :return: the reasons for holding each order, by the event's reference
        :rtype: dict[str, list[str]]
        """
        found = {}
        with contextlib.suppress(_RolledBack), self.env.cr.savepoint():
            messages = channel._receive_many(events)
            messages.with_company(channel.company_id)._process_batch(channel)
            orders = messages.order_id
            screened = self.env["oms.hold.rule"]._screen(
                orders.filtered(lambda o: not o.oms_is_recorded)
            )
            self.env["oms.hold"]._open_many(screened)
            for message in messages:
                holds = (message.hold_ids | message.order_id.oms_hold_ids).filtered(
                    lambda h: h.state == "open" and h.is_blocking
                )
                error = [message.error] if message.state == "failed" and message.error else []
                found[message.event_ref] = error + holds.mapped("detail")
            raise _RolledBack
        return found

    @api.model
    def _preview_other(self, document):
        """:return: the result for another document, and its description"""
        problems = [problem.message for problem in document.problems()]
        if problems:
            return "warning", self._waits(problems)
        return "new", self.env._("Will be imported.")

    @api.model
    def _waits(self, reasons):
        return self.env._(
            "Will be added to the exceptions. %(reasons)s", reasons=sentences.join(reasons)
        )
