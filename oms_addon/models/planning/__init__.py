"""Demand history, forecasts and their consumption by orders; no safety stock of allocation."""

from . import oms_demand
from . import oms_demand_imported
from . import oms_demand_correction
from . import oms_stockout
from . import oms_promotion
from . import sale_order_line
from . import sale_order
from . import oms_forecast_rule
from . import oms_forecast_run
from . import oms_forecast_history
from . import oms_forecast
from . import oms_forecast_line
from . import oms_forecast_override
from . import oms_forecast_consumption
from . import oms_forecast_projection
from . import oms_forecast_workbench
from . import oms_forecast_picture
from . import product_product
from . import product_template
from . import oms_lane
