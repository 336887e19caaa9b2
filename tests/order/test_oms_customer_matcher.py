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
