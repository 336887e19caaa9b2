"""Processing of public API requests after authentication; not routes or document formats."""

from . import oms_api
from . import oms_api_requests
from . import oms_api_status
from . import oms_api_stock
from . import oms_api_carts
