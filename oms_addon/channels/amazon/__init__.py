"""Everything specific to Amazon's Selling Partner API; nothing another channel type uses."""

from . import adapter
from . import connection
from . import access
from . import notifications
from . import orders
from . import reports
from . import listings
from . import feeds
from . import shipments
from . import stock
from . import adjustments
from . import refunds
