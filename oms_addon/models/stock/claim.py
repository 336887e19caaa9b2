"""Claim rows of Odoo's tables: the one write past the ORM that changes nothing."""

from odoo.tools import SQL


def claim(records):
    """Have nobody else decide about records until the end of the transaction.

    Rows are claimed in the order of their ids. Of two who do it at once the later one gets a
    serialization error, and its request or background job begins again with what the first has
    left. Locking alone would not do: the later one would go on with what it read before.

    :param records: a recordset
    """
    if records:
        table = SQL.identifier(records._table)
        records.env.cr.execute(
            SQL(
                """UPDATE %s AS mine SET id = mine.id
                   FROM (SELECT id FROM %s WHERE id = ANY(%s)
                         ORDER BY id FOR NO KEY UPDATE) AS claimed
                   WHERE claimed.id = mine.id""",
                table,
                table,
                records.ids,
            )
        )
