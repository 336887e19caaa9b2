"""Computation, review and notification of promised delivery dates, not the dates of transfers."""

from . import stock_warehouse_promise
from . import resource_calendar
from . import delivery_carrier
from . import oms_transit
from . import sale_order_promise
from . import sale_order_line
from . import oms_incoming
from . import oms_promise
from . import oms_promise_review
from . import oms_promise_notifier
from . import purchase_order_line
from . import stock_move_promise
