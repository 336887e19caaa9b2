"""The table "What each role sees" of docs/security.md, as the tests read it."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "security.md"
HEADING = "## What each role sees"
#: columns of the table, by the users of ``RegistryWorld``
COLUMNS = {
    "Warehouse": "warehouse",
    "Agent": "agent",
    "Accountant": "accountant",
    "Auditor": "auditor",
    "Planner": "planner",
    "Manager": "manager",
    "Other company": "foreign",
    "No role": "internal",
    "Customer": "portal",
}
WRITES, READS, OWN, NOTHING = "writes", "reads", "own", "—"
WORDS = {WRITES, READS, OWN, NOTHING}


@dataclass(frozen=True, eq=False)
class Row:
    """One kind of data."""

    data: str
    patterns: tuple
    cells: dict

    def match(self, model, field):
        """:return: how exactly the row names a field, in letters of its pattern; -1: not at all"""
        ranks = [-1]
        for pattern in self.patterns:
            letters = len(pattern.replace("*", ""))
            if pattern.startswith(f"{model}.") and fnmatchcase(f"{model}.{field}", pattern):
                ranks.append(1000 + letters)
            elif fnmatchcase(model, pattern):
                ranks.append(letters)
        return max(ranks)


@cache
def read_rows():
    """:return: the rows of the table
    :rtype: tuple[Row]
    :raise ValueError: for a cell that says none of the words
    """
    text = PAGE.read_text().split(HEADING, 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    head, _rule, *body = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    users = [COLUMNS[title] for title in head[2:]]
    rows = []
    for data, fields, *cells in body:
        if len(cells) != len(users) or not WORDS.issuperset(cells):
            raise ValueError(f"The row {data!r} says {cells}.")
        rows.append(
            Row(data, tuple(re.findall(r"`([^`]+)`", fields)), dict(zip(users, cells, strict=True)))
        )
    return tuple(rows)


def row_of(model, field):
    """:return: the row that names a field most exactly; ``None`` when there is none
    :raise ValueError: when two rows name it equally well
    """
    found = [(row.match(model, field), row) for row in read_rows()]
    best = max(rank for rank, _row in found)
    if best < 0:
        return None
    rows = [row for rank, row in found if rank == best]
    if len(rows) > 1:
        raise ValueError(f"{model}.{field} is in the rows {[row.data for row in rows]}.")
    return rows[0]
