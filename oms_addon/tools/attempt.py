"""What one attempt to send a message uses up of a channel's rate limits."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Attempt:
    """The calls of one attempt, which begins again with the first of them when one has to wait.

    So the first call takes what all of them cost, as far as an attempt before this one has
    shown it: no call is made whose answer would be of no use.

    All are tokens by bucket: ``spent`` by calls that were made, ``taken`` for them and those
    to come, ``expected`` for all.
    """

    expected: dict = field(default_factory=dict)
    spent: dict = field(default_factory=dict)
    taken: dict = field(default_factory=dict)

    def missing(self, bucket, cost):
        """Return how many tokens have to be taken before a call of so many is made."""
        needed = max(self.spent.get(bucket, 0.0) + cost, self.expected.get(bucket, 0.0))
        return max(needed - self.taken.get(bucket, 0.0), 0.0)

    def pay(self, bucket, cost, taken):
        """Note that a call is made, and what was taken for it."""
        self.spent[bucket] = self.spent.get(bucket, 0.0) + cost
        self.taken[bucket] = self.taken.get(bucket, 0.0) + taken

    def expect(self, bucket, cost):
        """Note that a call has to wait: the next attempt needs at least so many."""
        self.expected[bucket] = self.spent.get(bucket, 0.0) + cost

    def close(self):
        """Note that all calls were made: attempts like this one need as many."""
        self.expected.update(self.spent)
