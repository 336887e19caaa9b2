"""Who only packs and ships does all of that, is told no prices, and finds them by no way."""

import json
import re

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, JsonRpcException, new_test_user
from odoo.tools import mute_logger

from .allocation.common import AllocationCommon
from .web_client import WebClient


class WarehouseCommon(AllocationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.packer = new_test_user(
            cls.env, "packer", groups="base.group_user,oms_addon.oms_addon_group_warehouse"
        )

    def _as_packer(self, record):
        """:return: a record as who packs sees it, in a request of its own"""
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_user(self.packer)


class TestWarehouseTasks(WarehouseCommon):
    def _make_delivery(self, quantity=3):
        order = self._make_order((self.mug, quantity))
        self._serve(order)
        return order, order.picking_ids

    def test_a_delivery_is_packed_and_validated(self):
        order, picking = self._make_delivery()
        picking = self._as_packer(picking)
        picking.action_put_in_pack()
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(order.order_line.qty_delivered, 3)
        # It is valued all the same.
        self.assertEqual(picking.sudo().move_ids.value, 3 * self.mug.standard_price)

    def test_a_part_is_sent_and_the_rest_is_a_backorder(self):
        _order, picking = self._make_delivery()
        picking = self._as_packer(picking)
        picking.move_ids.quantity = 2
        action = picking.button_validate()
        wizard = Form.from_action(self.env(user=self.packer), action).save()
        wizard.process()
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.backorder_ids.move_ids.product_uom_qty, 1)
        self.assertEqual(
            picking.backorder_ids.sudo().move_ids.price_unit, picking.sudo().move_ids.price_unit
        )

    def test_a_delivery_is_cancelled_and_unreserved(self):
        _order, picking = self._make_delivery()
        picking = self._as_packer(picking)
        picking.do_unreserve()
        picking.action_assign()
        picking.action_cancel()
        self.assertEqual(picking.state, "cancel")

    def test_a_return_is_made_and_received(self):
        order, picking = self._make_delivery()
        picking = self._as_packer(picking)
        picking.button_validate()
        wizard = Form(
            self.env["stock.return.picking"]
            .with_user(self.packer)
            .with_context(active_id=picking.id, active_model="stock.picking")
        ).save()
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back = back.with_user(self.packer)
        back.move_ids.quantity = 1
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(back.state, "done")
        self.assertEqual(order.order_line.qty_delivered, 2)

    def test_a_batch_is_made_and_done(self):
        pickings = self._make_delivery()[1] | self._make_delivery()[1]
        batch = self.env["stock.picking.batch"].with_user(self.packer).create({})
        batch.picking_ids = self._as_packer(pickings)
        batch.action_confirm()
        batch.action_done()
        self.assertEqual(pickings.mapped("state"), ["done", "done"])

    def test_a_receipt_is_received_in_lots(self):
        self.mug.write({"tracking": "lot", "lot_valuated": True})
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.mug.id, "product_qty": 5, "price_unit": 4321.09}
                    )
                ],
            }
        )
        purchase.button_confirm()
        receipt = self._as_packer(purchase.picking_ids)
        receipt.move_ids.write(
            {
                "picked": True,
                "move_line_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "product_id": self.mug.id,
                            "lot_name": "L-1",
                            "quantity": 5,
                            "location_id": receipt.location_id.id,
                            "location_dest_id": receipt.location_dest_id.id,
                        }
                    ),
                ],
            }
        )
        receipt.button_validate()
        self.assertEqual(receipt.state, "done")
        self.assertEqual(receipt.sudo().move_ids.value, 5 * 4321.09)

    def test_goods_are_scrapped_counted_and_moved(self):
        env = self.env(user=self.packer)
        scrap = env["stock.scrap"].create(
            {
                "product_id": self.mug.id,
                "scrap_qty": 1,
                "location_id": self.warehouse.lot_stock_id.id,
            }
        )
        scrap.action_validate()
        quant = env["stock.quant"].search(
            [
                ("product_id", "=", self.mug.id),
                ("location_id", "=", self.warehouse.lot_stock_id.id),
            ]
        )
        before = quant.quantity
        quant.with_context(inventory_mode=True).inventory_quantity = before - 2
        quant.action_apply_inventory()
        self.assertEqual((scrap.state, quant.quantity), ("done", before - 2))

    def test_a_delivery_is_made_by_hand_and_copied(self):
        with Form(
            self.env["stock.picking"]
            .with_user(self.packer)
            .with_context(default_picking_type_id=self.warehouse.out_type_id.id)
        ) as form:
            form.partner_id = self.customer
            with form.move_ids.new() as move:
                move.product_id = self.mug
                move.product_uom_qty = 1
        picking = form.record
        picking.action_confirm()
        copy = picking.copy()
        self.assertEqual(copy.move_ids.product_uom_qty, 1)

    def test_every_paper_of_a_delivery_is_printed(self):
        _order, picking = self._make_delivery()
        reports = self.env["ir.actions.report"].search(
            [("model", "in", ("stock.picking", "stock.picking.batch", "stock.package"))]
        )
        batch = self.env["stock.picking.batch"].create({"picking_ids": [Command.set(picking.ids)]})
        printed = []
        for report in reports:
            ids = {"stock.picking": picking.ids, "stock.picking.batch": batch.ids}
            if report.model not in ids or report.report_type == "qweb-text":
                continue
            self._as_packer(picking)
            html, _type = report.with_user(self.packer)._render_qweb_html(
                report.report_name, ids[report.model]
            )
            printed.append(report.report_name)
            self.assertTrue(html)
        self.assertIn("stock.report_deliveryslip", printed)

    def test_labels_of_products_are_printed_without_prices(self):
        wizard = Form(
            self.env["product.label.layout"]
            .with_user(self.packer)
            .with_context(default_product_ids=self.mug.ids)
        ).save()
        self.assertEqual(wizard.print_format, "4x12")
        report, data = wizard._prepare_report_data()
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.packer)
            ._render_qweb_html(
                report, None, data={**data, "quantity_by_product": {str(self.mug.id): 1}}
            )
        )
        self.assertIn(b"MUG", html)
        self.assertNotIn(b"o_label_price", html)

    def test_orders_are_confirmed_cancelled_and_opened_again(self):
        order = self._make_order((self.mug, 1))
        order = self._as_packer(order)
        order.action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_each_menu_of_the_inventory_and_its_forms_open(self):
        self._make_delivery()
        self._make_delivery()[1].button_validate()
        client = WebClient(self.env(user=self.packer), per_model=3)
        client.open_app("stock.menu_stock_root")
        # Odoo offers this filter to everybody, and lets salespeople use it.
        failures = [f for f in client.failures if "attached_on_sale" not in f]
        self.assertFalse(failures, "\n".join(dict.fromkeys(failures)))

    def test_what_is_missing_is_replenished(self):
        self.mug.write(
            {
                "route_ids": [Command.link(self.env.ref("purchase_stock.route_warehouse0_buy").id)],
                "seller_ids": [Command.create({"partner_id": self.customer.id, "price": 4321.09})],
            }
        )
        product = self._as_packer(self.mug)
        wizard = Form(
            self.env["product.replenish"]
            .with_user(self.packer)
            .with_context(default_product_id=product.id)
        ).save()
        wizard.quantity = 7
        wizard.launch_replenishment()
        line = self.env["purchase.order.line"].search([("product_id", "=", product.id)])
        self.assertEqual((line.product_qty, line.price_unit), (7, 4321.09))


