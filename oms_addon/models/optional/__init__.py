"""Bridges to the optional add-ons `mrp`, `product_expiry` and `website_sale`; whether they are
installed is checked here and in no other room.
"""

from . import mrp_kits
from . import mrp_availability
from . import mrp_product
from . import mrp_recipes
from . import expiry_stock
from . import expiry_quant
from . import expiry_lot
from . import expiry_product
from . import expiry_cursor
from . import expiry_lots
from . import website_product
