from . import oms_upload
from . import oms_order_import
from . import oms_order_import_line
from . import oms_refund_request
from . import oms_refund_request_line
from . import oms_tracking_import
from . import oms_tracking_import_line
