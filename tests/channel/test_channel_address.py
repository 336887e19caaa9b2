"""Secrets go to the servers they were entered for: attacks of people who may change a channel."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.oms_addon.channels.amazon import connection as amazon
from odoo.addons.oms_addon.channels.outcomes import OUTCOMES, Outcome
from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.models.message.job_run import JobRun
from odoo.addons.oms_addon.tools import http

from tests.common import OmsCommon
from tests.loopback import Listener, page, server

EVIL = "evil.example.com"
ACCOUNT = "A2EXAMPLESELLER@A1PA6795UKMFR9"
ACCOUNT_US = "A2EXAMPLESELLER@ATVPDKIKX0DER"
#: by kind: an address it can have, and others that are other servers
MOVES = {
    "canonical": (
        "https://shop.example.com/in",
        (f"https://{EVIL}/in", "https://shop.example.com:8443/in", "http://shop.example.com/in"),
    ),
    "woocommerce": (
        "https://shop.example.com",
        (f"https://{EVIL}", "https://shop.example.com:444", "http://shop.example.com", False),
    ),
    "prestashop": (
        "https://shop.example.com/boutique",
        (f"https://{EVIL}", "https://shop.example.com:444", "http://shop.example.com", False),
    ),
    "shopify": (
        "https://one.myshopify.com",
        ("https://two.myshopify.com", "http://shop.example.com", False),
    ),
    "amazon": (
        amazon.ENDPOINTS["eu"],
        (amazon.ENDPOINTS["na"], amazon.SANDBOXES["eu"], "http://shop.example.com"),
    ),
}


@tagged("standard", "post_install", "-at_install")
class TestChannelAddress(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secrets = cls.env["oms.channel"]._secret_names()
        cls.manager = cls._make_user("manager")
        cls._trust("127.0.0.1, shop.example.com")

    @classmethod
    def _trust(cls, hosts):
        cls.env["ir.config_parameter"].set_param("oms_addon.trusted_hosts", hosts)

    def _channel(self, adapter, base_url, **values):
        """:return: a live channel with every secret there is"""
        keys = {name: f"secret-of-{name}-{'x' * 16}" for name in self.secrets}
        channel = self.env["oms.channel"].create(
            {"name": f"A {adapter}", "adapter": adapter, "base_url": base_url, **keys, **values}
        )
        channel.state = "live"
        return channel

    def _typed(self, key):
        """:return: new secrets, of which each is another"""
        return {name: key if name == "api_key" else f"{key}-{name}" for name in self.secrets}

    def _stored_secrets(self, channel):
        return {name for name in self.secrets if channel.sudo()[name]}

    def _events(self, channel):
        events = self.env["oms.event"].search(
            [("res_model", "=", "oms.channel"), ("res_id", "=", channel.id)]
        )
        return events.filtered(lambda e: e.code == "channel.address")

    # === THE SECRETS === #

    def test_every_field_that_administrators_alone_read_is_a_secret(self):
        hidden = {
            name
            for name, field in self.env["oms.channel"]._fields.items()
            if field.groups and "base.group_system" in field.groups and field.store
        }
        self.assertEqual(set(self.secrets), hidden)
        self.assertLessEqual({"api_key", "api_secret", "webhook_secret"}, hidden)
        kinds = {name for name in self.env["oms.channel"]._adapters() if name in MOVES}
        self.assertEqual(kinds, set(MOVES))

    def test_a_secret_of_another_model_is_bound_to_its_server_too(self):
        """Who adds a model with a text that only administrators read says here what it is."""
        found = {}
        for name, model in self.env.items():
            if name.startswith("oms.") and not model._abstract and not model._transient:
                for field in model._fields.values():
                    if "base.group_system" in (field.groups or "") and field.store:
                        found.setdefault(name, set()).add(field.name)
        self.assertEqual(
            found,
            {
                "oms.channel": set(self.secrets),
                # what happened inside, which is sent nowhere
                "oms.channel.message": {"trace"},
                "oms.event": {"salt"},
                "oms.lane": {"cron_ids"},
            },
        )

    def test_every_kind_that_has_an_address_is_attacked_here(self):
        Channel = self.env["oms.channel"]
        with_address = {
            code
            for code, name in Channel._adapters().items()
            if "base_url" in self.env[name]._credentials
        }
        self.assertLessEqual(with_address, set(MOVES))

    def test_another_server_gets_no_secret_of_any_kind(self):
        for adapter, (address, others) in MOVES.items():
            for other in others:
                channel = self._channel(adapter, address, account_ref=ACCOUNT)
                self.assertEqual(self._stored_secrets(channel), set(self.secrets))
                channel.with_user(self.manager).write({"base_url": other})
                self.assertEqual(self._stored_secrets(channel), set(), (adapter, other))
                [event] = self._events(channel)
                self.assertIn(address.removesuffix("/in").removesuffix("/boutique"), event.before)
                self.assertEqual(event.create_uid, self.manager)
                [alert] = channel.alert_ids
                self.assertEqual((alert.code, alert.level), ("address", "error"))
                self.assertIn("were removed", alert.text)

    def test_secrets_that_are_entered_with_the_address_are_kept(self):
        for adapter, (address, others) in MOVES.items():
            channel = self._channel(adapter, address, account_ref=ACCOUNT)
            channel.write({"base_url": others[0], "api_key": "new"})
            self.assertEqual(self._stored_secrets(channel), {"api_key"}, adapter)
            self.assertEqual(channel.api_key, "new")
            channel = self._channel(adapter, address, account_ref=ACCOUNT)
            channel.write({"base_url": others[0], **self._typed("new")})
            self.assertEqual(self._stored_secrets(channel), set(self.secrets), adapter)
            self.assertEqual((channel.state, channel.alert_ids.code), ("paused", "address"))
            self.assertEqual(len(self._events(channel)), 1)

    def test_the_same_server_keeps_them_however_it_is_written(self):
        channel = self._channel("woocommerce", "https://shop.example.com/one")
        for same in ("shop.example.com", "HTTPS://Shop.Example.com:443/two/", "shop.example.com."):
            channel.base_url = same
            self.assertEqual(self._stored_secrets(channel), set(self.secrets))
        self.assertEqual(channel.base_url, "https://shop.example.com")
        self.assertFalse(self._events(channel))

    def test_the_region_of_an_account_is_a_server_too(self):
        channel = self._channel("amazon", False, account_ref=ACCOUNT)
        channel.account_ref = f"{ACCOUNT},A13V1IB3VIYZZH"
        self.assertEqual(self._stored_secrets(channel), set(self.secrets))
        channel.account_ref = ACCOUNT_US
        self.assertEqual(self._stored_secrets(channel), set())
        [event] = self._events(channel)
        self.assertEqual(event.before, f"{amazon.LWA}, {amazon.ENDPOINTS['eu']}")
        self.assertEqual(event.after, f"{amazon.LWA}, {amazon.ENDPOINTS['na']}")

    def test_an_account_that_was_mistyped_is_corrected_without_entering_all_again(self):
        channel = self._channel("amazon", False, account_ref="a typing error")
        channel.account_ref = ACCOUNT
        self.assertEqual(self._stored_secrets(channel), set(self.secrets))
        channel.account_ref = "a typing error"
        self.assertEqual(self._stored_secrets(channel), set())
        channel = self._channel("amazon", False, account_ref="a typing error")
        channel.write({"account_ref": ACCOUNT, "base_url": "http://127.0.0.1:9"})
        self.assertEqual(self._stored_secrets(channel), set())

    def test_an_address_that_is_taken_away_and_given_again_is_another_one(self):
        channel = self._channel("prestashop", "https://shop.example.com")
        channel.base_url = False
        channel.base_url = f"https://{EVIL}"
        self.assertEqual(self._stored_secrets(channel), set())

    def test_secrets_without_an_address_are_for_none(self):
        channel = self._channel("canonical", False)
        channel.base_url = f"https://{EVIL}"
        self.assertEqual(self._stored_secrets(channel), set())

    def test_another_kind_gets_no_secret(self):
        channel = self._channel("woocommerce", "https://shop.example.com")
        channel.adapter = "prestashop"
        self.assertEqual(self._stored_secrets(channel), set())

    def test_a_copy_has_no_secret(self):
        channel = self._channel("woocommerce", "https://shop.example.com")
        self.assertEqual(self._stored_secrets(channel.copy()), set())

    def test_the_form_says_that_keys_are_removed(self):
        channel = self._channel("woocommerce", "https://shop.example.com")
        draft = channel.new({"base_url": f"https://{EVIL}"}, origin=channel)
        warning = draft._onchange_base_url()["warning"]
        self.assertIn("belong to https://shop.example.com", warning["message"])
        draft = channel.new({"adapter": False}, origin=channel)
        self.assertIsNone(draft._onchange_base_url())
        draft = channel.new({"base_url": "https://shop.example.com/x"}, origin=channel)
        self.assertIsNone(draft._onchange_base_url())
        with Form(channel.with_user(self.manager)) as form:
            form.base_url = f"https://{EVIL}"
        self.assertEqual(self._stored_secrets(channel), set())

    # === WHAT GOES ON BY ITSELF === #

    def test_another_server_is_told_and_asked_nothing_before_a_person_goes_live(self):
        for adapter, (address, _others) in MOVES.items():
            listener = Listener()
            with server(listener) as port:
                channel = self._channel(adapter, address, account_ref=ACCOUNT)
                channel.webhooks_state = "ok"
                early = self._message(channel)
                there = f"http://127.0.0.1:{port}"
                channel.with_user(self.manager).write({"base_url": there})
                self.assertEqual((channel.state, channel.webhooks_state), ("paused", "none"))
                [alert] = channel.alert_ids
                self.assertEqual((alert.code, alert.has_place), ("address", True))
                self.assertIn("The channel is paused. 1 messages", alert.text)
                self.assertIn("go live", alert.advice)
                self.assertTrue(channel.activity_ids)
                self.assertEqual(early.state, "failed")
                self.assertIn("the message was for", early.error)
                # With the keys of the new one, too, it waits for the person.
                channel.with_user(self.manager).sudo().write(self._typed("K" * 32))
                late = self._message(channel)
                self._run_lanes()
                self.assertEqual(listener.heard, [], adapter)
                self.assertEqual((early.state, late.state), ("failed", "pending"))
                self._go_live(channel)
                self.assertFalse(channel.moved_from)
                self.assertFalse(channel.alert_ids.filtered(lambda a: a.code == "address"))
                self.assertEqual((early.state, late.state), ("failed", "failed"))
                sent = self._sent_by_lanes(channel)
                self.assertNotIn(early.event_ref, sent)
                self.assertNotIn(late.event_ref, sent)
                early.with_user(self.manager).action_retry()
                self.assertEqual(self._sent_by_lanes(channel), [early.event_ref])

    def _go_live(self, channel):
        adapter = type(channel._adapter())
        with (
            patch.object(adapter, "_test_connection", lambda *a: ""),
            patch.object(adapter, "_ensure_webhooks", lambda *a: []),
        ):
            channel.with_user(self.manager).action_go_live()

    def _sent_by_lanes(self, channel):
        """:return: the messages that the outbox hands to the adapter of a channel"""
        sent = []

        def send(adapter, channel, topic, key, payload):
            sent.append(key)
            return OUTCOMES.get(topic, Outcome)()

        with patch.object(type(channel._adapter()), "_send", send):
            self._run_lanes("outbox")
        return sent

    def test_a_channel_that_lost_its_address_on_the_way_waits_for_a_person_too(self):
        channel = self._channel("woocommerce", "https://shop.example.com")
        channel.base_url = False
        self.assertEqual(
            (channel.state, channel.moved_from), ("paused", "https://shop.example.com")
        )
        late = self._message(channel)
        channel.base_url = f"https://{EVIL}"
        self.assertEqual((late.state, channel.moved_from), ("failed", "https://shop.example.com"))

    def test_a_refund_that_was_not_sent_is_shown_with_its_order(self):
        channel = self._channel("woocommerce", "https://shop.example.com")
        order = self._capture(self._document("R1"))
        order.oms_channel_id = channel
        content = {"amount": "1.00", "shipping": "0.00", "charge_ref": "", "lines": []}
        self.env["oms.order.refund"]._request(order, content, "broken")
        [refund] = order.oms_refund_ids
        channel.base_url = f"https://{EVIL}"
        self.assertEqual((refund.state, refund.message_id.state), ("failed", "failed"))
        self.assertEqual(self._holds(order), ["REFUND_UNMATCHED"])
        self.assertIn("It is unknown whether the channel refunded", order.oms_hold_ids.detail)

    # === THE ATTACK OF A MANAGER === #

    def test_a_test_of_the_connection_takes_no_secret_to_the_server_of_a_manager(self):
        for adapter, (address, _others) in MOVES.items():
            listener = Listener()
            with server(listener) as port:
                channel = self._channel(adapter, address, account_ref=ACCOUNT)
                mine = channel.with_user(self.manager)
                mine.write({"base_url": f"http://127.0.0.1:{port}"})
                mine.action_test_connection()
                # With a key of his own, his server is asked, and hears no other.
                mine.sudo().write({"api_key": "K" * 32})
                mine.action_test_connection()
                mine.sudo().write(self._typed("K" * 32))
                mine.action_test_connection()
            self.assertNotIn("secret-of-", "".join(listener.heard), adapter)
            if adapter != "canonical":
                self.assertTrue(listener.heard, adapter)

    def test_the_wizard_takes_no_secret_to_the_server_of_a_manager(self):
        for adapter, (address, _others) in MOVES.items():
            listener = Listener()
            with server(listener) as port:
                channel = self._channel(adapter, address, account_ref=ACCOUNT)
                action = channel.with_user(self.manager).action_connect()
                wizard = self.env["oms.channel.connect"].with_user(self.manager)
                wizard = wizard.browse(action["res_id"])
                if "base_url" not in wizard.credentials:
                    continue
                wizard.write({"base_url": f"http://127.0.0.1:{port}", "api_key": "K" * 32})
                wizard.action_next()
                lost = set(wizard._adapter()._required_credentials) & {*self.secrets} - {"api_key"}
                if lost:
                    self.assertIn(
                        "The address changed, and the credentials belong to", wizard.error
                    )
                wizard._enter("test")
                self.assertEqual(channel.base_url, f"http://127.0.0.1:{port}")
                self.assertEqual(self._stored_secrets(channel), {"api_key"})
            self.assertNotIn("secret-of-", "".join(listener.heard), adapter)

    def test_a_call_of_another_server_with_the_access_of_the_channel_is_refused(self):
        listener = Listener()
        with server(listener) as there, server(Listener()) as here:
            channel = self._channel("prestashop", f"http://127.0.0.1:{here}")
            for options in (
                {"auth": ("secret-of-x", "")},
                {"headers": {"X-Shopify-Access-Token": "secret-of-x"}},
                {"headers": {"authorization": "secret-of-x"}},
                {"headers": {"Cookie": "secret-of-x"}},
            ):
                for url in (f"http://127.0.0.1:{there}/x", "https://files.example.com/x"):
                    with self.assertRaisesRegex(UserError, "is not the server of A prestashop"):
                        channel._adapter()._call(channel, "GET", url, **options)
        self.assertEqual(listener.heard, [])

    # === WHICH ADDRESSES A CHANNEL CAN HAVE === #

    def test_a_kind_of_one_maker_has_its_servers_only(self):
        self._trust("")
        for adapter, good, bad in (
            (
                "shopify",
                ("https://one.myshopify.com", "one-2.myshopify.com"),
                (
                    f"https://{EVIL}",
                    f"https://one.myshopify.com.{EVIL}",
                    "https://myshopify.com",
                    "https://a.b.myshopify.com",
                    "https://one.myshopify.com:8443",
                    "https://onemyshopify.com",
                    "https://8.8.8.8",
                ),
            ),
            (
                "amazon",
                (
                    "https://sellingpartnerapi-fe.amazon.com",
                    "sandbox.sellingpartnerapi-na.amazon.com",
                ),
                (
                    f"https://{EVIL}",
                    f"https://sellingpartnerapi-eu.amazon.com.{EVIL}",
                    "https://sellingpartnerapi-eu.amazon.com:444",
                    "https://x.amazon.com",
                    "https://s3.amazonaws.com",
                ),
            ),
        ):
            channel = self._channel(adapter, good[0], account_ref=ACCOUNT)
            for address in bad:
                with self.assertRaisesRegex(UserError, "is not available at .*, but at "):
                    with self.env.cr.savepoint():
                        channel.write({"base_url": address, "name": "Changed"})
                channel.invalidate_recordset()
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    self._channel(adapter, address)
            self.assertEqual((channel.base_url, channel.name), (good[0], f"A {adapter}"))
            self.assertEqual(self._stored_secrets(channel), set(self.secrets))
            channel.base_url = good[1]
            self.assertEqual(channel.base_url, f"https://{good[1]}")

    def test_addresses_that_are_none_or_of_this_network_are_refused_when_they_are_written(self):
        self._trust("")
        channel = self._channel("woocommerce", "https://shop.example.com")
        for address, words in (
            ("http://shop.example.com", "does not use encryption"),
            ("https://127.0.0.1", "in the network of the Odoo server"),
            ("https://localhost:8069", "in the network of the Odoo server"),
            ("https://169.254.169.254/latest", "in the network of the Odoo server"),
            ("https://[::ffff:10.0.0.1]", "in the network of the Odoo server"),
            ("https://2130706433", "not a valid address"),
            ("https://shop.example.com\\@evil.example", "not a valid address"),
            ("file:///etc/passwd", "not a valid address"),
            ("javascript:alert(1)", "not a valid address"),
            (f"https://{EVIL}/#", "more than a server and a folder"),
            (f"https://{EVIL}/?x=", "more than a server and a folder"),
            (f"https://user:word@{EVIL}", "more than a server and a folder"),
        ):
            with self.assertRaisesRegex(UserError, words) as caught, self.env.cr.savepoint():
                channel.with_user(self.manager).write({"base_url": address})
            self.assertNotIn("word@", str(caught.exception))
            channel.invalidate_recordset()
        self.assertEqual(channel.base_url, "https://shop.example.com")
        self.assertEqual(self._stored_secrets(channel), set(self.secrets))

    def test_an_address_of_before_is_checked_when_it_is_called(self):
        """What stands in the database already, or was allowed once, is called by no adapter."""
        listener = Listener()
        with server(listener) as port:
            for adapter in MOVES:
                for address in (
                    f"http://127.0.0.1:{port}/#",
                    f"http://127.0.0.1:{port}?x=",
                    f"http://x@127.0.0.1:{port}",
                    f"HTTP://127.0.0.1:{port}\\@shop.example.com",
                ):
                    channel = self._channel(adapter, MOVES[adapter][0], account_ref=ACCOUNT)
                    self._stand(channel, address)
                    self._fails_to_call(channel)
                channel = self._channel(adapter, MOVES[adapter][0], account_ref=ACCOUNT)
                self._stand(channel, f"http://127.0.0.1:{port}")
                self._trust("")
                self._fails_to_call(channel)
                self._trust("127.0.0.1, shop.example.com")
        self.assertEqual(listener.heard, [])

    def _stand(self, channel, address):
        self.env.cr.execute(
            "UPDATE oms_channel SET base_url = %s WHERE id = %s", (address, channel.id)
        )
        channel.invalidate_recordset()

    def _fails_to_call(self, channel):
        adapter = channel._adapter()
        with self.assertRaises(UserError):
            url = f"{adapter._base_url(channel)}/x"
            adapter._request(channel, "GET", url, headers={"X-Key": "secret-of-x"})

    def test_administrators_alone_name_hosts(self):
        self._trust("")
        channel = self._channel("prestashop", "https://shop.example.com")
        parameters = self.env["ir.config_parameter"].with_user(self.manager)
        with self.assertRaises(AccessError):
            parameters.set_param("oms_addon.trusted_hosts", "127.0.0.1")
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(self.manager).create(
                {"oms_trusted_hosts": "127.0.0.1"}
            ).execute()
        with self.assertRaisesRegex(ValidationError, "“\\*” is not a valid host"):
            self.env["res.config.settings"].create({"oms_trusted_hosts": "*"})
        self.env["res.config.settings"].create({"oms_trusted_hosts": "127.0.0.1:9"}).execute()
        with self.assertRaisesRegex(UserError, "does not use encryption"):
            channel.base_url = "http://127.0.0.1:10"
        channel.base_url = "http://127.0.0.1:9"
        self.assertIn("refused the connection", self._test(channel, "K" * 32))

    def _test(self, channel, key):
        channel.write(self._typed(key))
        return channel._adapter()._test_connection(channel)

    def test_login_with_amazon_is_asked_at_amazon_wherever_the_endpoint_is(self):
        asked = []

        def request(method, url, **options):
            asked.append((url, b"secret-of-" in (options["body"] or b"")))
            body = b'{"access_token": "a", "expires_in": 3600, "items": [], "orders": []}'
            return http.Answer(200, {}, body, url)

        for base_url in (False, amazon.ENDPOINTS["eu"], amazon.SANDBOXES["eu"]):
            channel = self._channel("amazon", base_url, account_ref=ACCOUNT)
            asked.clear()
            with patch.object(http, "request", request):
                channel._adapter()._access_token(channel)
                channel._adapter()._send_request(channel, "getFeed", "GET", "/feeds/x")
            endpoint = base_url or amazon.ENDPOINTS["eu"]
            self.assertEqual(
                asked, [(f"{amazon.LWA}/auth/o2/token", True), (f"{endpoint}/feeds/x", False)]
            )

    # === ADDRESSES THAT ANSWERS GIVE === #

    def test_a_download_goes_to_no_server_of_this_network(self):
        listener = Listener(page(200, "internal-page-4711"))
        with server(listener) as there, server(Listener()) as here:
            shopify = self._channel("shopify", f"http://127.0.0.1:{here}")
            sellers = self._channel("amazon", f"http://127.0.0.1:{here}", account_ref=ACCOUNT)
            for url in (
                f"http://127.0.0.1:{there}/latest/meta-data",
                f"https://127.0.0.1:{there}/",
                f"http://localhost:{there}/",
                f"http://127.0.0.1:{here}@127.0.0.1:{there}/",
                f"http://127.0.0.1:{here}\\@127.0.0.1:{there}/",
                "http://169.254.169.254/latest/meta-data/",
                "https://169.254.169.254/latest/meta-data/",
                "https://[::1]/",
                "file:///etc/passwd",
            ):
                state = {"status": "COMPLETED", "fileSize": "1", "url": url}
                adapter = shopify._adapter()
                with (
                    patch.object(
                        type(adapter), "_graphql", lambda *a, s=state, **k: {"bulkOperation": s}
                    ),
                    self.assertRaises(UserError) as caught,
                ):
                    adapter._read_export(shopify, "1", "export:1")
                self.assertNotIn("internal-page", str(caught.exception))
                with self.assertRaises(UserError) as caught:
                    sellers._adapter()._download(sellers, {"url": url})
                self.assertNotIn("internal-page", str(caught.exception))
                with self.assertRaises(UserError):
                    sellers._adapter()._store(
                        sellers, "PUT", url, body=b"x", headers={"Content-Type": "text/xml"}
                    )
        self.assertEqual(listener.heard, [])

    def test_one_call_that_cannot_be_made_stops_no_other(self):
        with server(Listener()) as port:
            channel = self._channel("prestashop", f"http://127.0.0.1:{port}")
            adapter = channel._adapter()
            for path in ("/orders/a b", "/orders/a\nb", "/orders/x#y", "/../x", "/orders/\\"):
                with self.assertRaises(FinalError):
                    adapter._call(channel, "GET", path)
            with self.assertRaises(RetryableError) as caught:
                adapter._call(channel, "GET", "https://10.0.0.1/x")
            self.assertFalse(caught.exception.unreachable)
            self.assertEqual(adapter._call(channel, "GET", "/orders/1").json(), {"ok": True})

    # === WHAT EVERYBODY READS === #

    def test_no_text_that_people_read_quotes_what_a_server_answered(self):
        mark = "internal-page-4711"
        for status, kind in ((200, "text/html"), (400, "text/html"), (500, "text/plain")):
            with server(Listener(page(status, f"<html>{mark}</html>", kind))) as port:
                for adapter in MOVES:
                    self._hear(adapter, port, mark)

    def _hear(self, adapter, port, mark):
        """Test, poll and send on a channel whose server answers a mark; nobody reads it."""
        address = f"http://127.0.0.1:{port}"
        channel = self._channel(adapter, address, account_ref=ACCOUNT)
        channel.write(self._typed("K" * 32))
        self.assertNotIn(mark, str(channel.action_test_connection()))
        if channel.can_fetch:
            self.assertNotIn(mark, str(channel._poll()))
            self.assertTrue(channel.alert_ids)
        adapter_class = type(channel._adapter())
        for push in (adapter_class._send, self._call_and_read):
            message = self._message(channel)
            with patch.object(adapter_class, "_send", push):
                message._send(JobRun())
            self.assertNotIn(mark, str(message.error))
            self.assertNotIn(mark, str(message.result))
        if adapter != "amazon":
            self.assertIn(mark, message.trace)
        texts = [*channel.alert_ids.mapped("text"), *channel.alert_ids.mapped("advice")]
        events = self.env["oms.event"].search([("channel_id", "=", channel.id)])
        texts += [*events.mapped("name"), *channel.activity_ids.mapped("note")]
        self.assertNotIn(mark, " ".join(str(text) for text in texts))

    @staticmethod
    def _call_and_read(adapter, channel, topic, key, payload):
        return adapter._call(channel, "POST", "/x", body=payload).json()

    def _message(self, channel):
        Message = self.env["oms.channel.message"]
        key = f"{channel.id}:{Message.search_count([])}"
        content = {"order_ref": "1", "shipment_ref": "S", "lines": [], "parcels": []}
        Message._send_later([(channel, "shipment", key, self.env["sale.order"], content)])
        return Message.search([("event_ref", "=", key)])
