"""Claiming of rows of Odoo's tables by a write past the ORM that changes nothing."""

from odoo.tools import SQL


def claim(records):
    """Claim records until the end of the transaction.

    Rows are claimed in the order of their ids. Of two concurrent transactions the later one gets a
    serialization error and is retried with the result of the first. A lock alone would not suffice:
    the later one would continue with the values it had read before.

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