#: what the order of the tests costs, as it could be shown
CANARIES = ("4321.09", "4,321.09", "8642.18", "8,642.18", "1234.57", "1,234.57")


class TestWarehouseSeesNoPrices(WarehouseCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.packer.password = "packer"
        cls.mug.write(
            {
                "list_price": 4321.09,
                "standard_price": 1234.57,
                "seller_ids": [Command.create({"partner_id": cls.customer.id, "price": 1234.57})],
            }
        )

    def setUp(self):
        super().setUp()
        self.order = self._capture(self._document("R-1", lines=[("MUG", 2, "4321.09")]))
        self.purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.mug.id, "product_qty": 2, "price_unit": 4321.09}
                    )
                ],
            }
        )
        self.purchase.button_confirm()
        self.purchase.message_post(body="We pay 8642.18")
        self.note = self.order.message_post(
            body="Paid: 8642.18", attachments=[("q.txt", b"8642.18")]
        )
        self.env.flush_all()

    def _assert_hides(self, text, about):
        self.assertEqual([c for c in CANARIES if c in text], [], f"{about}: {text[:300]}")

    def _call(self, path, **params):
        """:return: what a JSON route answers"""
        return self.make_jsonrpc_request(path, params)

    def test_no_page_and_no_paper_shows_them(self):
        self.order._portal_ensure_token()
        self.authenticate("packer", "packer")
        order, purchase = self.order.id, self.purchase.id
        for path in (
            f"/my/orders/{order}",
            f"/my/orders/{order}?access_token=0",
            f"/my/orders/{order}?report_type=html",
            f"/my/orders/{order}/download_edi",
            "/my/orders",
            "/my/quotes",
            f"/my/purchase/{purchase}",
            f"/my/purchase/{purchase}/download_edi",
            "/my/purchase",
            "/my/rfq",
            f"/report/html/sale.report_saleorder/{order}",
            f"/report/html/sale.report_saleorder_pro_forma/{order}",
            f"/report/html/purchase.report_purchaseorder/{purchase}",
            f"/report/text/sale.report_saleorder/{order}",
            f"/odoo/sale.order/{order}",
            f"/json/1/sale.order/{order}",
            f"/web/content/{self.note.attachment_ids.id}",
            f"/oms/orders/{order}/cancel",
        ):
            with self.subTest(path=path), mute_logger("odoo.http"):
                answer = self.url_open(path)
                self._assert_hides(answer.text, path)
                self.assertNotEqual(answer.status_code, 500, answer.text[-600:])
        # The customer's own link is the customer's own.
        answer = self.url_open(f"/my/orders/{order}?access_token={self.order.access_token}")
        self.assertIn("8,642.18", answer.text)

    def test_no_note_and_no_file_of_an_order_shows_them(self):
        env = self.env(user=self.packer)
        for document in (self.order, self.purchase):
            about = [("model", "=", document._name), ("res_id", "=", document.id)]
            with self.subTest(model=document._name):
                self.assertFalse(env["mail.message"].search(about).filtered("body"))
                self.assertFalse(self._as_packer(document).message_ids.filtered("body"))
        files = self.note.attachment_ids
        self.assertFalse(env["ir.attachment"].search([("id", "in", files.ids)]))
        self.assertFalse(env["ir.attachment"].search([("res_model", "=", "sale.order")]))
        with self.assertRaises(AccessError):
            self._as_packer(files).read(["raw"])
        # What they write themselves, they read.
        mine = self._as_packer(self.order).message_post(body="The box is damaged")
        self.assertEqual(str(mine.body), "<p>The box is damaged</p>")
        self.authenticate("packer", "packer")
        answer = self._call(
            "/mail/thread/messages", thread_model="sale.order", thread_id=self.order.id
        )
        self._assert_hides(json.dumps(answer), "the thread")
        self.assertIn("damaged", json.dumps(answer))

    def test_no_public_method_answers_with_them(self):
        order, product = self._as_packer(self.order), self.mug.with_user(self.packer)
        lines, env = order.order_line, self.env(user=self.packer)
        pricelist = self.env["product.pricelist"].create({"name": "List"})
        report = {"pricelist_id": pricelist.id, "active_model": "product.product"}
        calls = {
            "pricelist": lambda: env["report.product.report_pricelist"].get_html(
                {**report, "active_ids": product.ids, "quantities": [1]}
            ),
            "portal": lambda: order.get_portal_url(),
            "preview": lambda: order.action_preview_sale_order(),
            "share": lambda: (
                env["portal.share"]
                .create({"res_model": "sale.order", "res_id": order.id})
                .share_link
            ),
            "mail": lambda: (
                env["mail.compose.message"]
                .with_context(
                    default_model="sale.order",
                    default_res_ids=order.ids,
                    default_template_id=self.env.ref("sale.email_template_edi_sale").id,
                )
                .create({})
                .body
            ),
            "copy": lambda: order.copy_data(),
            "line": lambda: lines.copy_data(),
            "forecast": lambda: env["stock.forecasted_product_product"].get_report_values(
                docids=product.ids
            ),
            "carrier": lambda: (
                env["choose.delivery.carrier"]
                .create(
                    {
                        "order_id": order.id,
                        "carrier_id": env["delivery.carrier"].search([], limit=1).id,
                    }
                )
                .read()
            ),
            "backorders": lambda: env["oms.backorder"].read_picture([]),
            "page": lambda: env["oms.availability"].read_page(product.id),
            "number": lambda: env["oms.availability"].explain_number(self.channel.id, product.id),
        }
        for name, call in calls.items():
            self.env.invalidate_all()
            with self.subTest(call=name), mute_logger("odoo.addons.mail.models.mail_render_mixin"):
                try:
                    with self.env.cr.savepoint():
                        answer = call()
                except (AccessError, UserError):
                    continue
                self._assert_hides(str(answer), name)

    def test_no_json_route_answers_with_them(self):
        self.authenticate("packer", "packer")
        common = {
            "currency_id": self.company.currency_id.id,
            "so_date": "2026-03-01",
            "product_template_id": self.mug.product_tmpl_id.id,
            "quantity": 1,
            "company_id": self.company.id,
            "ptav_ids": [],
        }
        for path, params in (
            ("/sale/product_configurator/get_values", common),
            ("/sale/product_configurator/update_combination", common),
            (
                "/product/catalog/order_lines_info",
                {"res_model": "sale.order", "order_id": self.order.id, "product_ids": self.mug.ids},
            ),
            (
                "/product/catalog/order_lines_info",
                {
                    "res_model": "purchase.order",
                    "order_id": self.purchase.id,
                    "product_ids": self.mug.ids,
                },
            ),
        ):
            with self.subTest(path=path), mute_logger("odoo.http"):
                try:
                    answer = self._call(path, **params)
                except JsonRpcException as error:
                    answer = str(error)
                self._assert_hides(json.dumps(answer), path)

    def test_prices_are_not_written_either_and_no_context_opens_them(self):
        order = self._as_packer(self.order).with_context(oms_reckons="acts")
        delivered = order.picking_ids.move_ids
        for record, values in (
            (order.order_line, {"price_unit": 1.0}),
            (order.order_line, {"discount": 100.0}),
            (delivered, {"price_unit": 1.0}),
            (delivered, {"value": 1.0}),
            (self.mug.with_user(self.packer), {"standard_price": 1.0}),
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                record.write(values)
        with self.assertRaises(AccessError):
            order.read(["amount_total"])
        self.assertEqual((self.order.amount_total, self.mug.standard_price), (8642.18, 1234.57))

    def test_the_api_is_closed_to_the_warehouse(self):
        tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
        keys = self.env["res.users.apikeys"].with_user(self.packer)
        headers = {
            "Authorization": f"Bearer {keys._generate('oms', 'test', tomorrow)}",
            "X-Oms-Channel": self.channel.token,
        }
        for path in ("/orders/R-1", "/orders", "/availability"):
            answer = self.url_open(f"/oms/api/v1{path}", headers=headers)
            self.assertEqual(answer.status_code, 403)
            self._assert_hides(answer.text, path)

    def test_a_storekeeper_of_odoo_without_our_role_sees_what_odoo_shows(self):
        plain = new_test_user(
            self.env, "storekeeper", groups="base.group_user,stock.group_stock_user"
        )
        order = self.order.with_user(plain)
        self.assertEqual(order.amount_total, 8642.18)
        self.assertEqual(order.order_line.price_unit, 4321.09)
        self.assertTrue(order.message_ids.filtered(lambda m: "8642.18" in str(m.body)))
        arch = order.get_view(view_type="form")["arch"]
        self.assertIn('name="price_unit"', arch)

    def test_who_packs_and_sells_sees_what_who_sells_sees(self):
        both = new_test_user(
            self.env,
            "packs_and_sells",
            groups="sales_team.group_sale_salesman_all_leads,oms_addon.oms_addon_group_warehouse",
        )
        order = self.order.with_user(both)
        self.assertEqual((order.amount_total, order.order_line.price_unit), (8642.18, 4321.09))

    def test_no_field_that_is_not_told_is_left_in_a_view_or_named_by_a_condition(self):
        env = self.env(user=self.packer)
        for model in ("sale.order", "purchase.order", "stock.picking", "product.template"):
            told = set(env[model].fields_get())
            for kind in ("form", "list", "kanban", "search"):
                arch = etree.fromstring(env[model].get_view(view_type=kind)["arch"])
                own = [
                    node.get("name")
                    for node in arch.iter("field")
                    if not any(p.tag == "field" for p in node.iterancestors())
                ]
                with self.subTest(model=model, view=kind):
                    self.assertEqual(
                        [n for n in own if n in env[model]._fields and n not in told], []
                    )
                    hidden = {
                        f.name
                        for f in env[model]._fields.values()
                        if not env[model]._oms_may_read(f)
                    }
                    named = {
                        word
                        for node in arch.iter()
                        for name in ("invisible", "domain", "context", "t-if", "readonly")
                        for word in re.findall(r"\w+", node.get(name) or "")
                        if not any(p.tag == "field" for p in node.iterancestors())
                    }
                    self.assertEqual(named & hidden, set())

    def test_no_caption_of_what_is_left_out_is_left(self):
        product = self.env["product.template"].with_user(self.packer)
        kanban = etree.fromstring(product.get_view(view_type="kanban")["arch"])
        self.assertNotIn("Price", "".join(kanban.itertext()))
        form = etree.fromstring(product.get_view(view_type="form")["arch"])
        self.assertFalse(form.xpath("//page[@name='sales_price'] | //div[@name='list_price_uom']"))

    def test_the_papers_and_buttons_of_sales_are_not_offered(self):
        order = self.env["sale.order"].with_user(self.packer)
        views = order.get_views([(False, "form")], {"toolbar": True})["views"]["form"]
        self.assertEqual(views["toolbar"].get("print", []), [])
        actions = {action["name"] for action in views["toolbar"].get("action", [])}
        self.assertEqual(actions & {"Send an email", "Share", "Mark Quotation as Sent"}, set())
        arch = etree.fromstring(views["arch"])
        offered = {button.get("name") for button in arch.iter("button")}
        for name in ("action_preview_sale_order", "action_view_invoice", "action_oms_messages"):
            self.assertNotIn(name, offered)
        self.assertIn("action_view_delivery", offered)
