"""Shopify's Admin API."""

from . import adapter
from . import connection
from . import orders
from . import exports
from . import listings
from . import stock
from . import shipments
from . import adjustments
