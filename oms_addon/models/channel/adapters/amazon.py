"""Amazon, through the Selling Partner API: what comes in, and the connection."""

import csv
import gzip
import hashlib
import hmac
import json
import re
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.exceptions import CredentialsError, FinalError, RateLimited
from odoo.addons.oms_addon.tools.channel_documents import Listing
from odoo.addons.oms_addon.tools.document_codec import loads
from odoo.addons.oms_addon.tools.document_values import DocumentError, mismatch
from odoo.addons.oms_addon.tools.order_document import OrderRequest

from ..oms_channel_adapter import Event
from odoo.addons.oms_addon.tools.amazon_orders import MARKETPLACES, read_object, read_order, unwrap

ENDPOINTS = {
    "na": "https://sellingpartnerapi-na.amazon.com",
    "eu": "https://sellingpartnerapi-eu.amazon.com",
    "fe": "https://sellingpartnerapi-fe.amazon.com",
}
LWA = "https://api.amazon.com"
NOTIFICATIONS_SCOPE = "sellingpartnerapi::notifications"
#: seller id@marketplace ids, and the queue for notifications
ACCOUNT = re.compile(
    r"(?P<seller>[A-Z0-9]{8,})@(?P<markets>[A-Z0-9]+(?:,[A-Z0-9]+)*)(?:\s+(?P<queue>arn:aws[\w-]*:sqs:\S+))?"
)
ORDERS, ORDERS_V0 = "/orders/2026-01-01/orders", "/orders/v0/orders"
#: everything an order is made of; Amazon leaves out what the account may not see
INCLUDED = "BUYER,RECIPIENT,PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,TAX,PAYMENT"
RESTRICTED = (
    (ORDERS_V0, ["buyerInfo", "shippingAddress", "buyerTaxInformation"]),
    (f"{ORDERS_V0}/{{orderId}}", ["buyerInfo", "shippingAddress", "buyerTaxInformation"]),
    (f"{ORDERS_V0}/{{orderId}}/orderItems", ["buyerInfo"]),
)
PAGE = 100
#: of version 0, whose items take a call for each order
PAGE_V0 = 50
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
KEY_HEADER = "X-Oms-Key"

#: in this process: access tokens by what they are for, and which interfaces an account lacks
_tokens, _lacking = {}, {}
LACKING_SECONDS = 3600


