"""Adapters, with one folder per channel type for everything specific to its API; no shared business
rules.
"""

from . import oms_channel_adapter
from . import oms_channel_adapter_connection
from . import oms_channel_adapter_fetch
from . import oms_channel_adapter_out
from . import oms_channel_adapter_address
from . import oms_channel_adapter_promise
from . import canonical
from . import csv_file
from . import odoo_shop
from . import prestashop
from . import sample
from . import shopify
from . import woocommerce
from . import amazon
