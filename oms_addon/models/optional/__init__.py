"""What takes part where an add-on of Odoo that ours does not need is installed: `mrp`,
`product_expiry`, `website_sale`. Whether one is, is asked here alone; without it each of these
answers as if there were no kit, no date and no website.
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
