"""Cancellation requests of customers whose promised date changed."""

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

MAX_ID = 2**31 - 1


def is_readable(record_id, access_token):
    """:return: whether an id and token are valid for the database and ``consteq``"""
    token = access_token or ""
    return record_id <= MAX_ID and token.isascii() and "\x00" not in token


class OmsPromiseController(CustomerPortal):
    @http.route(
        "/oms/orders/<int:order_id>/cancel",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def cancel(self, order_id, access_token=None, **_params):
        """Show a confirmation first: mail programs follow links in mails."""
        if not is_readable(order_id, access_token):
            return request.not_found()
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return request.not_found()
        if request.httprequest.method == "POST":
            order_sudo._oms_hold_for_cancellation()
        return request.render(
            "oms_addon.promise_cancel",
            {"order": order_sudo, "is_asked": order_sudo._oms_has_cancellation_request()},
        )
