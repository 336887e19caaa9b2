"""PrestaShop: compose an order of a dozen resources."""

import time

from odoo import api, models

from odoo.addons.oms_addon.exceptions import CredentialsError

from .parse_values import (
    any_of,
    in_currencies,
    localised,
    number_of,
    of_order,
    of_shop,
    rows_by,
    states_of,
    text,
    without_secrets,
)
from .values import shop_ids

#: seconds for which rarely changing settings of a shop are cached
REMEMBERED = 600
_shops = {}
#: settings about the meaning of states, and the shop's location
ROLES = {
    "cancelled": "PS_OS_CANCELED",
    "error": "PS_OS_ERROR",
    "refunded": "PS_OS_REFUND",
    "shipping": "PS_OS_SHIPPING",
    "delivered": "PS_OS_DELIVERED",
}
SETTINGS = (
    "PS_TIMEZONE",
    "PS_CURRENCY_DEFAULT",
    "PS_COUNTRY_DEFAULT",
    "PS_LANG_DEFAULT",
    "PS_ROUND_TYPE",
    "PS_PRICE_ROUND_MODE",
    "PS_STOCK_MANAGEMENT",
    "PS_USE_ECOTAX",
    "PS_ECOTAX_TAX_RULES_GROUP_ID",
)


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _inherit = "oms.channel.adapter.prestashop"

    @api.model
    def _compose(self, channel, orders):
        """Fetch all resources of orders, with one call for each resource.

        :param list orders: orders from the webservice
        :rtype: list[dict]
        """
        if not orders:
            return []
        shop = self._shop(channel)
        ids = [text(order, "id") for order in orders]
        references = {text(order, "reference") for order in orders}
        parts = {
            name: rows_by(self._get_all(channel, resource, "id_order", ids), "id_order")
            for name, resource in (
                ("details", "order_details"),
                ("slips", "order_slip"),
                ("cart_rules", "order_cart_rules"),
                ("histories", "order_histories"),
                ("messages", "messages"),
            )
        }
        payments = self._get_all(channel, "order_payments", "order_reference", references)
        siblings = self._get_all(
            channel, "orders", "reference", references, "[id,reference,total_paid_tax_incl]"
        )
        people = self._people(channel, orders)
        threads = self._threads(channel, ids)
        by_reference = rows_by(payments, "order_reference"), rows_by(siblings, "reference")
        own = self._own_slips(channel, parts["slips"])
        return [
            {
                "order": without_secrets(order),
                **({"own_slips": own[ref]} if (ref := text(order, "id")) in own else {}),
                **({"threads": threads[ref]} if ref in threads else {}),
                **{name: rows.get(text(order, "id"), []) for name, rows in parts.items()},
                "payments": in_currencies(
                    by_reference[0].get(text(order, "reference"), []), shop["currencies"]
                ),
                "siblings": by_reference[1].get(text(order, "reference"), []),
                **of_order(order, people),
                **of_shop(order, shop),
                "states": states_of(
                    order, parts["histories"].get(text(order, "id"), []), shop["states"]
                ),
            }
            for order in orders
        ]

    @api.model
    def _threads(self, channel, refs):
        """:return: messages of customers about orders in their accounts, by order id
        :rtype: dict[str, list[dict]]
        """
        found = {}
        try:
            threads = {
                text(row, "id"): text(row, "id_order")
                for row in self._get_all(
                    channel, "customer_threads", "id_order", refs, "[id,id_order]"
                )
            }
            rows = self._get_all(
                channel,
                "customer_messages",
                "id_customer_thread",
                threads,
                "[id,id_customer_thread,id_employee,message,private,date_add]",
            )
        except CredentialsError:
            # Keys of older set-ups may lack this permission; Test Connection reports it.
            return found
        for row in rows:
            # Replies of staff are left out.
            if number_of(row, "id_employee") == 0 and text(row, "private") != "1":
                ref = threads.get(text(row, "id_customer_thread"), "")
                found.setdefault(ref, []).append(row)
        return found

    @api.model
    def _own_slips(self, channel, slips):
        """:param dict slips: the slips of some orders by order id
        :return: the ids of slips created by us, by order id
        """
        refs = [ref for ref, rows in slips.items() if rows]
        if not refs:
            return {}
        refunds = self.env["oms.order.refund"].search(
            [
                ("channel_id", "=", channel.id),
                ("order_id.oms_order_ref", "in", refs),
                ("message_id", "!=", False),
                ("ref", "!=", False),
            ]
        )
        own = {}
        for refund in refunds.sorted("id"):
            own.setdefault(refund.order_id.oms_order_ref, []).append(refund.ref)
        return own

    @api.model
    def _people(self, channel, orders):
        """:return: rows by id of the customers, addresses and carriers of orders"""
        fields = {
            "customers": ("id_customer",),
            "addresses": ("id_address_delivery", "id_address_invoice"),
            "carriers": ("id_carrier",),
        }
        display = {
            # All fields except the password hash, which "full" includes.
            "customers": "[id,firstname,lastname,email,company,siret,ape,id_lang,is_guest]",
            "addresses": "full",
            "carriers": "[id,id_reference,name,external_module_name]",
        }
        found = {}
        for resource, names in fields.items():
            ids = {text(order, name) for order in orders for name in names} - {"", "0"}
            rows = self._get_all(channel, resource, "id", ids, display[resource])
            found[resource] = {text(row, "id"): row for row in rows}
        shop = self._shop(channel)
        for address in found["addresses"].values():
            address["country"] = shop["countries"].get(text(address, "id_country"), "")
            region = shop["regions"].get(text(address, "id_state")) or {}
            address["state"], address["state_name"] = text(region, "iso_code"), text(region, "name")
        return found

    @api.model
    def _shop(self, channel):
        """:return: rarely changing settings of a shop, cached for a few minutes
        :rtype: dict
        """
        key = channel.id, channel.base_url, channel.account_ref
        found = _shops.get(key)
        if not found or found[0] < time.monotonic():
            _shops[key] = found = time.monotonic() + REMEMBERED, self._fetch_shop(channel)
        return found[1]

    @api.model
    def _fetch_shop(self, channel):
        """:return: ``zone``, ``settings``, ``states`` and the records that ids refer to"""
        settings = self._settings(channel)
        currencies = self._get(channel, "currencies", display="full")
        isos = {
            "countries": "[id,iso_code]",
            "states": "[id,iso_code,name]",
            "languages": "[id,iso_code,locale]",
        }
        rows = {name: self._get(channel, name, display=display) for name, display in isos.items()}
        states = self._get(channel, "order_states", display="full")
        return {
            "zone": settings.get("PS_TIMEZONE") or "UTC",
            "settings": settings,
            "roles": {role: settings.get(name, "") for role, name in ROLES.items()},
            "currencies": {text(row, "id"): row for row in currencies},
            "countries": {text(row, "id"): text(row, "iso_code") for row in rows["countries"]},
            "regions": {text(row, "id"): row for row in rows["states"]},
            "languages": {
                text(row, "id"): (text(row, "locale") or text(row, "iso_code")).replace("-", "_")
                for row in rows["languages"]
            },
            "taxes": {text(row, "id"): row for row in self._get(channel, "taxes", display="full")},
            "states": {
                text(row, "id"): {
                    flag: text(row, flag)
                    for flag in ("id", "paid", "shipped", "delivery", "logable", "invoice")
                }
                for row in states
            },
            "state_names": {text(row, "id"): localised(row.get("name")) for row in states},
        }

    @api.model
    def _settings(self, channel):
        """:return: settings of the shop by name; its own override those of all shops"""
        rows = self._get(
            channel,
            "configurations",
            **{
                "display": "[id,name,value,id_shop]",
                "filter[name]": any_of((*SETTINGS, *ROLES.values())),
            },
        )
        shops = shop_ids(channel)
        mine = [r for r in rows if text(r, "id_shop") in ("", "0", *shops[:1])]
        ordered = sorted(mine, key=lambda row: text(row, "id_shop") not in ("", "0"))
        return {text(row, "name"): text(row, "value") for row in ordered}
