"""Shipping checks, parcels and tracking numbers of deliveries."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools import sentences
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed


class StockPicking(models.Model):
    _inherit = "stock.picking"

    oms_parcel_ids = fields.Many2many("oms.parcel", string="Parcels", readonly=True, copy=False)
    oms_parcel_count = fields.Integer(
        "Parcel Count", compute="_compute_oms_parcel_count", compute_sudo=True
    )
    oms_is_external = fields.Boolean(
        "Shipped on the Channel",
        readonly=True,
        copy=False,
        help="Shipped by a third party: no items leave this warehouse, and the channel is "
        "not notified.",
    )
    oms_told_at = fields.Datetime("Sent to Channel On", readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("oms_parcel_ids")
    def _compute_oms_parcel_count(self):
        for picking in self:
            picking.oms_parcel_count = len(picking.oms_parcel_ids)

    # === CRUD METHODS === #

    def _oms_tracking_before(self, vals):
        """:return: the tracking numbers of shipped deliveries before a write of the reference"""
        if not vals.get("carrier_tracking_ref"):
            return {}
        shipped = self.filtered(lambda p: p.state == "done")
        return {picking: picking._oms_get_tracking_keys() for picking in shipped}

    def _oms_follow_tracking(self, before):
        """Create the parcels of new tracking numbers, remove those of old ones and send the change.

        :param dict before: see ``_oms_tracking_before``
        """
        shipped = self.browse(picking.id for picking in before)
        quiet = shipped.with_context(**sealed(quiet_parcels=True))
        quiet._oms_create_parcels()
        for picking, keys in before.items():
            picking.with_env(quiet.env)._oms_drop_parcels(keys - picking._oms_get_tracking_keys())
        shipped._oms_run_orders()
        self.env["oms.shipper"].sudo()._send_tracking(shipped.sudo())

    # === ACTION METHODS === #

    def action_oms_parcels(self):
        """Open the parcels of the delivery, or a form for a new one."""
        self.ensure_one()
        self.check_access("read")
        self.env["oms.parcel"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_addon.oms_parcel_action")
        return {
            **action,
            "domain": [("picking_ids", "in", self.ids)],
            "context": {
                "default_picking_ids": self.ids,
                "default_carrier_id": self.carrier_id.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_oms_no_tracking(self):
        """Record that the deliveries were shipped without a tracking number."""
        self.check_access("write")
        self._oms_create_untracked_parcels()
        self._oms_run_orders()
        return True

    # === PARCELS === #

    def _oms_create_parcels(self):
        """Create the parcels for the tracking references of shipped deliveries.

        A reference may have several numbers separated by commas; deliveries may share a number.
        """
        # Created automatically: users who validate deliveries need no access to parcels.
        Parcel = self.env["oms.parcel"].sudo()
        wanted = {}
        for picking in self.filtered(
            lambda p: p.picking_type_code == "outgoing" and p.carrier_tracking_ref
        ):
            for number in picking.carrier_tracking_ref.split(","):
                key = picking.company_id, picking.carrier_id, Parcel._normalize_number(number)
                if key[2]:
                    wanted.setdefault(key, (number.strip(), []))[1].append(picking)
        there = {
            (parcel.company_id, parcel.carrier_id, parcel.number_key): parcel
            for parcel in Parcel.search([("number_key", "in", list({k[2] for k in wanted}))])
        }
        fresh = []
        for key, (number, pickings) in wanted.items():
            if key in there:
                there[key].picking_ids |= self.union(*pickings)
            else:
                links = [fields.Command.link(picking.id) for picking in pickings]
                fresh.append(
                    {**pickings[0]._oms_prepare_parcel(), "name": number, "picking_ids": links}
                )
        return Parcel.create(fresh)

    def _oms_get_tracking_keys(self):
        """:return: the normalized tracking numbers of one delivery"""
        self.ensure_one()
        key_of = self.env["oms.parcel"]._normalize_number
        return {key_of(one) for one in (self.carrier_tracking_ref or "").split(",")} - {""}

    def _oms_drop_parcels(self, keys):
        """Remove parcels from one delivery: those with these numbers and, if a number remains, the
        parcel without one. Parcels with tracking events are kept.

        :param set keys: normalized tracking numbers
        """
        self.ensure_one()
        parcels_sudo = self.sudo().oms_parcel_ids
        gone_sudo = parcels_sudo.filtered(lambda p: p.number_key in keys and not p.event_ids)
        if parcels_sudo.filtered("number_key") - gone_sudo:
            gone_sudo |= parcels_sudo.filtered(lambda p: p.no_tracking and not p.event_ids)
        shared_sudo = gone_sudo.filtered(lambda p: p.picking_ids - self)
        shared_sudo.write({"picking_ids": [fields.Command.unlink(self.id)]})
        (gone_sudo - shared_sudo).unlink()

    def _oms_create_untracked_parcels(self):
        """Create a parcel without number for each shipped delivery without a parcel."""
        shipped = self.filtered(lambda p: p.state == "done" and not p.oms_parcel_ids)
        vals_list = [{**picking._oms_prepare_parcel(), "no_tracking": True} for picking in shipped]
        return self.env["oms.parcel"].sudo().create(vals_list).sudo(self.env.su)

    def _oms_prepare_parcel(self):
        """:return: the values of a parcel of this delivery, without its number"""
        self.ensure_one()
        return {
            "carrier_id": self.carrier_id.id,
            "company_id": self.company_id.id,
            "channel_id": self._oms_channel().id,
            "picking_ids": [fields.Command.link(self.id)],
            "shipped_at": self.date_done or fields.Datetime.now(),
        }

    def _oms_run_orders(self):
        """Continue the orders of deliveries, unless the order flow shipped them."""
        if not unsealed(self.env, "from_flow"):
            self._oms_orders().sudo()._oms_run()

    # === SHIPPING === #

    def _oms_refuse_validated(self):
        """Lock deliveries that are about to be validated.

        :raise UserError: if another user already validated all of them
        """
        pickings = self._oms_lock()
        if pickings and len(pickings) == len(self) and not pickings._oms_todo():
            raise UserError(
                self.env._(
                    "%(deliveries)s was already validated by another user. No items were moved "
                    "twice.",
                    deliveries=", ".join(self.mapped("name")),
                )
            )

    def _oms_todo(self):
        """:return: the deliveries that are neither done nor cancelled"""
        return self.filtered(lambda p: p.state not in ("done", "cancel"))

    def _oms_lock(self):
        """Lock outgoing deliveries of managed warehouses until the end of the transaction.

        It waits for concurrent transactions; if they changed a delivery, a serialization error is
        raised, and the request or background job is retried.

        :return: the locked deliveries
        """
        pickings = self.filtered(
            lambda p: (
                p.picking_type_code == "outgoing" and p.picking_type_id.warehouse_id.oms_managed
            )
        )
        pickings._oms_lock_all()
        return pickings

    def _oms_refuse_unpaid(self):
        """:raise UserError: if an unpaid order's channel ships paid orders only"""
        unpaid = self._oms_unpaid()
        if unpaid:
            raise UserError(
                self.env._(
                    "%(deliveries)s cannot be shipped: %(orders)s is not paid, and its channel "
                    "ships paid orders only. Record the payment, or change the policy of the "
                    "channel.",
                    deliveries=", ".join(unpaid.mapped("name")),
                    orders=", ".join(self._oms_unpaid_orders().mapped("name")),
                )
            )

    def _oms_refuse_held(self):
        """:raise UserError: if items of an order on hold are about to be shipped, or moved despite
        a stop request
        """
        held = self.filtered(lambda p: p.picking_type_code == "outgoing" or p.oms_stop_text)
        orders = held._oms_orders().filtered("oms_held")
        if orders:
            held = held.filtered(lambda p: p._oms_orders() & orders)
            # The reasons are shown to the user regardless of access to exceptions.
            holds_sudo = orders.sudo().oms_hold_ids.filtered(
                lambda h: h.state == "open" and h.is_blocking
            )
            raise UserError(
                self.env._(
                    "%(deliveries)s cannot be shipped: %(reasons)s Resolve it in Exceptions first.",
                    deliveries=", ".join(held.mapped("name")),
                    reasons=sentences.join(holds_sudo.mapped("detail")),
                )
            )

    def _oms_unpaid(self):
        """:return: the outgoing deliveries of orders that may not ship yet"""
        blocked = self._oms_unpaid_orders()
        return self.filtered(
            lambda p: p.picking_type_code == "outgoing" and p._oms_orders() & blocked
        )

    def _oms_unpaid_orders(self):
        """:return: the orders with items in these deliveries that may not ship yet"""
        return self._oms_channel_orders().filtered(lambda o: not o.sudo()._oms_may_ship())

    def _oms_channel_orders(self):
        """:return: the channel orders with items in these outgoing deliveries"""
        leaving = self.filtered(lambda p: p.picking_type_code == "outgoing")
        return leaving._oms_orders().filtered("oms_channel_id")
