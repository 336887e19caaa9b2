"""Rate limit tokens used by one attempt to send a message."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Attempt:
    """The tokens of one attempt, which starts over with its first call when a call has to wait.

    The first call therefore takes the tokens of all calls, as far as an earlier attempt has
    shown their number: no call is made whose response would be lost.

    All are tokens by bucket: ``spent`` by calls made, ``taken`` for these and later calls,
    ``expected`` for all calls.
    """

    expected: dict = field(default_factory=dict)
    spent: dict = field(default_factory=dict)
    taken: dict = field(default_factory=dict)

    def missing(self, bucket, cost):
        """Return how many tokens have to be taken before a call of a given cost."""
        needed = max(self.spent.get(bucket, 0.0) + cost, self.expected.get(bucket, 0.0))
        return max(needed - self.taken.get(bucket, 0.0), 0.0)

    def pay(self, bucket, cost, taken):
        """Record a call and the tokens taken for it."""
        self.spent[bucket] = self.spent.get(bucket, 0.0) + cost
        self.taken[bucket] = self.taken.get(bucket, 0.0) + taken

    def expect(self, bucket, cost):
        """Record that a call has to wait: the next attempt needs at least its tokens."""
        self.expected[bucket] = self.spent.get(bucket, 0.0) + cost

    def close(self):
        """Record that all calls were made: the next attempt needs as many tokens."""
        self.expected.update(self.spent)
