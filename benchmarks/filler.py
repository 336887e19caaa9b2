"""Old orders by the thousand: whole orders copied in the database, with all they led to."""

from odoo.tools import SQL

# Tables of which one row belongs to one order, and the columns that must stay unique.
TABLES = {
    "sale_order": ("name", "oms_order_ref", "access_token"),
    "sale_order_line": (),
    "stock_reference": (),
    "stock_picking": ("name",),
    "stock_move": (),
    "stock_move_line": (),
    "account_move": ("name",),
    "account_move_line": (),
    "account_payment": (),
    "account_partial_reconcile": (),
    "account_full_reconcile": (),
    "payment_transaction": ("reference", "provider_reference", "oms_charge_ref"),
    "oms_channel_message": ("event_ref", "order_ref"),
    "oms_event": ("order_ref",),
    "oms_parcel": ("name",),
    "oms_tracking_event": (),
}


def clone(env, copies):
    """Copy every row of the tables above, with their links to each other.

    :param env: the environment; all its rows are copied
    :param int copies: how many copies of each row
    :return: how many orders there are afterwards
    """
    env.flush_all()
    cr = env.cr
    cr.execute("SET LOCAL session_replication_role = replica")
    tables = {name: unique for name, unique in TABLES.items() if _exists(cr, name)}
    links = _links(cr, tables)
    spans = {name: _span(cr, name) for name in tables}
    relations = _relations(cr, tables)
    for copy in range(1, copies + 1):
        for name, unique in tables.items():
            _copy_table(cr, name, unique, links, spans, copy)
        for name, columns in relations.items():
            _copy_relation(cr, name, columns, spans, copy)
    for name in tables:
        cr.execute(
            SQL(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM %s",
                name,
                SQL.identifier(name),
            )
        )
    cr.execute("SET LOCAL session_replication_role = origin")
    env.invalidate_all()
    for name in [*tables, *relations]:
        cr.execute(SQL("ANALYZE %s", SQL.identifier(name)))
    cr.execute("SELECT count(*) FROM sale_order")
    return cr.fetchone()[0]


def _exists(cr, table):
    cr.execute("SELECT to_regclass(%s)", [table])
    return cr.fetchone()[0] is not None


def _columns(cr, table):
    """:return: stored, not generated columns of a table with their types"""
    cr.execute(
        """SELECT column_name, data_type FROM information_schema.columns
           WHERE table_name = %s AND table_schema = 'public' AND is_generated = 'NEVER'
           ORDER BY ordinal_position""",
        [table],
    )
    return dict(cr.fetchall())


def _links(cr, tables):
    """:return: the table each foreign key points to, by (table, column)"""
    cr.execute(
        """SELECT source.relname, a.attname, target.relname
           FROM pg_constraint c
           JOIN pg_class source ON source.oid = c.conrelid
           JOIN pg_class target ON target.oid = c.confrelid
           JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
           WHERE c.contype = 'f' AND array_length(c.conkey, 1) = 1"""
    )
    return {(t, column): target for t, column, target in cr.fetchall() if target in tables}


def _span(cr, table):
    """:return: lowest and highest id of the rows that are copied"""
    cr.execute(
        SQL("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM %s", SQL.identifier(table))
    )
    return cr.fetchone()


def _relations(cr, tables):
    """:return: the many2many tables between copied tables, with the target of each column"""
    cr.execute(
        """SELECT source.relname, a.attname, target.relname
           FROM pg_constraint c
           JOIN pg_class source ON source.oid = c.conrelid
           JOIN pg_class target ON target.oid = c.confrelid
           JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
           WHERE c.contype = 'f' AND NOT EXISTS (
               SELECT 1 FROM pg_attribute i
               WHERE i.attrelid = c.conrelid AND i.attname = 'id' AND NOT i.attisdropped)"""
    )
    found = {}
    for table, column, target in cr.fetchall():
        found.setdefault(table, {})[column] = target
    return {
        table: columns
        for table, columns in found.items()
        if len(columns) == 2 and any(target in tables for target in columns.values())
    }


def _shifted(column, target, spans, copy):
    """:return: a reference moved to the copy it belongs to; ids past the originals keep"""
    low, high = spans[target]
    width = high - low + 1
    return SQL(
        "CASE WHEN %s BETWEEN %s AND %s THEN %s + %s ELSE %s END",
        SQL.identifier(column),
        low,
        high,
        SQL.identifier(column),
        width * copy,
        SQL.identifier(column),
    )


def _copy_table(cr, table, unique, links, spans, copy):
    columns = _columns(cr, table)
    low, high = spans[table]
    selected = []
    for column in columns:
        name = SQL.identifier(column)
        if column == "id":
            selected.append(SQL("id + %s", (high - low + 1) * copy))
        elif column in unique:
            selected.append(SQL("%s || '~' || %s", name, f"{high}.{copy}"))
        elif table == "oms_event" and column == "res_id":
            selected.append(
                SQL(
                    "CASE WHEN res_model = 'sale.order' THEN %s ELSE res_id END",
                    _shifted("res_id", "sale_order", spans, copy),
                )
            )
        elif table == "oms_event" and column in ("digest", "position"):
            selected.append(SQL("NULL"))
        elif (table, column) in links:
            selected.append(_shifted(column, links[table, column], spans, copy))
        else:
            selected.append(name)
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s WHERE id BETWEEN %s AND %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(selected),
            SQL.identifier(table),
            low,
            high,
        )
    )


def _copy_relation(cr, table, columns, spans, copy):
    selected = [
        _shifted(column, target, spans, copy) if target in spans else SQL.identifier(column)
        for column, target in columns.items()
    ]
    conditions = [
        SQL("%s BETWEEN %s AND %s", SQL.identifier(column), *spans[target])
        for column, target in columns.items()
        if target in spans
    ]
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s ON CONFLICT DO NOTHING",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(selected),
            SQL.identifier(table),
            SQL(" AND ").join(conditions),
        )
    )
