"""Data types of the register of personal data."""

from dataclasses import dataclass, field

#: the field is kept on erasure, for a reason
KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Personal:
    """Personal data in one field.

    ``kind`` and ``erase`` are constants of ``personal_data``; ``why`` is the reason for ``KEEP``.
    """

    kind: str
    erase: str
    why: str = ""

    def __post_init__(self):
        if (self.erase == KEEP) != bool(self.why):
            raise ValueError("What is kept needs a reason, and nothing else does.")


@dataclass(frozen=True, slots=True)
class Table:
    """Personal data in a model of the add-on, or in its fields of an Odoo model.

    ``links``: fields that lead to a person, their orders, messages and so on.
    ``plain``: names of fields without personal data.
    ``searched``: whether all rows are searched for the person, as they are few.
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
