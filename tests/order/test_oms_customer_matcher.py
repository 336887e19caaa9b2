from ..common import OmsCommon


class TestCustomers(OmsCommon):
    def test_a_customer_is_known_by_the_channels_id_first(self):
        first = self._capture(self._document("A1"))
        second = self._capture(
            self._document(
                "A2", customer={"ref": "C-A1", "name": "Ann", "email": "other@example.com"}
            )
        )
        self.assertEqual(second.partner_id, first.partner_id)

    def test_the_same_email_in_another_case_on_another_channel_is_one_customer(self):
        first = self._capture(self._document("A1"))
        other = self._make_channel("Second shop")
        second = self._capture(
            self._document(
                "A1", customer={"ref": "77", "name": "A.", "email": " ANN.A1@Example.com"}
            ),
            channel=other,
        )
        self.assertEqual(second.partner_id, first.partner_id)
        self.assertEqual(first.partner_id.name, "Ann A1")

    def test_a_contact_of_odoo_is_recognised_by_its_email(self):
        partner = self.env["res.partner"].create({"name": "Known", "email": "Known@Example.com"})
        order = self._capture(
            self._document("A1", customer={"ref": "1", "name": "K.", "email": "known@example.com"})
        )
        self.assertEqual(order.partner_id, partner)
        self.assertEqual(partner.name, "Known")

    def test_a_phone_counts_only_where_no_email_contradicts(self):
        first = self._capture(
            self._document("A1", customer={"name": "Ann", "phone": "+44 20 7946 0000"})
        )
        same = self._capture(
            self._document("A2", customer={"name": "Ann", "phone": "+442079460000"})
        )
        self.assertEqual(same.partner_id, first.partner_id)
        first.partner_id.email = "ann@example.com"
        other = self._capture(
            self._document(
                "A3", customer={"name": "Bob", "phone": "+442079460000", "email": "bob@example.com"}
            )
        )
        self.assertNotEqual(other.partner_id, first.partner_id)

    def test_an_address_documents_use_is_never_overwritten(self):
        first = self._capture(self._document("A1"))
        moved = {**self._document("A1")["shipping"], "street": "2 New Road"}
        second = self._capture(self._document("A2", customer={"ref": "C-A1"}, shipping=moved))
        self.assertEqual(second.partner_id, first.partner_id)
        self.assertEqual(first.partner_shipping_id.street, "1 High Street")
        self.assertEqual(second.partner_shipping_id.street, "2 New Road")
        self.assertEqual(second.partner_shipping_id.parent_id, first.partner_id)
        third = self._capture(self._document("A3", customer={"ref": "C-A1"}, shipping=moved))
        self.assertEqual(third.partner_shipping_id, second.partner_shipping_id)

    def test_a_present_goes_to_who_gets_it_and_the_invoice_to_who_pays(self):
        present = {**self._document("A1")["shipping"], "name": "Her aunt"}
        first = self._capture(self._document("A1", shipping=present))
        second = self._capture(self._document("A2", customer={"ref": "C-A1"}, shipping=present))
        third = self._capture(
            self._document("A3", customer={"ref": "C-A1", "name": "Ann A1"}, shipping=present)
        )
        for order in first + third:
            self.assertEqual(order.partner_invoice_id, order.partner_id)
            self.assertEqual(order.partner_id.name, "Ann A1")
        for order in first + second + third:
            self.assertEqual(order.partner_shipping_id.name, "Her aunt")
            self.assertEqual(order.partner_shipping_id.parent_id, order.partner_id)
        self.assertEqual(first.partner_shipping_id, third.partner_shipping_id)

    def test_two_orders_of_a_new_customer_in_one_batch_make_one_customer(self):
        customer = {"ref": "N1", "name": "New", "email": "new@example.com"}
        orders = self._capture(
            self._document("A1", customer=customer), self._document("A2", customer=customer)
        )
        self.assertEqual(len(orders), 2)
        self.assertEqual(len(orders.partner_id), 1)

    def test_a_private_customer_of_another_company_is_not_found(self):
        other = self.env["res.company"].create({"name": "Other"})
        private = self.env["res.partner"].create(
            {"name": "Private", "email": "ann.a1@example.com", "company_id": other.id}
        )
        order = self._capture(self._document("A1"))
        self.assertNotEqual(order.partner_id, private)

    def test_two_new_customers_of_one_batch_with_one_phone_stay_two(self):
        phone = "+44 20 7946 0000"
        orders = self._capture(
            self._document(
                "A1", customer={"name": "Ann", "email": "a@example.com", "phone": phone}
            ),
            self._document(
                "A2", customer={"name": "Bob", "email": "b@example.com", "phone": phone}
            ),
            self._document(
                "A3", customer={"name": "Bob", "email": "b@example.com", "phone": phone}
            ),
        )
        self.assertEqual(
            orders.sorted("id").partner_id.mapped(lambda p: (p.name, p.email)),
            [("Ann", "a@example.com"), ("Bob", "b@example.com")],
        )
        keys = self.env["oms.customer.key"].search([("kind", "=", "phone")])
        self.assertEqual(
            keys.mapped(lambda k: (k.key, k.partner_id.name)), [("+442079460000", "Ann")]
        )

    def _customers(self, *customers):
        """:return: the customer of an order of each, one order after the other"""
        self.round = getattr(self, "round", 0) + 1
        return [
            self._capture(
                self._document(
                    f"K{self.round}-{number}",
                    customer={"name": name, **keys},
                    shipping={
                        "name": name,
                        "street": f"{number} High Street",
                        "city": "Leeds",
                        "zip": "LS1 1AA",
                        "country": "GB",
                    },
                )
            ).partner_id
            for number, (name, keys) in enumerate(customers, 1)
        ]

    def test_what_is_no_phone_number_merges_nobody(self):
        for phone in ("(+1)832*****42", "0000000000", "call me", "12345"):
            ann, also_ann = self._customers(("Ann", {"phone": phone}), ("Ann", {"phone": phone}))
            self.assertNotEqual(ann, also_ann, phone)
            self.assertEqual((ann.phone, also_ann.phone), (phone, phone))

    def test_numbers_with_different_extensions_are_different(self):
        ann, other, again = self._customers(
            ("Ann", {"phone": "+1 415-419-8616 ext. 11"}),
            ("Ann", {"phone": "+1 415-419-8616 ext. 12"}),
            ("Ann", {"phone": "+14154198616x11"}),
        )
        self.assertNotEqual(ann, other)
        self.assertEqual(again, ann)

    def test_a_number_in_its_countrys_own_form_is_the_same(self):
        ann, again = self._customers(
            ("Ann", {"phone": "020 7946 0000"}), ("Ann", {"phone": "0044 20 79460000"})
        )
        self.assertEqual(again, ann)

    def test_a_phone_shared_by_other_names_and_addresses_merges_nobody(self):
        ann, bob, ann_moved = self._customers(
            ("Ann", {"phone": "+44 20 7946 0000"}),
            ("Bob", {"phone": "+44 20 7946 0000"}),
            ("Ann", {"phone": "+44 20 7946 0000"}),
        )
        self.assertNotEqual(bob, ann)
        self.assertEqual(ann_moved, ann)

    def test_an_email_nobody_reads_merges_nobody(self):
        for email in ("no-reply@example.com", "guest@example.com", "x@members.ebay.com"):
            ann, bob = self._customers(("Ann", {"email": email}), ("Bob", {"email": email}))
            self.assertNotEqual(ann, bob, email)
            self.assertEqual((ann.email, bob.email), (email, email))

    def test_the_customer_for_guests_is_never_known_by_what_a_guest_tells(self):
        guest = self.env["res.partner"].create({"name": "Guest"})
        self.channel.guest_partner_id = guest
        nobody, relayed, named = self._customers(
            ("", {"email": "guest"}),
            ("Ann", {"email": "a7@marketplace.amazon.com"}),
            ("Bob", {"phone": "not told"}),
        )
        self.assertEqual(nobody, guest)
        self.assertEqual((relayed.name, named.name), ("Ann", "Bob"))
        self.assertFalse(self.env["oms.customer.key"].search([("partner_id", "=", guest.id)]))

    def test_a_cancellation_by_phone_finds_no_other_customer(self):
        order = self._capture(
            self._document("A1", customer={"name": "Ann", "phone": "+44 20 7946 0000"})
        )
        message = self._receive(
            self._cancellation(
                "",
                ref="X1",
                customer={"name": "Bob", "phone": "+44 20 7946 0000"},
                lines=[{"sku": "MUG", "quantity": "1", "unit_price": "10.00"}],
            ),
            topic="cancellations",
        )
        self._run_lanes()
        self.assertEqual(message.state, "parked")
        self.assertEqual(order.order_line.product_uom_qty, 2.0)
