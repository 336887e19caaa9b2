"""Deliveries, parcels, tracking, combined shipments, short picks, restocks and stop requests; not
the choice of the warehouse.
"""

from . import stock_move
from . import sale_order
from . import sale_order_line
from . import oms_parcel
from . import oms_tracking_event
from . import oms_tracking
from . import stock_picking
from . import stock_picking_batching
from . import oms_external_shipment
from . import oms_external_delivery
from . import oms_pick_rejection_reason
from . import oms_pick_rejection
from . import oms_pick_rejection_sourcing
from . import oms_restock
from . import stock_move_restock
from . import stock_picking_restock
from . import sale_order_restock
from . import oms_stop_request
from . import stock_picking_stop
from . import stock_picking_mismatch
from . import stock_move_rejected
from . import stock_move_line_reject
from . import sale_order_shared
from . import stock_picking_shared
from . import stock_picking_shipping_cost
from . import sale_order_shipping_cost
from . import sale_order_bulk
from . import stock_move_shared
from . import stock_move_line_shared
from . import oms_shared_delivery
from . import oms_combined_shipment
from . import oms_combined_shipment_job
from . import oms_combined_shipment_split
from . import oms_shipper
from . import oms_shipper_send
