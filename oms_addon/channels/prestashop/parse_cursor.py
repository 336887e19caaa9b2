"""The cursor of a PrestaShop channel."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo.addons.oms_addon.documents.values import get_zone

from .parse_values import NO_DATE, text

_SEEN_AT_MOST = 500


# === CURSOR === #


@dataclass
class Cursor:
    """The progress of fetching a shop's orders, in the shop's local time.

    ``offset`` counts orders within a second that fills more than a page, ``ended`` is whether the
    last page was not full, ``slip`` is the newest credit slip fetched and ``message`` the newest
    customer message, ``seen`` has the digests of orders within the overlap. ``refunded`` is the
    number of refunded units by order row, of orders from ``floor`` on, which was determined on
    ``floor_day``.
    """

    at: str = ""
    offset: int = 0
    ended: bool = True
    slip: int | None = None
    message: int | None = None
    seen: dict = field(default_factory=dict)
    refunded: dict = field(default_factory=dict)
    floor: int = 0
    floor_day: str = ""

    @classmethod
    def loads(cls, value):
        """Return the cursor of a text; a new one when it is empty."""
        return cls(**json.loads(value)) if value else cls()

    def dumps(self):
        """Return the cursor as text."""
        return json.dumps(vars(self), sort_keys=True, separators=(",", ":"))

    def start(self, zone, overlap):
        """Return the start time of the next page.

        The hour by which the clock is set back is fetched again completely: its times are
        ambiguous.

        :param str zone: the shop's time zone
        :param int overlap: seconds by which a new poll starts earlier
        """
        if not self.at or not self.ended:
            return self.at or NO_DATE
        self.offset = 0
        at = datetime.fromisoformat(self.at)
        local = at.replace(tzinfo=get_zone(zone))
        repeated = local.utcoffset() - local.replace(fold=1).utcoffset()
        back = timedelta(seconds=overlap) + max(repeated, timedelta(0))
        return f"{at - back:%Y-%m-%d %H:%M:%S}"

    def advance(self, orders, start, is_full, overlap):
        """Move to the end of a page.

        :param list orders: the orders of the page
        :param bool is_full: whether there may be more
        :return: the orders that changed since they were seen
        """
        fresh = []
        for order in orders:
            body = json.dumps(order, sort_keys=True, default=str).encode()
            digest = hashlib.sha256(body).hexdigest()[:12]
            ref = text(order, "id")
            if self.seen.get(ref, ["", ""])[1] != digest:
                fresh.append(order)
            self.seen[ref] = [text(order, "date_upd"), digest]
        last = text(orders[-1], "date_upd") if orders else self.at
        if is_full:
            # Within one second, pages can only be counted.
            self.offset = self.offset + len(orders) if last == start else 0
        self.ended = not is_full
        self.at = last if is_full else max(self.at, last)
        self._forget(overlap)
        return fresh

    def _forget(self, overlap):
        """Remove orders that are before the overlap."""
        if not self.at:
            return
        edge = datetime.fromisoformat(self.at) - timedelta(seconds=2 * overlap, hours=1)
        kept = {r: s for r, s in self.seen.items() if s[0] >= f"{edge:%Y-%m-%d %H:%M:%S}"}
        newest = sorted(kept, key=lambda ref: kept[ref][0])[-_SEEN_AT_MOST:]
        self.seen = {ref: kept[ref] for ref in newest}
