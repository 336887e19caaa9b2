"""Promised delivery dates: computed, reviewed and notified. Not the dates of transfers."""

from . import stock_warehouse_promise
from . import resource_calendar
from . import delivery_carrier
from . import oms_transit
from . import sale_order_promise
from . import oms_arriving
from . import oms_promise
from . import oms_promise_review
from . import oms_promise_teller
from . import purchase_order_line
from . import stock_move_promise
