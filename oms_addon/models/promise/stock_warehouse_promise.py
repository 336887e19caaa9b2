"""Working days and cut-off time of a warehouse."""

from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.oms_addon.tools import promise


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    oms_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Days",
        check_company=True,
        help="Days on which the warehouse ships, without its holidays. Leave empty to use the "
        "company's calendar.",
    )
    oms_cutoff = fields.Float(
        "Cut-Off Time",
        default=14.0,
        help="Orders placed before this time ship the same day, in the time zone of the warehouse.",
    )
    oms_handling_days = fields.Integer(
        "Handling Days",
        help="Working days needed for picking and packing. Enter 0 for the same day.",
    )
    oms_transit_days = fields.Integer(
        "Default Transit Days",
        default=2,
        help="Travel time of parcels with carriers that have no transit days of their own.",
    )
    oms_damaged_location_id = fields.Many2one(
        "stock.location",
        "Damaged Items Location",
        domain=[("usage", "in", ("internal", "inventory"))],
        check_company=True,
        help="Location for items found damaged during picking. Leave empty to scrap them.",
    )

    @api.constrains("oms_cutoff", "oms_handling_days", "oms_transit_days")
    def _check_oms_promise(self):
        for warehouse in self:
            if not 0 <= warehouse.oms_cutoff < 24:
                raise ValidationError(
                    self.env._(
                        "The cut-off time of %(warehouse)s is not valid. Enter a time between "
                        "0:00 and 23:59.",
                        warehouse=warehouse.name,
                    )
                )
            if warehouse.oms_handling_days < 0 or warehouse.oms_transit_days < 0:
                raise ValidationError(
                    self.env._(
                        "Handling and transit days of %(warehouse)s cannot be negative.",
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
                        "%(place)s belongs to %(stock)s, from which items are sold. Select a "
                        "location for damaged items outside of it.",
                        place=place.display_name,
                        stock=stock.display_name,
                    )
                )

    def _oms_zone(self):
        """:return: the time zone of the warehouse"""
        self.ensure_one()
        warehouse_sudo = self.sudo()
        calendar = warehouse_sudo.oms_calendar_id
        return ZoneInfo(
            calendar.tz
            or warehouse_sudo.partner_id.tz
            or warehouse_sudo.company_id.resource_calendar_id.tz
            or "UTC"
        )

    def _oms_local_day(self, moment):
        """:return: the date of a moment in UTC, in the time zone of the warehouse"""
        return moment.replace(tzinfo=timezone.utc).astimezone(self._oms_zone()).date()

    def _oms_place(self, cutoff=0.0):
        """:return: the shipping schedule of the warehouse
        :param float cutoff: cut-off hour of the carrier; 0 for the warehouse's
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
