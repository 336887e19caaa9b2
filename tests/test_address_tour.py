"""The address of a channel, and the hosts that administrators allow, in a browser."""

from odoo.tests import HttpCase, tagged

from .common import OmsCommon


@tagged("standard", "post_install", "-at_install")
class TestAddressTour(HttpCase, OmsCommon):
    def test_a_manager_changes_an_address_and_enters_the_key_again(self):
        self._make_user("manager")
        channel = self.env["oms.channel"].create(
            {
                "name": "Boutique",
                "adapter": "prestashop",
                "base_url": "https://shop.example.com",
                "api_key": "K" * 32,
            }
        )
        channel.state = "live"
        self.start_tour(f"/odoo/oms-channels/{channel.id}", "oms_address_tour", login="oms_manager")
        self.assertEqual(channel.base_url, "https://other.example.com")
        self.assertEqual(channel.api_key, "N" * 31)

    def test_an_administrator_names_the_hosts_that_are_allowed(self):
        self.start_tour(
            "/odoo/action-oms_addon.res_config_settings_action",
            "oms_allowed_hosts_tour",
            login="admin",
        )
        hosts = self.env["ir.config_parameter"].get_param("oms_addon.trusted_hosts")
        self.assertEqual(hosts, "shop.local, 10.0.0.5:8080")
