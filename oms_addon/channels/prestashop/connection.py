"""PrestaShop: test of the address and its key."""

from odoo import api, models

from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.tools.connection_errors import describe_page, firewall_of, is_page

from .parse_xml import parse_xml, read_errors

#: permissions the key needs
READ = (
    "orders order_details order_payments order_slip order_cart_rules order_histories "
    "order_states order_carriers messages customer_threads customer_messages customers addresses "
    "carriers currencies languages countries states taxes tax_rules configurations products "
    "combinations stock_availables shops"
).split()
WRITE = {
    "stock_availables": "put",
    "products": "patch",
    "combinations": "patch",
    "order_carriers": "patch",
    "order_histories": "post",
    "order_slip": "post",
}

#: PrestaShop's error numbers
ERRORS_OF_KEY = {17, 18, 19, 20}
ERROR_OFF = 22


class OmsChannelAdapterPrestashop(models.AbstractModel):
    _inherit = "oms.channel.adapter.prestashop"

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`: test the address, the key and its permissions."""
        key = (channel.sudo().api_key or "").strip()
        if not self._base_url(channel) or not key:
            return self.env._("Enter the store address and its webservice key.")
        if len(key) != 32:
            return self.env._(
                "The webservice key must have 32 characters, but the one entered has %(count)s. "
                "Copy it again from Advanced Parameters > Webservice in the store.",
                count=len(key),
            )
        try:
            answer = self._call(
                channel, "GET", "/api/", auth=(key, ""), accept=(401, 403, 404, 503)
            )
        except (RetryableError, FinalError) as error:
            return str(error)
        return self._why_not(channel, answer)

    @api.model
    def _why_not(self, channel, answer):
        """:return: the problem in a response, for people; '' when there is none"""
        errors = read_errors(answer.body)
        told = "; ".join(words for _code, words in errors)
        # After a PHP notice, every response has the status of success.
        codes = {code for code, _words in errors}
        root = parse_xml(answer.body)
        is_data = bool(codes) or root is not None and root.find(".//api") is not None
        if firewall_of(answer) or not is_data and answer.status != 404 and is_page(answer):
            return describe_page(answer, answer.url)
        if answer.status == 401 or codes & ERRORS_OF_KEY:
            return self.env._(
                "The store rejected the webservice key: %(told)s. Copy it again from Advanced "
                "Parameters > Webservice, and check that it is enabled there.",
                told=told or answer.status,
            )
        if answer.status == 503 or ERROR_OFF in codes:
            return self.env._(
                "The store's webservice is disabled (%(told)s). Enable it in Advanced "
                "Parameters > Webservice.",
                told=told or answer.status,
            )
        if answer.status == 403:
            return self.env._("The key does not give access to this store: %(told)s", told=told)
        api_node = root.find(".//api") if root is not None else None
        if answer.status != 200 or api_node is None:
            return self.env._(
                "There is no PrestaShop webservice at this address. Enter the address of the "
                "store as the browser shows it, including its folder."
            )
        return self._missing(api_node)

    @api.model
    def _missing(self, api_node):
        """:return: the missing permissions of the key, for people"""
        wanted = [(name, "get") for name in READ] + list(WRITE.items())
        missing = {}
        for name, method in wanted:
            node = api_node.find(name)
            if node is None or node.get(method) != "true":
                missing.setdefault(method.upper(), []).append(name)
        if not missing:
            return ""
        return self.env._(
            "The webservice key lacks permissions. Grant it: %(missing)s.",
            missing="; ".join(f"{method}: {', '.join(n)}" for method, n in missing.items()),
        )
