"""``oms_channel_qty`` becomes the last reported quantity; it was the first one."""


def migrate(cr, version):
    """Set the total ordered quantity of each confirmed line as the last reported one."""
    cr.execute(
        """UPDATE sale_order_line line
           SET oms_channel_qty = (line.product_uom_qty + COALESCE(line.oms_reduced_qty, 0))
               / COALESCE(NULLIF(line.oms_piece_units, 0), 1)
           FROM sale_order o
           WHERE o.id = line.order_id AND o.oms_channel_id IS NOT NULL AND o.state = 'sale'
             AND line.oms_line_ref IS NOT NULL"""
    )
