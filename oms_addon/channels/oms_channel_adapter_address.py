"""The contract of a channel adapter: which servers are called.

Credentials are sent only to the servers of the channel's own address, see ``oms.channel``
``write``. An address in a response, as of a file to download, is called without them, and only
on the internet.
"""

from odoo import api, models

from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.tools import http
from odoo.addons.oms_addon.tools import outbound_address as addresses
from odoo.addons.oms_addon.tools.outbound_address import AddressError

#: system parameter that only administrators can write, see ``res.config.settings``
TRUSTED_HOSTS = "oms_addon.trusted_hosts"
#: headers that contain no credentials
NEUTRAL_HEADERS = {"accept", "content-type", "user-agent"}


class OmsChannelAdapter(models.AbstractModel):
    _inherit = "oms.channel.adapter"

    #: hosts that channels of the kind can have, ``*.`` matches one label; empty allows any
    _hosts = ()

    @api.model
    def _base_url(self, channel):
        """:return: the base URL of the API, without a trailing slash; '' without an address"""
        return self._parse_address(channel.base_url).url if channel.base_url else ""

    @api.model
    def _origins(self, channel):
        """:return: the servers that receive the credentials, each as protocol, host and port;
        extended by kinds with servers besides the channel's address
        :rtype: tuple[str]
        """
        base_url = self._base_url(channel)
        return (addresses.parse(base_url).origin,) if base_url else ()

    @api.model
    def _is_moved(self, before, after):
        """:param tuple before: the ``_origins`` that the secrets were entered for
        :param tuple after: the new ``_origins``
        :return: whether the secrets have to be entered again
        """
        return before != after

    @api.model
    def _parse_address(self, text):
        """Parse the address of a channel as entered.

        :rtype: addresses.Address
        :raise AddressError: when it is not a valid address
        """
        try:
            return addresses.parse(text)
        except AddressError as error:
            raise self._explained(error) from error

    @api.model
    def _check_address(self, address):
        """Check whether a channel of the kind may have an address.

        :raise AddressError: when it may not
        """
        if addresses.is_trusted(address, self._trusted_hosts()):
            return
        is_standard = address.port == addresses.PORTS["https"]
        try:
            addresses.check(address)
            if self._hosts and not (is_standard and self._has_host(address.host)):
                raise AddressError(addresses.FOREIGN, address.host)
        except AddressError as error:
            raise self._explained(error) from error

    @api.model
    def _has_host(self, host):
        """:return: whether a host is one of ``_hosts``"""
        return host in self._hosts or f"*.{host.partition('.')[2]}" in self._hosts

    # === REQUESTS === #

    @api.model
    def _request(self, channel, method, url, *, headers=None, auth=None, **options):
        """Call a server of the channel, or one that a response of it linked to.

        :param str url: the full URL
        :param options: as for ``http.request``
        :rtype: http.Answer
        :raise AddressError: when the channel's server may not be called; nothing was sent
        :raise RetryableError: when a linked server may not be called
        :raise FinalError: when the URL is invalid, or credentials would go to another server
        """
        origins = self._origins(channel)
        try:
            address = addresses.parse(url, with_query=True)
        except AddressError as error:
            # `AddressError` means the channel's address is wrong; here only this URL is.
            raise FinalError(str(self._explained(error))) from error
        is_own = address.origin in origins
        if is_own:
            self._check_address(address)
        elif auth or {name.lower() for name in headers or ()} - NEUTRAL_HEADERS:
            raise FinalError(
                self.env._(
                    "%(host)s is not the server of %(channel)s, so the credentials were not "
                    "sent to it. Nothing was changed.",
                    host=address.host,
                    channel=channel.name,
                )
            )
        trusted = self._trusted_hosts() if is_own else frozenset()
        options |= {"headers": headers, "auth": auth, "trusted": trusted, "quoted": is_own}
        try:
            return http.request(method, url, **options)
        except AddressError as error:
            if is_own:
                raise self._explained(error) from error
            raise RetryableError(
                self.env._(
                    "%(channel)s linked to a file at %(host)s, which is not on the internet or "
                    "does not use HTTPS, so it was not opened. Check that the address of the "
                    "channel is correct.",
                    channel=channel.name,
                    host=address.host,
                )
            ) from error

    @api.model
    def _trusted_hosts(self):
        """:return: the hosts that administrators allow without HTTPS and in the local network"""
        text = self.env["ir.config_parameter"].sudo().get_param(TRUSTED_HOSTS)
        try:
            return addresses.parse_trusted(text)
        except AddressError:
            return frozenset()

    @api.model
    def _explained(self, error):
        """:param AddressError error: why an address is not called
        :return: the same error with a message for people: cause and fix
        :rtype: AddressError
        """
        words = {
            addresses.MALFORMED: self.env._(
                "“%(address)s” is not a valid address. Enter it as https://shop.example.com.",
                address=error.shown,
            ),
            addresses.EXTRAS: self.env._(
                "%(address)s contains more than a server and a folder. Enter the address "
                "without a user name and without anything after a question mark or hash.",
                address=error.shown,
            ),
            addresses.PLAIN: self.env._(
                "%(host)s does not use encryption. Enter the address with https://, or ask an "
                "administrator to add the host to Allowed Hosts in the settings.",
                host=error.shown,
            ),
            addresses.INTERNAL: self.env._(
                "%(host)s is in the network of the Odoo server, which channels cannot access. "
                "Correct the address, or ask an administrator to add the host to Allowed Hosts "
                "in the settings.",
                host=error.shown,
            ),
            addresses.FOREIGN: self.env._(
                "%(kind)s is not available at %(host)s, but at %(hosts)s. Correct the address.",
                kind=self._description,
                host=error.shown,
                hosts=", ".join(self._hosts),
            ),
        }
        return AddressError(error.reason, error.shown, words[error.reason])
