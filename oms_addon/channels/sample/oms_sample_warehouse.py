"""The warehouse and carrier of the demo, which work automatically."""

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.tracking import TrackingEvent
from odoo.addons.oms_addon.documents.values import UTC

# The next tracking state by the current one.
NEXT_WORD = {
    "pending": ("in_transit", "Departed from the depot"),
    "info_received": ("in_transit", "Departed from the depot"),
    "in_transit": ("delivered", "Delivered, signed for by the customer"),
}


class OmsSampleWarehouse(models.AbstractModel):
    _name = "oms.sample.warehouse"
    _description = "Sample Warehouse"

    @api.model
    def _get_channel_domain(self):
        """:return: the domain of the channels to work for"""
        return [("adapter", "=", "sample"), ("state", "=", "live")]

    @api.model
    def _process(self, limit=50):
        """Pick, pack and ship available deliveries, oldest first.

        :param int limit: maximum number of deliveries
        :return: the number of deliveries shipped
        :rtype: int
        """
        channels = self.env["oms.channel"].search(self._get_channel_domain())
        pickings = self.env["stock.picking"].search(
            [
                ("sale_id.oms_channel_id", "in", channels.ids),
                ("state", "=", "assigned"),
                ("picking_type_code", "!=", "incoming"),
                # Orders that wait for the warehouse are paid, where payment is required.
                ("sale_id.oms_cursor", "=", "ship"),
                ("sale_id.oms_status", "=", "waiting"),
            ],
            order="id",
            limit=limit,
        )
        pickings -= pickings._oms_unpaid()
        for picking in pickings.filtered(lambda p: p.picking_type_code == "outgoing"):
            picking.carrier_tracking_ref = self._tracking_number(picking)
        shipper = self.env["oms.shipper"].with_context(tracking_disable=True)
        shipper._validate(pickings.with_env(shipper.env))
        done = pickings.filtered(lambda p: p.state == "done")
        done._oms_orders()._oms_run()
        return len(done)

    @api.model
    def _tracking_number(self, picking):
        """:return: the tracking number of a delivery with the sample carrier"""
        return f"SP{picking.id:09d}"

    @api.model
    def _carry(self, limit=200):
        """Move parcels to their next tracking state, oldest first.

        :param int limit: maximum number of parcels
        :return: the number of parcels moved
        :rtype: int
        """
        channels = self.env["oms.channel"].search(self._get_channel_domain())
        carried = 0
        for company, of_company in channels.grouped("company_id").items():
            parcels = self.env["oms.parcel"].search(
                [
                    ("channel_id", "in", of_company.ids),
                    ("state", "in", list(NEXT_WORD)),
                    ("no_tracking", "=", False),
                ],
                order="id",
                limit=limit,
            )
            events = [self._next_event(parcel) for parcel in parcels]
            tracking = self.env["oms.tracking"].with_company(company)
            carried += tracking._record_events(company, events)["recorded"]
        return carried

    @api.model
    def _next_event(self, parcel):
        """:return: the next tracking event of a parcel"""
        state, text = NEXT_WORD[parcel.state]
        return TrackingEvent(
            carrier=parcel.carrier_id.name or "",
            number=parcel.name,
            at=fields.Datetime.now().replace(tzinfo=UTC),
            code=state.upper(),
            state=state,
            text=text,
            location="Sample City",
        )
