"""What the public API does once a request was let in."""

from . import oms_api
from . import oms_api_requests
from . import oms_api_status
from . import oms_api_stock
from . import oms_api_carts
