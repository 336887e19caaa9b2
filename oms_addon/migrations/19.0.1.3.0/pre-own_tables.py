"""Tables that were created outside the ORM become those of models, with their rows."""

from odoo.tools.sql import column_exists, table_exists


def migrate(cr, version):
    """Convert the tables to the columns of their models, unless they are already."""
    for table in ("oms_stock_change", "oms_cart_turn"):
        if table_exists(cr, table):
            cr.execute(
                f"""DELETE FROM {table} WHERE NOT EXISTS (
                        SELECT FROM product_product product WHERE product.id = product_id)"""
            )
    if table_exists(cr, "oms_stock_change"):
        # New ids: the former ones were bigint.
        cr.execute(
            """ALTER TABLE oms_stock_change DROP COLUMN id;
               ALTER TABLE oms_stock_change ADD COLUMN id SERIAL PRIMARY KEY"""
        )
    if table_exists(cr, "oms_cart_turn") and not column_exists(cr, "oms_cart_turn", "id"):
        cr.execute(
            """ALTER TABLE oms_cart_turn DROP CONSTRAINT oms_cart_turn_pkey;
               ALTER TABLE oms_cart_turn ADD COLUMN id SERIAL;
               UPDATE oms_cart_turn SET id = product_id, turn = LEAST(turn, 2147483646);
               ALTER TABLE oms_cart_turn ALTER COLUMN turn TYPE integer;
               ALTER TABLE oms_cart_turn ADD PRIMARY KEY (id)"""
        )
    if table_exists(cr, "oms_lot_expiry_cursor"):
        cr.execute(
            """ALTER TABLE oms_lot_expiry_cursor
                   DROP CONSTRAINT IF EXISTS oms_lot_expiry_cursor_id_check;
               CREATE SEQUENCE IF NOT EXISTS oms_lot_expiry_cursor_id_seq START 2
                   OWNED BY oms_lot_expiry_cursor.id;
               ALTER TABLE oms_lot_expiry_cursor
                   ALTER COLUMN id SET DEFAULT nextval('oms_lot_expiry_cursor_id_seq')"""
        )
