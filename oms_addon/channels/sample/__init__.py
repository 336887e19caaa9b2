"""The shop, the warehouse and the carrier of the demo."""

from . import oms_sample_catalogue
from . import adapter
from . import oms_sample_warehouse
