"""Amazon: reports, and old orders from a report."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

from odoo import api, models

from odoo.addons.oms_addon.channels.oms_channel_adapter_fetch import MAX_PROBLEM
from odoo.addons.oms_addon.documents.values import DocumentError
from odoo.addons.oms_addon.exceptions import FinalError
from odoo.addons.oms_addon.tools import http
from odoo.addons.oms_addon.tools.bounded import gunzip
from odoo.addons.oms_addon.tools.paths import segment

from .orders import event_of
from .parse_reports import decode, read_order_report
from .values import iso, moment_of, now

#: older orders are fetched by a report: their buyers are hidden anyway, and it is one call
REPORT_AGE = timedelta(days=30)
ORDER_REPORT = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
REPORT_PAGE = 2000


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    @api.model
    def _fetch_window(self, channel, start, end, cursor=None):
        """Override of `oms.channel.adapter`: old orders from reports, recent ones from the API.

        The cursor is ``report <from> <report id> <offset>`` or ``pages <page>``.
        """
        kind, *rest = (cursor or "").split(" ")
        split = min(end, now() - REPORT_AGE)
        if kind == "report":
            return self._fetch_report(channel, start, split, end, rest)
        if not kind and start < split:
            return self._fetch_report(channel, start, split, end, [iso(start), "", "0"])
        window = self._created(max(start, split), end)
        page = (rest or [""])[0] or None
        events, following, _upto = self._page(channel, window, page, None)
        if following is ...:
            return events, cursor or "pages "
        return events, f"pages {following}" if following else None

    @api.model
    def _fetch_report(self, channel, start, split, end, cursor):
        """Return one page of a report of up to 30 days, or check whether it is ready.

        :param list cursor: start of the report's period, its id ('' before it is requested), and
            the number of its orders already returned
        """
        begin, report, offset = moment_of(cursor[0]), cursor[1], int(cursor[2])
        until = min(begin + REPORT_AGE, split)
        if not report:
            report = self._create_report(channel, ORDER_REPORT, begin, until)
            return [], f"report {iso(begin)} {report} 0"
        text = self._read_report(channel, report)
        if text is None:
            return [], f"report {iso(begin)} {report} {offset}"
        orders, problems = read_order_report(text)
        if problems:
            channel._raise_alert(
                "report_rows",
                self.env._(
                    "%(count)s rows of an order report could not be read and their orders were "
                    "skipped, for example %(problem)s",
                    count=len(problems),
                    problem=problems[0][:MAX_PROBLEM],
                ),
                self.env._("Find these orders in Seller Central, then run a reconciliation."),
                level="warning",
            )
        events = [event_of(order) for order in orders[offset : offset + REPORT_PAGE]]
        if offset + REPORT_PAGE < len(orders):
            return events, f"report {iso(begin)} {report} {offset + REPORT_PAGE}"
        if until < split:
            return events, f"report {iso(until)}  0"
        return events, "pages " if split < end else None

    @api.model
    def _create_report(self, channel, kind, start=None, end=None):
        """:return: the id of a newly requested report"""
        body = {"reportType": kind, "marketplaceIds": self._account(channel)["markets"]}
        if start:
            body |= {"dataStartTime": iso(start), "dataEndTime": iso(end)}
        path = "/reports/2021-06-30/reports"
        return self._send_request(channel, "createReport", "POST", path, body=body).json()[
            "reportId"
        ]

    @api.model
    def _read_report(self, channel, report):
        """:return: the text of a report; ``None`` while Amazon prepares it
        :raise FinalError: when Amazon did not create it
        """
        path = f"/reports/2021-06-30/reports/{segment(report)}"
        told = self._send_request(channel, "getReport", "GET", path).json()
        status = told["processingStatus"]
        if status in ("IN_QUEUE", "IN_PROGRESS"):
            return None
        if status == "CANCELLED":
            # An empty report has the status "cancelled", too.
            return ""
        if status != "DONE":
            raise FinalError(
                self.env._(
                    "Amazon could not create the report %(report)s (%(status)s). Request it "
                    "again later.",
                    report=told.get("reportType"),
                    status=status,
                )
            )
        path = f"/reports/2021-06-30/documents/{segment(told['reportDocumentId'])}"
        return self._download(
            channel, self._send_request(channel, "getReportDocument", "GET", path).json()
        )

    @api.model
    def _download(self, channel, document):
        """:return: the text of a document, whose URL is a secret that is valid for five minutes"""
        answer = self._store(channel, "GET", document["url"])
        body = answer.body
        if document.get("compressionAlgorithm") == "GZIP":
            body = self._unpack(body)
        return decode(body, answer.headers.get("Content-Type", ""))

    @api.model
    def _unpack(self, body):
        """:return: the bytes of a compressed document
        :raise FinalError: when it is corrupt or too large
        """
        try:
            return gunzip(body)
        except DocumentError as error:
            raise FinalError(
                self.env._(
                    "A report of Amazon could not be unpacked: %(problem)s. Request it again.",
                    problem=str(error),
                )
            ) from error

    @api.model
    def _store(self, channel, method, url, **options):
        """Read or write a document; the signature in its URL is not logged."""
        parts = urlsplit(url)
        bare = parts._replace(query="").geturl()
        return self._call(
            channel,
            method,
            bare,
            params=parse_qsl(parts.query, keep_blank_values=True),
            bucket="storage",
            seconds=http.FILE_SECONDS,
            **options,
        )
