"""States of PrestaShop's orders: their meaning, and whether payments are received."""

from .parse_values import money, text

#: maximum seconds between the rows written by one change of state
SAME_TIME = 3


class StateReader:
    """Parses the current and former states of an order."""

    def status(self):
        """:return: the document's status, from the state's role and flags"""
        if self.role == "cancelled":
            return "cancelled"
        if self.role == "error" or self.state in ("", "0"):
            return "pending"
        if self.role == "refunded":
            return "shipped" if self.has_shipped() else "cancelled"
        if not self.is_flagged(self.state, "shipped"):
            return "open"
        return "delivered" if self.role == "delivered" else "shipped"

    def is_flagged(self, state, flag):
        """:return: whether a state has a flag"""
        return text((self.data.get("states") or {}).get(state) or {}, flag) == "1"

    def has_shipped(self):
        """:return: whether the order was ever in a state that means shipped"""
        return any(
            self.is_flagged(text(row, "id_order_state"), "shipped") for row in self.histories
        ) or self.is_flagged(self.state, "shipped")

    def has_moved(self, payment):
        """:return: whether a payment was really received

        The shop adds a payment of the open amount when an order enters a state that counts as paid,
        as Shipped does: cash on delivery and invoices are not paid by that.
        """
        amount = money(payment, "amount")
        if not self.is_postpaid or text(payment, "transaction_id") or amount <= 0:
            return bool(amount)
        return not any(
            self.is_flagged(text(row, "id_order_state"), "paid") and self.is_same_time(payment, row)
            for row in self.histories
        )

    def is_same_time(self, first, second):
        """:return: whether two rows were written by one change"""
        times = [self.moment(row, "date_add") for row in (first, second)]
        return abs((times[0] - times[1]).total_seconds()) <= SAME_TIME
