"""Everything specific to PrestaShop's webservice; nothing another channel type uses."""

from . import adapter
from . import connection
from . import orders
from . import composing
from . import listings
from . import stock
from . import shipments
from . import adjustments
from . import credit_slips