class OmsChannelAdapterAmazon(models.AbstractModel):
    """A seller account on Amazon's marketplaces of one region.

    Orders are asked for in the version 2026-01-01 of the Orders API, in version 0 where the
    account has no other. docs/amazon.md says how an account is connected.
    """

    _name = "oms.channel.adapter.amazon"
    _inherit = "oms.channel.adapter"
    _description = "Amazon"

    _can_fetch = True
    _can_register = True
    _can_fetch_listings = True
    _can_fetch_locations = True
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
        "getInventorySummaries": (2.0, 2.0),
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
        ref = data.get("AmazonOrderId") or data.get("orderId")
        return f"{topic}:{hashlib.sha256(payload).hexdigest()}", str(ref) if ref else None

    @api.model
    def _parse(self, channel, topic, payload):
        """Override of `oms.channel.adapter`: an order of either version, or its mention."""
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
        """Override of `oms.channel.adapter`: what changed, one page.

        The cursor is the time up to which everything was read; while a window is read page by
        page it is the window's start and end and the next page.
        """
        since, until, page = ((channel.cursor or "").split(" ") + ["", ""])[:3]
        if not page:
            start = _moment(since) if since else _now() - timedelta(days=FIRST_DAYS)
            since = _iso(start - timedelta(seconds=self._overlap_seconds))
            until = _iso(_now() - DELAY)
        window = {"lastUpdatedAfter": since, "lastUpdatedBefore": until}
        try:
            events, following, upto = self._page(channel, window, page or None, limit)
        except FinalError:
            if not page:
                raise
            # The page is forgotten there: the window is read from its start again.
            return [], since
        if following is ...:
            return events, channel.cursor
        if following:
            return events, f"{since} {until} {following}"
        return events, (_usable(upto) or until) if events or page else channel.cursor

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
        if not (window := self._created(start, end)):
            return [], None
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
        split = min(end, _now() - REPORT_AGE)
        if kind == "report":
            return self._fetch_report(channel, start, split, end, rest)
        if not kind and start < split:
            return self._fetch_report(channel, start, split, end, [_iso(start), "", "0"])
        if not (window := self._created(max(start, split), end)):
            return [], None
        page = (rest or [""])[0] or None
        events, following, _upto = self._page(channel, window, page, None)
        if following is ...:
            return events, cursor or "pages "
        return events, f"pages {following}" if following else None

    @api.model
    def _created(self, start, end):
        """:return: the window of a search for orders placed; ``None`` when none can be there"""
        end = min(end, _now() - DELAY)
        if start >= end:
            return None
        return {"createdAfter": _iso(start), "createdBefore": _iso(end)}

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
                if _status(error) not in (403, 404):
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
                if _status(error) != 403:
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
            return [], f"report {_iso(begin)} {report} 0"
        text = self._read_report(channel, report)
        if text is None:
            return [], f"report {_iso(begin)} {report} {offset}"
        orders = read_order_report(text)
        events = [_event(order) for order in orders[offset : offset + REPORT_PAGE]]
        if offset + REPORT_PAGE < len(orders):
            return events, f"report {_iso(begin)} {report} {offset + REPORT_PAGE}"
        if until < split:
            return events, f"report {_iso(until)}  0"
        return events, "pages " if split < end else None

    @api.model
    def _create_report(self, channel, kind, start=None, end=None):
        """:return: the id of a report that Amazon now makes"""
        body = {"reportType": kind, "marketplaceIds": self._account(channel)["markets"]}
        if start:
            body |= {"dataStartTime": _iso(start), "dataEndTime": _iso(end)}
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
        return _decode(body, answer.headers.get("Content-Type", ""))

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

    @api.model
    def _fetch_fba_stock(self, channel, cursor=None):
        """Ask what Amazon has in its own warehouses, one page.

        :return: what can be sold, by SKU, and where to go on; ``None`` at the end
        :rtype: tuple[dict[str, int], str|None]
        """
        market = self._account(channel)["markets"][0]
        params = {
            "granularityType": "Marketplace",
            "granularityId": market,
            "marketplaceIds": market,
            "details": "true",
        }
        params |= {"nextToken": cursor} if cursor else {}
        path = "/fba/inventory/v1/summaries"
        told = self._ask(channel, "getInventorySummaries", "GET", path, params=params).json()
        stock = {
            row["sellerSku"]: (row.get("inventoryDetails") or {}).get("fulfillableQuantity", 0)
            for row in told["payload"]["inventorySummaries"]
        }
        return stock, (told.get("pagination") or {}).get("nextToken")

    # === CONNECTION === #

    @api.model
    def _test_connection(self, channel):
        """Override of `oms.channel.adapter`: get a token, then look at one listing page."""
        sudo = channel.sudo()
        missing = [self._credential_labels[f] for f in self._required_credentials if not sudo[f]]
        if missing:
            return self.env._("Fill in: %(fields)s.", fields="; ".join(missing))
        try:
            account = self._account(channel)
            self._access_token(channel, renew=True)
            params = {"marketplaceIds": account["markets"][0], "pageSize": 1}
            path = f"/listings/2021-08-01/items/{account['seller']}"
            self._ask(channel, "searchListingsItems", "GET", path, params=params)
            window = {"lastUpdatedAfter": _iso(_now() - timedelta(minutes=10))}
            self._search(channel, window, None, 1, bare=True)
        except RateLimited:
            # Who has used up a limit was let in.
            return ""
        except UserError as error:
            return self._explain(error)
        return ""

    @api.model
    def _explain(self, error):
        """:return: what a person can do about a refusal of Amazon"""
        status, text = _status(error), str(error)
        if status == 403:
            return self.env._(
                "Amazon refuses access: give the application the roles “Inventory and Order "
                "Tracking” and “Direct-to-Consumer Shipping”, authorise it again and enter the "
                "new refresh token. Amazon says: %(text)s",
                text=text,
            )
        if status in (400, 404):
            return self.env._(
                "Amazon does not know the seller id or the marketplaces of this account: see "
                "Seller Central, Settings, Account info. Amazon says: %(text)s",
                text=text,
            )
        return text

    @api.model
    def _account(self, channel):
        """Read the account: who sells, where, and which queue takes notifications.

        :rtype: dict
        :raise FinalError: when it is malformed
        """
        found = ACCOUNT.fullmatch((channel.account_ref or "").strip())
        markets = found["markets"].split(",") if found else []
        unknown = [market for market in markets if market not in MARKETPLACES]
        regions = {MARKETPLACES[market][1] for market in markets if market in MARKETPLACES}
        if found and not unknown and len(regions) == 1:
            return {
                "seller": found["seller"],
                "markets": markets,
                "region": regions.pop(),
                "queue": found["queue"] or "",
            }
        if unknown:
            problem = self.env._("Amazon has no marketplace %(ids)s", ids=", ".join(unknown))
        elif len(regions) > 1:
            problem = self.env._("the marketplaces are of several regions: make a channel for each")
        else:
            problem = self.env._("the seller id, an @ and marketplace ids are expected")
        raise FinalError(
            self.env._(
                "The account “%(account)s” cannot be read: %(problem)s. An example: "
                "A2EXAMPLESELLER@A1PA6795UKMFR9,A13V1IB3VIYZZH.",
                account=channel.account_ref or "",
                problem=problem,
            )
        )

    @api.model
    def _currency(self, channel):
        return MARKETPLACES[self._account(channel)["markets"][0]][2]

    @api.model
    def _base_url(self, channel):
        """Override of `oms.channel.adapter`: the region's endpoint unless another is set."""
        own = super()._base_url(channel)
        return own or ENDPOINTS[self._account(channel)["region"]]

    @api.model
    def _ask(
        self, channel, bucket, method, path, *, personal=False, scope="", accept=(), **options
    ):
        """Call an operation of the API; an access that ran out is renewed once.

        :param str bucket: the operation, which has a limit of its own
        :param bool personal: whether the answer holds data of the buyer
        :param str scope: of a call that is made for the application, not for the seller
        """
        for renew in (False, True):
            token = (personal and self._restricted_token(channel, renew)) or self._access_token(
                channel, scope, renew
            )
            try:
                return self._call(
                    channel,
                    method,
                    path,
                    headers={
                        "x-amz-access-token": token,
                        "x-amz-date": f"{_now():%Y%m%dT%H%M%SZ}",
                        "User-Agent": "oms_addon/19.0 (Language=Python)",
                    },
                    bucket=bucket,
                    accept=accept,
                    **options,
                )
            except CredentialsError:
                if renew:
                    raise

    @api.model
    def _access_token(self, channel, scope="", renew=False):
        """:return: an access token of Login with Amazon, one that is valid for a while
        :raise CredentialsError: when Amazon refuses the application or the seller's consent
        """
        sudo = channel.sudo()
        key = channel.id, sudo.api_key, sudo.webhook_secret, scope
        token, until = _tokens.get(key, ("", 0))
        if token and time.monotonic() < until and not renew:
            return token
        grant = (
            {"grant_type": "client_credentials", "scope": scope}
            if scope
            else {"grant_type": "refresh_token", "refresh_token": sudo.webhook_secret or ""}
        )
        secrets = {"client_id": sudo.api_key or "", "client_secret": sudo.api_secret or ""}
        base = self._base_url(channel) if channel.base_url else LWA
        try:
            told = self._call(
                channel,
                "POST",
                f"{base}/auth/o2/token",
                body=urlencode(grant | secrets).encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"},
                bucket="lwa",
            ).json()
        except (FinalError, CredentialsError) as error:
            raise CredentialsError(self._explain_login(error)) from error
        _tokens[key] = told["access_token"], time.monotonic() + told.get("expires_in", 3600) - 60
        return told["access_token"]

    @api.model
    def _explain_login(self, error):
        """:return: what Login with Amazon refused, in words"""
        try:
            code = error.answer.json().get("error", "")
        except (UserError, AttributeError):
            code = ""
        if code == "invalid_client":
            return self.env._(
                "Login with Amazon does not know the application: see the LWA client id and "
                "client secret in Seller Central, Develop Apps."
            )
        if code in ("invalid_grant", "unauthorized_client"):
            return self.env._(
                "Login with Amazon refuses the refresh token: authorise the application again "
                "in Seller Central, Develop Apps, and enter the new token."
            )
        return self.env._("Login with Amazon refuses: %(code)s.", code=code or _status(error))

    @api.model
    def _restricted_token(self, channel, renew=False):
        """:return: a token with which orders of version 0 tell who bought and where it goes;
        '' when the account may not know
        """
        if self._lacks(channel, "personal"):
            return ""
        sudo = channel.sudo()
        key = channel.id, sudo.api_key, sudo.webhook_secret, "restricted"
        token, until = _tokens.get(key, ("", 0))
        if token and time.monotonic() < until and not renew:
            return token
        resources = [
            {"method": "GET", "path": path, "dataElements": elements}
            for path, elements in RESTRICTED
        ]
        path = "/tokens/2021-03-01/restrictedDataToken"
        try:
            told = self._ask(
                channel, "tokens", "POST", path, body={"restrictedResources": resources}
            ).json()
        except (CredentialsError, FinalError) as error:
            if _status(error) not in (400, 403):
                raise
            self._note_lacking(channel, "personal")
            return ""
        until = time.monotonic() + told.get("expiresIn", 3600) - 60
        _tokens[key] = told["restrictedDataToken"], until
        return told["restrictedDataToken"]

    @api.model
    def _is_v0(self, channel):
        """:return: whether the account has no other version of the Orders API"""
        return self._lacks(channel, "2026")

    @api.model
    def _lacks(self, channel, what):
        return _lacking.get((channel.id, channel.sudo().api_key, what), 0) > time.monotonic()

    @api.model
    def _note_lacking(self, channel, what):
        """Remember for a while what an account may not do."""
        key = channel.id, channel.sudo().api_key, what
        _lacking[key] = time.monotonic() + LACKING_SECONDS

    @api.model
    def _observe(self, channel, bucket, answer):
        """Override of `oms.channel.adapter`: the account's own rate is in every answer."""
        try:
            rate = float(answer.headers.get("x-amzn-RateLimit-Limit", ""))
        except ValueError:
            return
        if rate > 0 and rate != self._rate_limits[bucket][0]:
            self.env["oms.channel.meter"]._learn(channel, bucket, rate=rate)

    @api.model
    def _ensure_webhooks(self, channel):
        """Override of `oms.channel.adapter`: have order changes sent to the account's queue.

        Amazon tells them to an SQS queue only. A pipe of the seller's AWS account brings them
        from there to us; see docs/amazon.md.
        """
        queue = self._account(channel)["queue"]
        if not queue:
            return None
        destination, made = self._destination(channel, queue), []
        path = f"/notifications/v1/subscriptions/{NOTIFICATION}"
        answer = self._ask(channel, "notifications", "GET", path, accept=(404,))
        there = answer.json().get("payload") or {} if answer.status == 200 else {}
        if there.get("destinationId") == destination:
            return []
        if there:
            self._delete_subscription(channel, there["subscriptionId"])
        body = {
            "payloadVersion": "1.0",
            "destinationId": destination,
            "processingDirective": {
                "eventFilter": {
                    "eventFilterType": NOTIFICATION,
                    "orderChangeTypes": ["OrderStatusChange", "BuyerRequestedChange"],
                }
            },
        }
        self._ask(channel, "notifications", "POST", path, body=body)
        made.append(self.env._("Changes of orders are sent to %(queue)s.", queue=queue))
        return made

    @api.model
    def _destination(self, channel, queue):
        """:return: Amazon's id of the queue, made known to it when it is not"""
        path = "/notifications/v1/destinations"
        scope = NOTIFICATIONS_SCOPE
        told = self._ask(channel, "notifications", "GET", path, scope=scope).json()
        for destination in told.get("payload") or ():
            if (destination["resource"].get("sqs") or {}).get("arn") == queue:
                return destination["destinationId"]
        name = f"oms-{hashlib.sha256(queue.encode()).hexdigest()[:12]}"
        body = {"name": name, "resourceSpecification": {"sqs": {"arn": queue}}}
        told = self._ask(channel, "notifications", "POST", path, scope=scope, body=body).json()
        return told["payload"]["destinationId"]

    @api.model
    def _remove_webhooks(self, channel):
        """Override of `oms.channel.adapter`"""
        if not self._account(channel)["queue"]:
            return
        path = f"/notifications/v1/subscriptions/{NOTIFICATION}"
        answer = self._ask(channel, "notifications", "GET", path, accept=(404,))
        there = answer.json().get("payload") or {} if answer.status == 200 else {}
        if there:
            self._delete_subscription(channel, there["subscriptionId"])

    @api.model
    def _delete_subscription(self, channel, subscription):
        path = f"/notifications/v1/subscriptions/{NOTIFICATION}/{quote(subscription, safe='')}"
        scope = NOTIFICATIONS_SCOPE
        self._ask(channel, "notifications", "DELETE", path, scope=scope, accept=(404,))


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


