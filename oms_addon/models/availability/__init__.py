"""Available to Sell, buffers, cart reservations, and the stock and prices sent to channels; not the
stock rows.
"""

from . import oms_availability_mixin
from . import oms_channel_listing_stock
from . import oms_channel_listing_import
from . import oms_channel_listing_update
from . import oms_channel_listing_notice
from . import oms_stock_change
from . import oms_channel_stock
from . import oms_channel_stock_count
from . import oms_channel_stock_guard
from . import oms_channel_stock_push
from . import oms_channel_stock_policy
from . import oms_channel_price
from . import oms_channel_product
from . import oms_channel_buffer
from . import oms_channel_reserve
from . import oms_cart_turn
from . import oms_cart_reservation
from . import oms_availability
from . import oms_availability_state
from . import oms_availability_breakdown
from . import oms_availability_page
from . import oms_channel
from . import oms_channel_listing
from . import oms_channel_stock_explanation
from . import product_product
from . import product_template
from . import sale_order
