"""WooCommerce: push stock and prices."""

from collections import defaultdict
from dataclasses import replace

from odoo import api, models

from odoo.addons.oms_addon.channels.outcomes import ItemsOutcome
from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.tools.paths import segment

from .parse_values import stock_mode_of


class OmsChannelAdapterWoocommerce(models.AbstractModel):
    _inherit = "oms.channel.adapter.woocommerce"

    @api.model
    def _push_stock(self, channel, key, items):
        """Override of `oms.channel.adapter`: concurrent sales in the store are not overwritten,
        and untracked products stay untracked.

        The store does not compare quantities itself: they are fetched before, products in one
        call and variations in one.
        """
        there = self._stock_there(channel, items)
        stale, untracked, writes = {}, {}, {}
        for position, item in enumerate(items):
            mode, shown = there.get(item["ref"], ("", None))
            if mode in ("parent", "none"):
                untracked[position] = mode
            elif shown == item["quantity"]:
                continue
            elif item.get("seen") is not None and shown not in (None, item["seen"]):
                stale[position] = shown
            else:
                writes[position] = item

        def note_mode(position, row):
            # Without manage_stock a quantity has no effect, and the response shows that.
            if (mode := stock_mode_of(row)) in ("parent", "none"):
                untracked[position] = mode

        answer = self._push_items(
            channel, writes, lambda item: {"stock_quantity": int(item["quantity"])}, note_mode
        )
        return replace(answer, stale=stale, untracked=untracked)

    @api.model
    def _stock_there(self, channel, items):
        """:return: how the store tracks the stock, and its current quantity, by listing"""
        if all(item.get("seen") is None for item in items):
            return {}
        refs = {item["ref"]: item.get("parent_ref") or "" for item in items}
        found = {}
        for row in self._rows_by_ref(channel, refs, "id,manage_stock,stock_quantity"):
            quantity = row.get("stock_quantity")
            shown = None if quantity is None else int(quantity)
            found[str(row["id"])] = stock_mode_of(row), shown
        return found

    @api.model
    def _push_price(self, channel, key, items):
        """Override of `oms.channel.adapter`: the regular price; sale prices are the store's."""
        return self._push_items(
            channel, dict(enumerate(items)), lambda item: {"regular_price": item["price"]}
        )

    @api.model
    def _push_items(self, channel, items, prepare, note=None):
        """Update products in one call, and the variations of each product in one.

        The first call takes the rate limit tokens of all, so that no part is sent twice. When a
        later call fails, the earlier ones are kept and the rest is reported as failed.

        :param dict items: items by position
        :param prepare: function that returns the values of an item
        :param note: function called with the position and the new row of an accepted item
        :rtype: outcomes.ItemsOutcome
        """
        groups = defaultdict(list)
        for position, item in items.items():
            groups[item.get("parent_ref") or ""].append(position)
        failed, cost = {}, float(len(groups))
        for number, (parent, positions) in enumerate(groups.items()):
            path = f"/products/{segment(parent)}/variations/batch" if parent else "/products/batch"
            try:
                updates = [{"id": int(items[p]["ref"]), **prepare(items[p])} for p in positions]
                answer = self._call(channel, "POST", path, body={"update": updates}, cost=cost)
                rows = answer.json()
                failed |= self._refused(positions, rows)
                for position, row in zip(positions, rows.get("update", ()), strict=False):
                    if note and not row.get("error"):
                        note(position, row)
            except RetryableError as error:
                if not number:
                    raise
                left = [p for rest in list(groups.values())[number:] for p in rest]
                return ItemsOutcome(failed=failed | {p: str(error) for p in left})
            except (FinalError, ValueError) as error:
                if len(groups) == 1 and len(positions) > 1:
                    raise
                failed |= {p: str(error) for p in positions}
            cost = 0.0
        return ItemsOutcome(failed=failed)

    @api.model
    def _refused(self, positions, answer):
        """:return: why items of a batch were rejected, by position"""
        return {
            position: row["error"].get("message") or row["error"].get("code") or "?"
            for position, row in zip(positions, answer.get("update", ()), strict=False)
            if row.get("error")
        }
