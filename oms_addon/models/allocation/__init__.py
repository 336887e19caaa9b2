"""Allocation of orders to warehouses by sourcing, rules and backorders; not the stock rows
themselves.
"""

from . import sale_order_line
from . import oms_resourcing
from . import oms_resourcing_manual
from . import oms_resourcing_orders
from . import oms_sourcing
from . import oms_sourcing_added
from . import oms_allocator
from . import oms_backorder
from . import oms_backorder_picture
from . import stock_move_queue
from . import oms_allocation_group
from . import oms_allocation_zone
from . import oms_allocation_cost
from . import oms_allocation_safety
from . import oms_postcode
from . import oms_allocation_run
from . import oms_allocation_routing
from . import oms_allocation_rule
from . import oms_allocation_day
from . import oms_allocation_slot
from . import oms_allocation_matrix
from . import oms_allocation_matrix_stock
from . import oms_allocation_explanation
from . import oms_allocation_expiry
from . import oms_allocation_wait
from . import stock_warehouse
from . import res_partner
from . import sale_order
from . import sale_order_sourcing
from . import sale_order_at_once
from . import sale_order_added_lines
from . import stock_move