def read_listing(item, market):
    """:return: the listing of a seller's SKU, as the Listings API tells it"""
    summaries = item.get("summaries") or ()
    summary = next((s for s in summaries if s.get("marketplaceId") == market), None) or {}
    offer = next((o for o in item.get("offers") or () if o.get("marketplaceId") == market), {})
    available = item.get("fulfillmentAvailability") or [{}]
    by_amazon = any(a.get("fulfillmentChannelCode", "").startswith("AMAZON") for a in available)
    quantity = available[0].get("quantity")
    price = offer.get("price") or {}
    parents = [
        sku
        for relations in item.get("relationships") or ()
        for relation in relations.get("relationships") or ()
        for sku in relation.get("parentSkus") or ()
    ]
    return Listing(
        ref=item["sku"],
        # What Amazon keeps itself has a number there; nothing is told of its stock.
        item_ref=(summary.get("fnSku") or summary.get("asin") or "FBA") if by_amazon else "",
        parent_ref=parents[0] if parents else "",
        sku=item["sku"],
        name=summary.get("itemName") or "",
        price=Decimal(str(price["amount"])) if price.get("amount") else None,
        currency=price.get("currencyCode") or "",
        quantity=Decimal(quantity) if quantity is not None else None,
        location_ref="AMAZON" if by_amazon else "DEFAULT",
        image_url=(summary.get("mainImage") or {}).get("link") or "",
        status="active" if "BUYABLE" in (summary.get("status") or ()) else "inactive",
    )


