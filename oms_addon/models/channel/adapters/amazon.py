"""Amazon, through the Selling Partner API: what comes in."""

import gzip
import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, quote, urlsplit

from odoo import api, models

from odoo.addons.oms_addon.exceptions import CredentialsError, FinalError, RateLimited
from odoo.addons.oms_addon.tools.amazon_orders import read_object, read_order, unwrap
from odoo.addons.oms_addon.tools.amazon_refunds import order_of_transaction, read_refund
from odoo.addons.oms_addon.tools.amazon_reports import (
    decode,
    read_listing,
    read_listing_report,
    read_order_report,
)
from odoo.addons.oms_addon.tools.document_codec import loads
from odoo.addons.oms_addon.tools.document_values import DocumentError, mismatch
from odoo.addons.oms_addon.tools.order_document import OrderRequest

from ..oms_channel_adapter import Event

ORDERS, ORDERS_V0 = "/orders/2026-01-01/orders", "/orders/v0/orders"
#: everything an order is made of; Amazon leaves out what the account may not see
INCLUDED = "BUYER,RECIPIENT,PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,TAX,PAYMENT"
PAGE = 100
#: of version 0, whose items take a call for each order
PAGE_V0 = 50
#: seconds between polls: three quarters of what the limits of the searches allow
POLL_SECONDS, POLL_SECONDS_V0 = 240, 80
#: how far back a channel without a cursor is read
FIRST_DAYS = 3
#: Amazon shows nothing younger
DELAY = timedelta(minutes=2, seconds=10)
#: older orders are told by a report: nobody may see their buyers any more, and it is one call
REPORT_AGE = timedelta(days=30)
ORDER_REPORT = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
LISTING_REPORT = "GET_MERCHANT_LISTINGS_ALL_DATA"
REPORT_PAGE = 2000
REPORT_SECONDS = 30
#: more listings than a search goes through
MOST_SEARCHED = 1000
NOTIFICATION = "ORDER_CHANGE"
#: the topic of transactions that tell refunds
REFUNDS = "refunds"
KEY_HEADER = "X-Oms-Key"


