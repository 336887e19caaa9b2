"""Addresses of Odoo's web server that name a record: they show and change nothing of a record that
their caller may not see. Tried over HTTP, as users of each kind, with records of another company.
"""

import json

from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..foreign_world import CANARY, ForeignWorld

#: who calls, nobody included
CALLERS = ("agent", "warehouse", "accountant", "auditor", "internal", "portal", None)
FILE = b"%PDF-1.4 " + CANARY.encode()
#: pages of customers that name a record
PAGES = {
    "sale.order": (
        "/my/orders/{id}",
        "/my/orders/{id}?report_type=pdf&download=true",
        "/my/orders/{id}?access_token=x",
        "/oms/orders/{id}/cancel",
        "/oms/orders/{id}/cancel?access_token=x",
    ),
    "account.move": ("/my/invoices/{id}", "/my/invoices/{id}?report_type=html"),
    "stock.picking": ("/my/picking/pdf/{id}", "/my/picking/return/pdf/{id}"),
    "purchase.order": ("/my/purchase/{id}",),
}
#: a page of each kind of record that shows it to whom it belongs
OWN_PAGES = {
    "sale.order": "/my/orders/{id}",
    "account.move": "/my/invoices/{id}?report_type=html",
    "purchase.order": "/my/purchase/{id}",
}
LISTS = ("/my", "/my/orders", "/my/quotes", "/my/invoices", "/my/counters")
MUTED = (
    "odoo.http",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_attachment",
    "odoo.addons.http_routing.models.ir_http",
)


