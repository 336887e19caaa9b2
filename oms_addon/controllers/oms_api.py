"""The canonical API: orders as JSON documents, with a scoped API key."""

from odoo import http
from odoo.http import request

from odoo.addons.oms_addon.api.description import describe
from odoo.addons.oms_addon.api.page import render
from odoo.addons.oms_addon.api.parameters import read_parameters
from odoo.addons.oms_addon.api.problems import Problem
from odoo.addons.oms_addon.api.shared import PREFIX
from odoo.addons.oms_addon.controllers.machine import answer, route


class OmsApi(http.Controller):
    """Routes of the API; described at ``/oms/api/v1/openapi.json``, implemented in ``oms.api``."""

    @route(f"{PREFIX}/orders", methods=["POST"], auth="oms")
    def post_documents(self):
        return self._send("_post")

    @route(f"{PREFIX}/orders", methods=["GET"], auth="oms")
    def list_orders(self):
        return self._read("_list_orders", "updated_after", "cursor", "limit")

    @route(f"{PREFIX}/orders/<path:ref>", methods=["GET"], auth="oms")
    def read_order(self, ref):
        return self._read("_read_order", ref=ref)

    @route(f"{PREFIX}/orders/<path:ref>/cancel", methods=["POST"], auth="oms")
    def cancel_order(self, ref):
        return self._send("_cancel", ref)

    @route(f"{PREFIX}/orders/<path:ref>/returns", methods=["POST"], auth="oms")
    def announce_return(self, ref):
        return self._send("_announce_return", ref)

    @route(f"{PREFIX}/availability", methods=["GET"], auth="oms")
    def read_availability(self):
        return self._read("_read_availability", "sku", "listing_cursor", "limit")

    @route(f"{PREFIX}/carts/<path:ref>", methods=["POST"], auth="oms")
    def reserve_cart(self, ref):
        return self._send("_reserve_cart", ref)

    @route(f"{PREFIX}/carts/<path:ref>", methods=["DELETE"], auth="oms")
    def release_cart(self, ref):
        channel = self._enter(writing=True)
        return self._answer(request.env["oms.api"]._release_cart(channel, ref))

    @route(f"{PREFIX}/openapi.json", methods=["GET"])
    def describe(self):
        return answer(self._description())

    @route(f"{PREFIX}/docs", methods=["GET"])
    def show(self):
        security = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return request.make_response(render(self._description()), headers=security.items())

    def _description(self):
        # Not the host of the request, which the client chooses.
        parameters_sudo = request.env["ir.config_parameter"].sudo()
        return describe(parameters_sudo.get_param("web.base.url", "").rstrip("/"))

    def _read(self, method, *parameters, **values):
        """:return: the response of a method that reads"""
        channel = self._enter(writing=False)
        read = read_parameters(request.httprequest.args, parameters)
        return self._answer(getattr(request.env["oms.api"], method)(channel, **values, **read))

    def _send(self, method, *values):
        """:return: the response of a method that receives a body"""
        channel = self._enter(writing=True)
        if request.httprequest.mimetype != "application/json":
            raise Problem(415, "bad-type", "Send the body as application/json.")
        body = request.httprequest.get_data()
        key = request.httprequest.headers.get("Idempotency-Key")
        return self._answer(getattr(request.env["oms.api"], method)(channel, *values, body, key))

    def _enter(self, writing):
        """:return: the channel of the request; counts the request for the rate limit"""
        headers, api = request.httprequest.headers, request.env["oms.api"]
        channel = api._enter(headers.get("X-Oms-Channel", ""), writing)
        key = request.env["ir.http"]._oms_sent_key()
        request.future_response.headers.update(api._spend(channel, key))
        return channel

    def _answer(self, result):
        status, content, headers = result
        if isinstance(content, Problem):
            return content.get_response()
        return answer(content, status, headers)
