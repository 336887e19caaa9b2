"""The key of a forecast."""

from typing import NamedTuple


class SeriesKey(NamedTuple):
    """Ids of product, channel and warehouse; ``None`` is all channels or all warehouses."""

    product_id: int
    channel_id: int | None
    warehouse_id: int | None

    def candidates(self):
        """:return: the keys of forecasts that demand of this key may consume, best match first"""
        product_id, channel_id, warehouse_id = self
        return (
            self,
            SeriesKey(product_id, None, warehouse_id),
            SeriesKey(product_id, channel_id, None),
            SeriesKey(product_id, None, None),
        )