class OmsChannelAdapterAmazon(models.AbstractModel):
    """A seller account on Amazon's marketplaces of one region.

    Orders are asked for in the version 2026-01-01 of the Orders API, in version 0 where the
    account has no other. docs/amazon.md says how an account is connected.
    """

    _name = "oms.channel.adapter.amazon"
    _inherit = "oms.channel.adapter"
    _description = "Amazon"

    _icon = "fa-amazon"
    _can_fetch = True
    _can_register = True
    _can_fetch_listings = True
    _can_fetch_locations = True
    _tells_remainder = True
    _has_refund_ledger = True
    _credentials = ("base_url", "account_ref", "api_key", "api_secret", "webhook_secret")
    _required_credentials = ("account_ref", "api_key", "api_secret", "webhook_secret")
    _credential_labels = {
        "base_url": "Endpoint (empty: the region's own)",
        "account_ref": "Seller id@marketplace id[,marketplace id…] [ARN of an SQS queue]",
        "api_key": "LWA client id",
        "api_secret": "LWA client secret",
        "webhook_secret": "LWA refresh token",
    }
    _rate_limits = {
        "default": (1.0, 5.0),
        "lwa": (1.0, 10.0),
        "tokens": (1.0, 10.0),
        "storage": (10.0, 20.0),
        "searchOrders": (0.0056, 20.0),
        "getOrder": (0.5, 30.0),
        "getOrders_v0": (0.0167, 20.0),
        "getOrder_v0": (0.5, 30.0),
        "getOrderItems_v0": (0.5, 30.0),
        "confirmShipment": (2.0, 10.0),
        "getListingsItem": (5.0, 10.0),
        "searchListingsItems": (5.0, 5.0),
        "patchListingsItem": (5.0, 5.0),
        "createFeedDocument": (0.5, 15.0),
        "createFeed": (0.0083, 15.0),
        "getFeed": (2.0, 15.0),
        "getFeeds": (0.0222, 10.0),
        "getFeedDocument": (0.0222, 10.0),
        "createReport": (0.0167, 15.0),
        "getReport": (2.0, 15.0),
        "getReportDocument": (0.0167, 15.0),
        "notifications": (1.0, 5.0),
        "listTransactions": (0.5, 10.0),
    }

    # === IN: MESSAGES === #

    @api.model
    def _verify(self, channel, headers, body, now):
        """Override of `oms.channel.adapter`: the key that our own AWS account sends along."""
        if hmac.compare_digest(headers.get(KEY_HEADER, "").encode(), self._key(channel).encode()):
            return ""
        return self.env._("The header %(header)s is missing or wrong.", header=KEY_HEADER)

    @api.model
    def _key(self, channel):
        """:return: what proves that a notification comes from our own AWS account"""
        secret = channel.sudo().api_secret or ""
        return hmac.new(secret.encode(), channel.token.encode(), hashlib.sha256).hexdigest()

    @api.model
    def _identify(self, channel, headers, body):
        """Override of `oms.channel.adapter`: by the id Amazon gave the notification."""
        try:
            told = read_notification(body)
        except DocumentError:
            return Event("notification", f"unread:{hashlib.sha256(body).hexdigest()}", body)
        meta = told.get("NotificationMetadata") or {}
        ref = meta.get("NotificationId") or hashlib.sha256(body).hexdigest()
        order = _order_of(told)
        return Event(str(told.get("NotificationType") or "notification"), f"sqs:{ref}", body, order)

    @api.model
    def _describe(self, topic, payload):
        """Override of `oms.channel.adapter`: an order as it was at a time."""
        try:
            data = unwrap(read_object(payload))
        except DocumentError:
            return f"unread:{hashlib.sha256(payload).hexdigest()}", None
        if transaction := data.get("transactionId"):
            return f"refund:{transaction}", order_of_transaction(data)
        ref = data.get("AmazonOrderId") or data.get("orderId")
        return f"{topic}:{hashlib.sha256(payload).hexdigest()}", str(ref) if ref else None

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: an order of either version, its mention, or a
        transaction
        """
        if topic == REFUNDS:
            return read_refund(payload)
        if topic.startswith("order"):
            return read_order(payload)
        told = read_notification(payload)
        if told.get("NotificationType") != NOTIFICATION:
            return None
        if not (ref := _order_of(told)):
            raise mismatch("the id of an order", told.get("Payload"), "Payload.AmazonOrderId")
        return OrderRequest(order_ref=ref)

    # === IN: ASKING FOR ORDERS === #

    @api.model
    def _fetch(self, channel, limit=None):
        """Override of `oms.channel.adapter`: what changed, one page, and then what was refunded.

        The cursor has a part for orders and, after a ``|``, one for refunds.
        """
        orders, _bar, refunds = (channel.cursor or "").partition("|")
        events, orders = self._fetch_changes(channel, orders, limit)
        if " " not in orders:
            found, refunds = self._fetch_refunds(channel, refunds)
            events = [*events, *found]
        return events, f"{orders}|{refunds}" if refunds else orders

    @api.model
    def _fetch_changes(self, channel, cursor, limit):
        """Ask for the orders that changed, one page.

        The cursor is the time up to which everything was read; while a window is read page by
        page it is the window's start, its end as Amazon set it, and the next page.
        """
        since, until, page = (cursor.split(" ") + ["", ""])[:3]
        if not page:
            start = _moment(since) if since else now() - timedelta(days=FIRST_DAYS)
            since = iso(start - timedelta(seconds=self._overlap_seconds))
        window = {"lastUpdatedAfter": since}
        try:
            events, following, upto = self._page(channel, window, page or None, limit)
        except FinalError:
            if not page:
                raise
            # The page is forgotten there: the window is read from its start again.
            return [], since
        if following is ...:
            return events, cursor
        upto = until or _usable(upto) or iso(now() - DELAY)
        if following:
            return events, f"{since} {upto} {following}"
        return events, upto if events or page else cursor

    @api.model
    def _least_poll_seconds(self, channel):
        """Override of `oms.channel.adapter`"""
        return POLL_SECONDS_V0 if self._is_v0(channel) else POLL_SECONDS

    @api.model
    def _fetch_orders(self, channel, refs):
        """Override of `oms.channel.adapter`"""
        events = []
        for ref in refs:
            order = self._get_order(channel, ref)
            if order:
                events.append(_event(order))
        return events

    @api.model
    def _list_orders(self, channel, start, end, cursor=None):
        """Override of `oms.channel.adapter`"""
        window = self._created(start, end)
        orders, following, _upto = self._search(channel, window, cursor, PAGE, bare=True)
        placed = [order.get("PurchaseDate") or order["createdTime"] for order in orders]
        refs = [
            order.get("AmazonOrderId") or order["orderId"]
            for order, at in zip(orders, placed, strict=True)
            if start <= _moment(at) < end
        ]
        return refs, following

    @api.model
    def _fetch_window(self, channel, start, end, cursor=None):
        """Override of `oms.channel.adapter`: old orders from reports, the others in full.

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
    def _created(self, start, end):
        """:return: the window of a search for orders placed; Amazon sets its end where ours is
        younger than what it shows
        """
        window = {"createdAfter": iso(start)}
        return window | ({"createdBefore": iso(end)} if end < now() - DELAY else {})

    @api.model
    def _page(self, channel, window, page, limit):
        """Ask for one page of complete orders.

        :return: events, the next page, up to when the orders are told. The next page is ``...``
            when this one is not complete: items are told one order a call, and their limit
            was reached.
        """
        size = PAGE_V0 if self._is_v0(channel) else PAGE
        orders, following, upto = self._search(channel, window, page, min(limit or size, size))
        events = []
        known = self._known_refs(channel, orders)
        for order in orders:
            if "AmazonOrderId" in order:
                if any(ref.startswith(_ref_v0(order)) for ref in known):
                    continue
                try:
                    order = {**order, "OrderItems": self._items(channel, order["AmazonOrderId"])}
                except RateLimited:
                    if not events:
                        raise
                    return events, ..., upto
            events.append(_event(order))
        return events, following, upto

    @api.model
    def _known_refs(self, channel, orders):
        """:return: names of what is in the inbox already of orders of version 0, whose items
        need not be asked for again
        """
        ids = [order["AmazonOrderId"] for order in orders if "AmazonOrderId" in order]
        domain = [
            ("channel_id", "=", channel.id),
            ("direction", "=", "in"),
            ("order_ref", "in", ids),
        ]
        Message = self.env["oms.channel.message"].sudo()
        return Message.search_fetch(domain, ["event_ref"]).mapped("event_ref") if ids else []

    @api.model
    def _search(self, channel, window, page, size, bare=False):
        """Search orders, in the version of the interface that the account has.

        :param dict window: as of version 2026-01-01
        :param bool bare: whether their ids and times are enough
        :return: the orders, the next page or ``None``, up to when they are told
        """
        markets = ",".join(self._account(channel)["markets"])
        if not self._is_v0(channel):
            params = {**window, "marketplaceIds": markets, "maxResultsPerPage": size}
            params |= {} if bare else {"includedData": INCLUDED}
            params |= {"paginationToken": page} if page else {}
            try:
                told = self._ask(channel, "searchOrders", "GET", ORDERS, params=params).json()
                upto = told.get("lastUpdatedBefore") or ""
                return told["orders"], (told.get("pagination") or {}).get("nextToken"), upto
            except (CredentialsError, FinalError) as error:
                if status_of(error) not in (403, 404):
                    raise
                self._note_lacking(channel, "2026")
        params = {key[0].upper() + key[1:]: value for key, value in window.items()}
        params |= {"MarketplaceIds": markets, "MaxResultsPerPage": min(size, PAGE)}
        params |= {"NextToken": page} if page else {}
        told = self._ask(channel, "getOrders_v0", "GET", ORDERS_V0, params=params, personal=True)
        told = told.json()["payload"]
        return told["Orders"], told.get("NextToken") or None, told.get("LastUpdatedBefore") or ""

    @api.model
    def _get_order(self, channel, ref):
        """:return: an order in full, as the account's version of the interface tells it;
        ``None`` when there is none
        """
        name = quote(ref, safe="")
        if not self._is_v0(channel):
            try:
                answer = self._ask(
                    channel,
                    "getOrder",
                    "GET",
                    f"{ORDERS}/{name}",
                    params={"includedData": INCLUDED},
                    accept=(404,),
                )
                return answer.json()["order"] if answer.status == 200 else None
            except CredentialsError as error:
                if status_of(error) != 403:
                    raise
                self._note_lacking(channel, "2026")
        answer = self._ask(
            channel, "getOrder_v0", "GET", f"{ORDERS_V0}/{name}", personal=True, accept=(404,)
        )
        if answer.status == 404:
            return None
        return {**answer.json()["payload"], "OrderItems": self._items(channel, ref)}

    @api.model
    def _items(self, channel, ref):
        """:return: all items of an order, as version 0 tells them"""
        path, items, params = f"{ORDERS_V0}/{quote(ref, safe='')}/orderItems", [], {}
        while True:
            told = self._ask(
                channel, "getOrderItems_v0", "GET", path, params=params, personal=True
            ).json()["payload"]
            items += told["OrderItems"]
            if not told.get("NextToken"):
                return items
            params = {"NextToken": told["NextToken"]}

    # === IN: REPORTS === #

    @api.model
    def _fetch_report(self, channel, start, split, end, cursor):
        """Take one page out of the report of up to 30 days, or see whether it is ready.

        :param list cursor: from when the report is, its id ('' when it was not asked for yet),
            how many of its orders were taken
        """
        begin, report, offset = _moment(cursor[0]), cursor[1], int(cursor[2])
        until = min(begin + REPORT_AGE, split)
        if not report:
            report = self._create_report(channel, ORDER_REPORT, begin, until)
            return [], f"report {iso(begin)} {report} 0"
        text = self._read_report(channel, report)
        if text is None:
            return [], f"report {iso(begin)} {report} {offset}"
        orders = read_order_report(text)
        events = [_event(order) for order in orders[offset : offset + REPORT_PAGE]]
        if offset + REPORT_PAGE < len(orders):
            return events, f"report {iso(begin)} {report} {offset + REPORT_PAGE}"
        if until < split:
            return events, f"report {iso(until)}  0"
        return events, "pages " if split < end else None

    @api.model
    def _create_report(self, channel, kind, start=None, end=None):
        """:return: the id of a report that Amazon now makes"""
        body = {"reportType": kind, "marketplaceIds": self._account(channel)["markets"]}
        if start:
            body |= {"dataStartTime": iso(start), "dataEndTime": iso(end)}
        path = "/reports/2021-06-30/reports"
        return self._ask(channel, "createReport", "POST", path, body=body).json()["reportId"]

    @api.model
    def _read_report(self, channel, report):
        """:return: the text of a report; ``None`` while Amazon makes it
        :raise FinalError: when Amazon made none
        """
        path = f"/reports/2021-06-30/reports/{quote(report, safe='')}"
        told = self._ask(channel, "getReport", "GET", path).json()
        status = told["processingStatus"]
        if status in ("IN_QUEUE", "IN_PROGRESS"):
            return None
        if status == "CANCELLED":
            # Amazon calls a report of nothing cancelled, too.
            return ""
        if status != "DONE":
            raise FinalError(
                self.env._(
                    "Amazon could not make the report %(report)s (%(status)s): ask again later.",
                    report=told.get("reportType"),
                    status=status,
                )
            )
        document = quote(told["reportDocumentId"], safe="")
        path = f"/reports/2021-06-30/documents/{document}"
        return self._download(channel, self._ask(channel, "getReportDocument", "GET", path).json())

    @api.model
    def _download(self, channel, document):
        """:return: the text behind a document's address, which is a secret for five minutes"""
        answer = self._store(channel, "GET", document["url"])
        body = answer.body
        if document.get("compressionAlgorithm") == "GZIP":
            body = gzip.decompress(body)
        return decode(body, answer.headers.get("Content-Type", ""))

    @api.model
    def _store(self, channel, method, url, **options):
        """Read or write a document; the signature in its address goes into no log."""
        parts = urlsplit(url)
        bare = parts._replace(query="").geturl()
        return self._call(
            channel,
            method,
            bare,
            params=parse_qsl(parts.query, keep_blank_values=True),
            bucket="storage",
            **options,
        )

    # === IN: LISTINGS AND PLACES === #

    @api.model
    def _fetch_listings(self, channel, cursor=None):
        """Override of `oms.channel.adapter`: by search, by a report where there are too many.

        The cursor is ``page <token>`` or ``report <id>``.
        """
        kind, _space, rest = (cursor or "page ").partition(" ")
        if kind == "report":
            text = self._read_report(channel, rest)
            if text is None:
                raise RateLimited(
                    self.env._("Amazon makes the list of offers."), seconds=REPORT_SECONDS
                )
            return read_listing_report(text, self._currency(channel)), None
        account = self._account(channel)
        params = {
            "marketplaceIds": account["markets"][0],
            "includedData": "summaries,offers,fulfillmentAvailability,relationships",
            "pageSize": 20,
        }
        params |= {"pageToken": rest} if rest else {}
        path = f"/listings/2021-08-01/items/{account['seller']}"
        told = self._ask(channel, "searchListingsItems", "GET", path, params=params).json()
        if told["numberOfResults"] > MOST_SEARCHED:
            return [], f"report {self._create_report(channel, LISTING_REPORT)}"
        following = (told.get("pagination") or {}).get("nextToken")
        listings = [read_listing(item, account["markets"][0]) for item in told["items"]]
        return listings, f"page {following}" if following else None

    @api.model
    def _fetch_locations(self, channel):
        """Override of `oms.channel.adapter`: our own place, and Amazon's warehouses."""
        return [
            {"ref": "DEFAULT", "name": self.env._("Shipped by us"), "fulfils": True},
            {"ref": "AMAZON", "name": self.env._("Fulfilled by Amazon"), "fulfils": False},
        ]


