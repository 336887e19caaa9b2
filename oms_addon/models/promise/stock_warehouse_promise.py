"""When a warehouse works and until when it takes orders of the day."""

from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.oms_addon.tools import promise


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    oms_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working days",
        check_company=True,
        help="The days on which it ships, without its holidays; empty for the company's.",
    )
    oms_cutoff = fields.Float(
        "Cut-off",
        default=14.0,
        help="What is ordered until this hour leaves the same day, in the warehouse's time zone.",
    )
    oms_handling_days = fields.Integer(
        "Handling (working days)", help="How long picking and packing takes; 0 is the same day."
    )
    oms_transit_days = fields.Integer(
        "Usual transit (days)",
        default=2,
        help="How long parcels travel with a carrier that does not say.",
    )
    oms_damaged_location_id = fields.Many2one(
        "stock.location",
        "Place for damaged goods",
        domain=[("usage", "in", ("internal", "inventory"))],
        check_company=True,
        help="Where goods go that were found damaged when picking; empty scraps them.",
    )

    @api.constrains("oms_cutoff", "oms_handling_days", "oms_transit_days")
    def _check_oms_promise(self):
        for warehouse in self:
            if not 0 <= warehouse.oms_cutoff < 24:
                raise ValidationError(
                    self.env._(
                        "%(warehouse)s: the cut-off is an hour between 0:00 and 23:59.",
                        warehouse=warehouse.name,
                    )
                )
            if warehouse.oms_handling_days < 0 or warehouse.oms_transit_days < 0:
                raise ValidationError(
                    self.env._(
                        "%(warehouse)s: handling and transit take no days or more, not less.",
                        warehouse=warehouse.name,
                    )
                )

    @api.constrains("oms_damaged_location_id")
    def _check_oms_damaged_location_id(self):
        for warehouse in self:
            place, stock = warehouse.oms_damaged_location_id, warehouse.lot_stock_id
            if place and place.parent_path.startswith(stock.parent_path):
                raise ValidationError(
                    self.env._(
                        "%(place)s belongs to %(stock)s, where goods are sold from: choose a "
                        "place for damaged goods outside of it.",
                        place=place.display_name,
                        stock=stock.display_name,
                    )
                )

    def _oms_zone(self):
        """:return: the time zone a warehouse works in"""
        self.ensure_one()
        warehouse_sudo = self.sudo()
        calendar = warehouse_sudo.oms_calendar_id
        return ZoneInfo(
            calendar.tz
            or warehouse_sudo.partner_id.tz
            or warehouse_sudo.company_id.resource_calendar_id.tz
            or "UTC"
        )

    def _oms_place(self, cutoff=0.0):
        """:param float cutoff: another hour than the warehouse's, the carrier's
        :return: how a warehouse ships
        :rtype: promise.Place
        """
        self.ensure_one()
        warehouse_sudo = self.sudo()
        calendar = warehouse_sudo.oms_calendar_id or warehouse_sudo.company_id.resource_calendar_id
        zone = self._oms_zone()
        company = warehouse_sudo.company_id

        def load(first, last):
            return calendar._oms_working_days(first, last, zone, company)

        return promise.Place(
            zone=zone,
            days=promise.WorkingDays(load),
            cutoff=cutoff or warehouse_sudo.oms_cutoff,
            handling_days=warehouse_sudo.oms_handling_days,
        )
