"""Whoever reads the audit trail reads labels, never technical keys."""

from ..common import OmsCommon


class TestEventText(OmsCommon):
    def _event(self, record, code, **values):
        self.env["oms.event"]._log(record, code, "Changed", **values)
        return self.env["oms.event"].search([("code", "=", code)], limit=1)

    def _texts(self, event):
        return event.before_text, event.after_text, event.change

    def test_a_change_of_a_state_shows_labels(self):
        channel = self.channel.copy({"name": "New"})
        channel.action_go_live()
        event = self.env["oms.event"].search(
            [("res_id", "=", channel.id), ("code", "=", "channel.state")], limit=1
        )
        self.assertEqual((event.before, event.after), ("draft", "live"))
        labels = dict(self.env["oms.channel"]._fields["state"].selection)
        self.assertEqual(
            self._texts(event),
            (labels["draft"], labels["live"], f"{labels['draft']} → {labels['live']}"),
        )

    def test_labels_are_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        selection = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "payment.transaction"), ("value", "=", "done")], limit=1
        )
        selection.with_context(lang="fr_FR").name = "Confirmé"
        event = self._event(
            self._capture(self._document("T1")), "payment.updated", before="pending", after="done"
        )
        self.assertEqual(event.after_text, "Confirmed")
        self.assertEqual(event.with_context(lang="fr_FR").after_text, "Confirmé")

    def test_the_state_of_a_recorded_payment_is_a_word(self):
        event = self._event(self.channel, "payment.recorded", after="success")
        self.assertEqual(self._texts(event), (False, "Successful", "Successful"))

    def test_codes_and_digests_are_recorded_and_not_shown(self):
        for code in ("channel.alert", "channel.settled", "message.edited"):
            event = self._event(self.channel, code, before="fetch", after="9f86d08188")
            self.assertEqual((event.before, event.after), ("fetch", "9f86d08188"))
            self.assertEqual(self._texts(event), (False, False, False))

    def test_other_values_are_shown_as_they_were_recorded(self):
        event = self._event(self.channel, "order.updated", before="1", after="2")
        self.assertEqual(self._texts(event), ("1", "2", "1 → 2"))

    def test_what_is_shown_leaves_the_chain_as_it_is(self):
        Event = self.env["oms.event"]
        self._event(self.channel, "channel.state", before="draft", after="live")
        Event._seal()
        Event.search([]).mapped("change")
        self.assertFalse(Event._verify_chain(self.company))

    def test_no_value_of_a_story_is_the_key_of_a_selection(self):
        """An event with a new code that records keys needs a row of its own."""
        self._capture(self._document("S1"))
        self.channel.action_pause()
        keys = {
            key
            for name in ("oms.channel", "payment.transaction", "sale.order", "stock.picking")
            for field in self.env[name]._fields.values()
            if field.type == "selection" and isinstance(field.selection, list)
            for key, label in field.selection
            if key and key != label and not key.isdigit()
        } | {"success", "failed"}
        events = self.env["oms.event"].search([])
        self.assertTrue(events.filtered(lambda e: e.before or e.after))
        self.assertEqual(
            {
                (event.code, text)
                for event in events
                for text in (event.before_text, event.after_text)
                if text in keys
            },
            set(),
        )