def read_listing_report(text, currency):
    """:return: the listings in a report of all of them"""
    listings = []
    for row in _rows(text):
        by_amazon = (row.get("fulfillment-channel") or "").startswith("AMAZON")
        listings.append(
            Listing(
                ref=row["seller-sku"],
                item_ref=(row.get("asin1") or "FBA") if by_amazon else "",
                sku=row["seller-sku"],
                name=row.get("item-name") or "",
                price=_number(row.get("price")),
                currency=currency,
                quantity=_number(row.get("quantity")),
                location_ref="AMAZON" if by_amazon else "DEFAULT",
                image_url=row.get("image-url") or "",
                status="active" if row.get("status") == "Active" else "inactive",
            )
        )
    return listings


#: column of the report: (part of the item, key in it)
REPORT_AMOUNTS = {
    "item-price": "ItemPrice",
    "item-tax": "ItemTax",
    "shipping-price": "ShippingPrice",
    "shipping-tax": "ShippingTax",
    "item-promotion-discount": "PromotionDiscount",
    "ship-promotion-discount": "ShippingDiscount",
}
REPORT_CHANNELS = {"Amazon": "AFN", "Merchant": "MFN"}
REPORT_STATUSES = {"Cancelled": "Canceled", "Shipping": "PartiallyShipped"}


