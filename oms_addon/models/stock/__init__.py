"""Stock rows, locks, reservations, kits, lots, check and repair; not which order is served."""

from . import stock_picking_type
from . import stock_warehouse
from . import stock_move
from . import stock_move_line
from . import stock_location
from . import stock_quant
from . import oms_own_writes
from . import oms_stock
from . import oms_stock_comparison
from . import oms_stock_repair
from . import oms_stock_check
from . import oms_reservation
from . import oms_reservation_write
