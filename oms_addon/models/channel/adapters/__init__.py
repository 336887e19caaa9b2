from . import canonical
from . import csv_file
from . import prestashop
from . import prestashop_out
from . import sample
from . import shopify
from . import shopify_out
from . import woocommerce