def read_order_report(text):
    """Read the report of all orders of a time.

    :return: the orders in the form of version 0, without what a report does not tell
    :rtype: list[dict]
    """
    orders = {}
    for row in _rows(text):
        order = orders.get(row["amazon-order-id"])
        if order is None:
            order = orders[row["amazon-order-id"]] = _report_order(row)
        order["OrderItems"].append(_report_item(row, len(order["OrderItems"])))
    return list(orders.values())


def _report_order(row):
    status = row.get("order-status") or ""
    # "Shipped - Delivered to Buyer" and the like
    status = REPORT_STATUSES.get(status, status.split(" - ")[0])
    channel = row.get("fulfillment-channel")
    return {
        "FromReport": True,
        "AmazonOrderId": row["amazon-order-id"],
        "SellerOrderId": row.get("merchant-order-id") or "",
        "PurchaseDate": row["purchase-date"],
        "LastUpdateDate": row["last-updated-date"],
        "OrderStatus": status,
        "FulfillmentChannel": REPORT_CHANNELS.get(channel, channel),
        "SalesChannel": row.get("sales-channel") or "",
        "MarketplaceId": _market_of(row.get("sales-channel")),
        "ShipServiceLevel": row.get("ship-service-level") or "",
        "IsBusinessOrder": row.get("is-business-order") == "true",
        "BuyerInfo": {"PurchaseOrderNumber": row.get("purchase-order-number") or ""},
        "ShippingAddress": {
            "City": row.get("ship-city") or "",
            "StateOrRegion": row.get("ship-state") or "",
            "PostalCode": row.get("ship-postal-code") or "",
            "CountryCode": row.get("ship-country") or "",
        },
        "Currency": row.get("currency") or "",
        "OrderItems": [],
    }