@tagged("standard", "post_install", "-at_install")
class TestForeignRoutes(ForeignWorld, HttpCase):
    def setUp(self):
        super().setUp()
        self.files = {}
        for name, record in self.theirs.items():
            self.files[name] = self.env["ir.attachment"].create(
                {
                    "name": f"{CANARY}.pdf",
                    "raw": FILE,
                    "res_model": name,
                    "res_id": record.id,
                    "company_id": self.users["foreign"].company_id.id,
                }
            )
        self.threads = {
            name: record.sudo()
            for name, record in self.theirs.items()
            if hasattr(record, "message_post") and record._name != "res.company"
        }
        for record in self.threads.values():
            record.message_post(body=CANARY, subtype_xmlid="mail.mt_note")
        self.env.flush_all()
        self.found, self.asked = [], 0

    @mute_logger(*MUTED)
    def test_no_address_shows_a_record_of_another_company(self):
        pages = [*self._papers(), *self._files(), *self._pages(), *self._mail_pages(), *LISTS]
        for caller in CALLERS:
            self._log_in(caller)
            for page in pages:
                self._check_page(caller, page, self.url_open(page))
        self.assertEqual(self.found, [])
        self.assertGreater(self.asked, 300)

    @mute_logger(*MUTED)
    def test_no_call_of_the_chatter_reads_or_writes_a_record_of_another_company(self):
        before = self._traces()
        for caller in CALLERS:
            self._log_in(caller)
            for address, params in self._chatter_calls():
                self._check_page(caller, (address, params), self._call(address, params))
            self._upload(caller)
        self.assertEqual(self.found, [])
        self.assertGreater(self.asked, 200)
        self.assertEqual(self._traces(), before)

    @mute_logger(*MUTED)
    def test_a_message_takes_no_file_along_that_its_author_may_not_read(self):
        order = self.samples["sale.order"]
        order.message_unsubscribe(order.message_follower_ids.partner_id.ids)
        for caller in ("agent", "internal", "portal"):
            self._log_in(caller)
            for file in self.files.values():
                params = {
                    "thread_model": "res.partner",
                    "thread_id": self.users[caller].partner_id.id,
                    "post_data": {"body": "look", "attachment_ids": [file.id]},
                }
                self._check_page(caller, params, self._call("/mail/message/post", params))
                for model, number in (
                    ("res.partner", self.users[caller].partner_id.id),
                    ("sale.order", order.id),
                ):
                    call = {
                        "model": model,
                        "method": "message_post",
                        "args": [[number]],
                        "kwargs": {"body": "look", "attachment_ids": [file.id]},
                    }
                    self._check_page(caller, call, self._call("/web/dataset/call_kw", call))
                    page = self.url_open(f"/web/content/{file.id}")
                    self._check_page(caller, ("after", call), page)
        self.env.invalidate_all()
        self.assertEqual(self.found, [])
        for name, file in self.files.items():
            self.assertEqual((file.res_model, file.res_id), (name, self.theirs[name].id))

    @mute_logger(*MUTED)
    def test_the_owner_of_the_records_is_shown_them(self):
        """The canary is found where it may be: what the other tests do not find is not lost."""
        self._log_in("foreign")
        order, file = self.theirs["sale.order"], self.files["sale.order"]
        shown = [
            self.url_open(f"/web/content/{file.id}").text,
            self.url_open(f"/report/html/sale.report_saleorder/{order.id}").text,
            self._call(
                "/mail/thread/messages", {"thread_model": "sale.order", "thread_id": order.id}
            ).text,
        ]
        shown += [
            self.url_open(page.format(id=self.theirs[name].id)).text
            for name, page in OWN_PAGES.items()
        ]
        self.assertEqual([CANARY in text for text in shown], [True] * len(shown))

    # === WHAT IS ASKED === #

    def _papers(self):
        """:return: the addresses of every report on a record"""
        for report in self.env["ir.actions.report"].search([("model", "in", list(self.theirs))]):
            number = self.theirs[report.model].id
            yield f"/report/html/{report.report_name}/{number}"

    def _files(self):
        """:return: the addresses of every file and every picture of a record"""
        for name, file in self.files.items():
            yield f"/web/content/{file.id}"
            yield f"/web/content/{file.id}?access_token=x"
            yield f"/web/content?model=ir.attachment&id={file.id}&field=raw"
            record = self.theirs[name]
            for field in record._fields.values():
                if field.type == "binary" and (field.name.startswith("oms_") or name[:4] == "oms."):
                    yield f"/web/content/{name}/{record.id}/{field.name}"
                    yield f"/web/image/{name}/{record.id}/{field.name}"
        numbers = ",".join(str(file.id) for file in self.files.values())
        yield f"/mail/attachment/zip?file_ids={numbers}&zip_name=x"

    def _pages(self):
        for name, pages in PAGES.items():
            for page in pages:
                yield page.format(id=self.theirs[name].id)

    def _mail_pages(self):
        for name, record in self.threads.items():
            yield f"/mail/view?model={name}&res_id={record.id}"
            yield f"/mail/view?model={name}&res_id={record.id}&access_token=x"
            yield f"/mail/message/{record.message_ids[:1].id}"

    def _chatter_calls(self):
        """:return: pairs of address and parameters"""
        for name, record in self.threads.items():
            thread = {"thread_model": name, "thread_id": record.id}
            message, file = record.message_ids[:1].id, self.files[name].id
            me = self.users["portal"].partner_id.id
            lists = ["activities", "attachments", "followers", "scheduledMessages"]
            fetch = {"thread_model": name, "thread_id": record.id, "request_list": lists}
            yield "/mail/data", {"fetch_params": [["mail.thread", fetch]]}
            yield "/mail/thread/messages", thread
            yield "/mail/thread/recipients", thread
            yield "/mail/thread/recipients/get_suggested_recipients", thread
            yield "/mail/message/post", {**thread, "post_data": {"body": "x"}}
            yield (
                "/mail/message/update_content",
                {"message_id": message, "update_data": {"body": "x"}},
            )
            yield (
                "/mail/message/reaction",
                {"message_id": message, "content": "x", "action": "add"},
            )
            yield (
                "/mail/thread/subscribe",
                {"res_model": name, "res_id": record.id, "partner_ids": [me]},
            )
            yield "/mail/attachment/delete", {"attachment_id": file}
            for method, args in (
                ("message_post", []),
                ("message_get_suggested_recipients", []),
                ("message_subscribe", [[me]]),
                ("activity_schedule", ["mail.mail_activity_data_todo"]),
            ):
                yield (
                    "/web/dataset/call_kw",
                    {"model": name, "method": method, "args": [[record.id], *args], "kwargs": {}},
                )

    # === HOW IT IS ASKED === #

    def _log_in(self, caller):
        login = self.users[caller].login if caller else None
        self.authenticate(login, login)

    def _call(self, address, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        return self.url_open(
            address, data=body.encode(), headers={"Content-Type": "application/json"}
        )

    def _check_page(self, caller, where, answer):
        self.asked += 1
        # An error names the number that was asked for, not what it stands for.
        if answer.status_code >= 500 or CANARY in answer.text or CANARY in answer.url:
            self.found.append((caller, where, answer.status_code, answer.text[:300]))

    def _upload(self, caller):
        """Put a file on each thread."""
        if not caller:
            return
        token = Request.csrf_token(self)
        for name, record in self.threads.items():
            answer = self.url_open(
                "/mail/attachment/upload",
                data={"thread_id": record.id, "thread_model": name, "csrf_token": token},
                files={"ufile": ("x.txt", b"x", "text/plain")},
            )
            self._check_page(caller, ("upload", name), answer)

    def _traces(self):
        """:return: what the records of another company have of messages, files, followers"""
        self.env.invalidate_all()
        return {
            name: (
                record.message_ids.mapped("body"),
                record.message_follower_ids.partner_id.ids,
                self.env["ir.attachment"]
                .search([("res_model", "=", name), ("res_id", "=", record.id)])
                .ids,
                record.activity_ids.ids if "activity_ids" in record else [],
                record.message_ids.reaction_ids.ids,
            )
            for name, record in self.threads.items()
        }
