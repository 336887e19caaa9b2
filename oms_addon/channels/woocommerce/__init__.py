"""Everything specific to WooCommerce's REST API; nothing another channel type uses."""

from . import adapter
from . import connection
from . import orders
from . import listings
from . import stock
from . import shipments
from . import adjustments