# === READING === #


def read_notification(body):
    """Read a notification, as Amazon's queue holds it or as AWS services wrap it.

    :param bytes body: the notification; or a record of SQS, a list of one, an event of
        EventBridge or a message of SNS that holds it
    :rtype: dict
    :raise DocumentError: when there is none, or more than one
    """
    told = loads(body)
    for _wrapper in range(4):
        if isinstance(told, list):
            if len(told) != 1:
                message = f"expected one notification, found {len(told)}: set the batch size to 1"
                raise DocumentError(message)
            told = told[0]
        if not isinstance(told, dict):
            raise mismatch("an object", told, "")
        if "NotificationType" in told:
            return told
        inner = next((told[key] for key in ("body", "detail", "Message") if told.get(key)), None)
        if inner is None:
            break
        told = loads(inner) if isinstance(inner, str) else inner
    raise mismatch("a notification with NotificationType", told, "")


def _order_of(told):
    """:return: the order a notification is about, or ``None``"""
    change = (told.get("Payload") or {}).get("OrderChangeNotification") or {}
    ref = change.get("AmazonOrderId")
    return str(ref) if ref else None


def _event(order):
    """:return: the event of an order as it was told"""
    body = json.dumps(order, ensure_ascii=False, default=str).encode()
    digest = hashlib.sha256(body).hexdigest()[:16]
    if "AmazonOrderId" in order:
        return Event("orders", f"{_ref_v0(order)}{digest}", body, order["AmazonOrderId"])
    ref = order["orderId"]
    return Event("orders", f"poll:{ref}:{order.get('lastUpdatedTime')}:{digest}", body, ref)


def _ref_v0(order):
    """:return: how the events of an order in this state begin, whatever its items say"""
    head = {key: value for key, value in order.items() if key != "OrderItems"}
    digest = hashlib.sha256(json.dumps(head, default=str, sort_keys=True).encode()).hexdigest()
    return f"poll:{order['AmazonOrderId']}:{order.get('LastUpdateDate')}:{digest[:12]}:"


# === SMALL THINGS === #


def now():
    return datetime.now(timezone.utc)


def iso(moment):
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def _moment(text):
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _usable(moment):
    """:return: a time Amazon tells, in our form; '' when it is none"""
    try:
        return iso(_moment(moment))
    except ValueError:
        return ""


def status_of(error):
    """:return: the status of the answer an error is about, or 0"""
    return getattr(getattr(error, "answer", None), "status", 0)
