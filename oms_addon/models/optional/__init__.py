"""Bridges to optional add-ons of Odoo: `mrp`, `product_expiry`, `website_sale`. Only this folder
checks whether they are installed; without them its methods behave as if there were no kits, no
dates and no website.
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
