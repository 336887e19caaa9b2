"""WooCommerce's REST API."""

from . import adapter
from . import connection
from . import orders
from . import listings
from . import stock
from . import shipments
from . import adjustments
