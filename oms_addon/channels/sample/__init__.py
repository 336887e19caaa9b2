"""The store, warehouse and carrier of the demo; nothing that a real channel uses."""

from . import oms_sample_catalogue
from . import oms_sample_history
from . import adapter
from . import oms_sample_warehouse
