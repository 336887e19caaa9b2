"""Listings of channels as they are fetched, matched and linked, without their Available to Sell."""

from . import oms_channel_listing
from . import oms_channel_listing_resolve
from . import oms_channel_listing_waiting
from . import oms_channel_listing_component
from . import oms_channel_listing_create
from . import oms_channel_listing_fetch
from . import oms_channel_listing_identity
from . import oms_channel_listing_match
from . import oms_channel_listing_rename
from . import product_product
