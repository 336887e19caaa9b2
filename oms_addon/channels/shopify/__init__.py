"""Everything specific to Shopify's Admin API; nothing another channel type uses."""

from . import adapter
from . import connection
from . import orders
from . import exports
from . import listings
from . import stock
from . import shipments
from . import adjustments
