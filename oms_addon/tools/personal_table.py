"""What the register of personal data is made of."""

from dataclasses import dataclass, field

#: what erasing does with a field that stays, for a reason
KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Personal:
    """What one field says of a person.

    ``kind`` and ``erase`` are of the constants of ``personal_data``; ``why`` it is kept stands
    with ``KEEP``.
    """

    kind: str
    erase: str
    why: str = ""

    def __post_init__(self):
        if (self.erase == KEEP) != bool(self.why):
            raise ValueError("What is kept needs a reason, and nothing else does.")


@dataclass(frozen=True, slots=True)
class Table:
    """What is personal in a model of ours, or in our fields of a model of Odoo.

    ``links``: the fields that lead to a person, their orders, messages and so on.
    ``plain``: names of fields that say nothing of a person.
    ``searched``: whether the rows are few, so that all of them are searched for the person.
    """

    kept: str = ""
    links: tuple = ()
    personal: dict = field(default_factory=dict)
    plain: str = ""
    searched: bool = False

    def names(self):
        """:return: the names of all fields that are declared
        :rtype: set[str]
        """
        return {*self.personal, *self.plain.split()}