def _report_item(row, position):
    currency = row.get("currency") or ""

    def money(column):
        return {"CurrencyCode": currency, "Amount": row[column]} if row.get(column) else None

    item = {
        # A report names no items: their place in the order does.
        "OrderItemId": f"{row.get('sku') or ''}:{position}",
        "ASIN": row.get("asin") or "",
        "SellerSKU": row.get("sku") or "",
        "Title": row.get("product-name") or "",
        "QuantityOrdered": int(row.get("quantity") or 0),
        "PromotionIds": [p for p in (row.get("promotion-ids") or "").split(",") if p],
    }
    if row.get("gift-wrap-price"):
        gift = {"GiftWrapPrice": money("gift-wrap-price"), "GiftWrapTax": money("gift-wrap-tax")}
        item["BuyerInfo"] = {key: value for key, value in gift.items() if value}
    for column, key in REPORT_AMOUNTS.items():
        if amount := money(column):
            item[key] = amount
    return item


TOP_DOMAINS = {
    "com": "US",
    "uk": "GB",
    "mx": "MX",
    "br": "BR",
    "au": "AU",
    "jp": "JP",
    "be": "BE",
    "tr": "TR",
    "za": "ZA",
}


def _market_of(site):
    """:return: the id of the marketplace of a site such as Amazon.co.uk, '' of any other"""
    site = (site or "").casefold()
    if not site.startswith("amazon."):
        return ""
    last = site.rpartition(".")[2]
    country = TOP_DOMAINS.get(last, last.upper())
    return next((m for m, (code, *_rest) in MARKETPLACES.items() if code == country), "")


def _rows(text):
    """:return: the rows of a report: tabs, no quotes"""
    return csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)


def _number(text):
    """:return: a number of a report, ``None`` when it is none"""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _decode(body, content_type):
    """:return: the text of a document; Amazon says its encoding, or writes Windows' own"""
    found = re.search(r"charset=([\w-]+)", content_type, re.I)
    for encoding in (found[1] if found else "utf-8", "utf-8-sig", "cp932", "cp1252"):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("utf-8", "replace")


# === SMALL THINGS === #


def _now():
    return datetime.now(timezone.utc)


def _iso(moment):
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def _moment(text):
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _usable(moment):
    """:return: a time Amazon tells, in our form; '' when it is none"""
    try:
        return _iso(_moment(moment))
    except ValueError:
        return ""


def _status(error):
    """:return: the status of the answer an error is about, or 0"""
    return getattr(getattr(error, "answer", None), "status", 0)
