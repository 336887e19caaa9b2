"""PrestaShop 8: orders and listings through its webservice, which has no webhooks.

Resources are read as JSON and written as XML, as PrestaShop requires. An order message is composed
of a dozen resources, so that parsing it needs no further calls; see
``channels/prestashop/parse_orders.py``.
"""

import re
import time
from datetime import datetime, timezone

from odoo import api, models

from odoo.addons.oms_addon.documents.codec import loads
from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.exceptions import CredentialsError, FinalError, RetryableError
from odoo.addons.oms_addon.tools.paths import segment

from .parse_orders import read_order
from .parse_values import any_of, event_ref, rows_of, text
from .parse_xml import parse_xml, read_errors, to_xml
from .values import PAGE, shop_ids

#: PrestaShop's error numbers
ERROR_NO_PERMISSION = (25, 26)
ERROR_PHP = range(2, 16)
#: names of single records, where they are not the resource without its s
NODES = {"order_histories": "order_history", "order_slip": "order_slip"}


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _name = "oms.channel.adapter.prestashop"
    _inherit = "oms.channel.adapter"
    _description = "PrestaShop"

    _icon = "fa-shopping-basket"
    _can_fetch = True
    _can_fetch_listings = True
    _variants_inherit = True
    _can_fetch_locations = True
    _can_fetch_taxes = True
    _can_push_shipment = True
    _can_push_tracking = True
    _can_push_cancellation = True
    _can_notify_cancellation = True
    _can_push_refund = True
    _can_push_stock = True
    _can_push_price = True
    _refunds_are_paper = True
    _payment_terms = {
        "ps_cashondelivery": "cod",
        "ps_wirepayment": "transfer",
        "ps_checkpayment": "transfer",
    }
    _tax_rounding = "round_per_unit"
    _credentials = ("base_url", "api_key", "account_ref")
    _required_credentials = ("base_url", "api_key")
    _credential_labels = {
        "base_url": "Store Address",
        "api_key": "Webservice Key",
        "account_ref": "Shop IDs",
    }
    _batch_sizes = {"stock": 50, "price": 50}
    _compare_size = 50
    # PrestaShop has no rate limit, but its host may; a page of orders takes 18 calls.
    _rate_limits = {"default": (10.0, 150.0)}

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: an order as composed by ``_compose``."""
        return read_order(loads(payload), channel._postpaid_methods())

    @api.model
    def _describe(self, topic, payload):
        """Override of `oms.channel.adapter`: the event is one state of an order."""
        try:
            composed = loads(payload)
            ref = text(composed["order"], "id")
        except (DocumentError, TypeError, KeyError, AttributeError):
            return super()._describe(topic, payload)
        return event_ref(ref, payload), ref

    # === CALLS === #

    @api.model
    def _base_url(self, channel):
        """Override of `oms.channel.adapter`: the address may be entered with ``/api``."""
        return re.sub(r"/api$", "", super()._base_url(channel))

    @api.model
    def _get(self, channel, resource, **params):
        """:return: the rows of a resource
        :rtype: list[dict]
        """
        return self._get_dated(channel, resource, **params)[0]

    @api.model
    def _get_dated(self, channel, resource, **params):
        """:return: the rows of a resource, and the server's time"""
        shops = shop_ids(channel)
        scope = shops[0] if len(shops) == 1 else "all"
        query = {"output_format": "JSON", "date": "1", "id_shop": scope, **params}
        try:
            answer = self._call(
                channel, "GET", f"/api/{segment(resource)}", params=query, auth=self._auth(channel)
            )
        except CredentialsError as error:
            codes = {code for code, _words in read_errors(error.answer.body)}
            if codes & set(ERROR_NO_PERMISSION):
                raise CredentialsError(
                    self.env._(
                        "The webservice key may not read %(resource)s. Allow GET for it in "
                        "Advanced Parameters > Webservice.",
                        resource=resource,
                    )
                ) from error
            raise
        told = answer.headers.get("Access-Time", "")
        is_known = told.isascii() and told.isdigit() and len(told) < 12
        seconds = float(told) if is_known else time.time()
        return rows_of(answer.json()), datetime.fromtimestamp(seconds, timezone.utc)

    @api.model
    def _get_all(self, channel, resource, field, values, display="full"):
        """:return: the rows whose field has one of some values, fetched in batches"""
        values = sorted({value for value in values if value})
        rows = []
        for start in range(0, len(values), PAGE):
            some = values[start : start + PAGE]
            rows += self._get(
                channel, resource, display=display, **{f"filter[{field}]": any_of(some)}
            )
        return rows

    @api.model
    def _write(self, channel, method, resource, records, **params):
        """Write records.

        :return: the root element of the response
        :raise FinalError: when PrestaShop rejects them
        :raise RetryableError: when the response is invalid; the records may have been written
        """
        shops = shop_ids(channel)
        node = NODES.get(resource, resource.removesuffix("s"))
        answer = self._call(
            channel,
            method,
            f"/api/{segment(resource)}",
            body=to_xml(node, records),
            params={"id_shop": shops[0] if len(shops) == 1 else "all", **params},
            headers={"Content-Type": "text/xml; charset=utf-8"},
            auth=self._auth(channel),
            accept=(400, 401, 404, 405, 500),
        )
        if read_errors(answer.body) or answer.status not in (200, 201):
            # After a PHP notice, errors have the status of success.
            raise self._refusal(resource, method, answer)
        root = parse_xml(answer.body)
        if root is None:
            raise RetryableError(
                self.env._(
                    "The store's response (status %(status)s) could not be read, so it is "
                    "unknown whether the change was accepted. It is compared with the store and "
                    "sent again.",
                    status=answer.status,
                )
            ) from answer.quote()
        return root

    @api.model
    def _refusal(self, resource, method, answer):
        """:return: the exception for an error response"""
        errors = read_errors(answer.body)
        codes = {code for code, _words in errors}
        told = "; ".join(words for _code, words in errors) or f"HTTP {answer.status}"
        is_broken = bool(codes & set(ERROR_PHP))
        if codes & set(ERROR_NO_PERMISSION):
            return CredentialsError(
                self.env._(
                    "The webservice key may not change %(resource)s. Allow %(method)s for it in "
                    "Advanced Parameters > Webservice.",
                    resource=resource,
                    method=method,
                )
            )
        if answer.status == 401:
            return CredentialsError(self.env._("The store rejected the key: %(told)s", told=told))
        if is_broken or answer.status >= 500 and not codes:
            return RetryableError(
                self.env._("The store reported a server error: %(told)s", told=told)
            )
        return FinalError(self.env._("PrestaShop rejected the request: %(told)s", told=told))

    @api.model
    def _auth(self, channel):
        """:return: the credentials: the key as user, no password"""
        return (channel.sudo().api_key or "").strip(), ""
