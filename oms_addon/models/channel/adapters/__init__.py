from . import canonical
from . import csv_file
from . import odoo_shop
from . import prestashop
from . import sample
from . import shopify
from . import woocommerce
from . import amazon
