"""How far a PrestaShop was read."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo.addons.oms_addon.documents.values import get_zone

from .parse_values import NO_DATE, text

_SEEN_AT_MOST = 500


# === HOW FAR A SHOP WAS READ === #


@dataclass
class Cursor:
    """How far the orders of a shop were read, by the shop's own times.

    ``offset`` counts within a second that fills more than a page, ``ended`` says that the
    last page was not full, ``slip`` is the newest credit slip that was read and ``message`` the
    newest message of a customer, ``seen`` knows the digests of what the overlap shows again.
    ``refunded`` is how many pieces were taken back by the row of an order, of orders from
    ``floor`` on, which is of the day ``floor_day``.
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
        """Return the cursor a text says; the first one for none."""
        return cls(**json.loads(value)) if value else cls()

    def dumps(self):
        """Return the cursor as text."""
        return json.dumps(vars(self), sort_keys=True, separators=(",", ":"))

    def start(self, zone, overlap):
        """Return where the next page starts.

        The hour the clock is set back by is read again as a whole: its times come twice.

        :param str zone: the shop's
        :param int overlap: seconds a new sweep reaches back
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
        """Move behind a page.

        :param list orders: its orders
        :param bool is_full: whether there may be more
        :return: the orders that are not as they were seen
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
            # A page within one second can only be left by counting.
            self.offset = self.offset + len(orders) if last == start else 0
        self.ended = not is_full
        self.at = last if is_full else max(self.at, last)
        self._forget(overlap)
        return fresh

    def _forget(self, overlap):
        """Drop what the overlap will not show again."""
        if not self.at:
            return
        edge = datetime.fromisoformat(self.at) - timedelta(seconds=2 * overlap, hours=1)
        kept = {r: s for r, s in self.seen.items() if s[0] >= f"{edge:%Y-%m-%d %H:%M:%S}"}
        newest = sorted(kept, key=lambda ref: kept[ref][0])[-_SEEN_AT_MOST:]
        self.seen = {ref: kept[ref] for ref in newest}
