"""Documents, feeds and reports, which are processed asynchronously."""

import gzip
import json
from decimal import Decimal
from xml.etree import ElementTree

from ..base import Refusal, Response

CANCEL_REASONS = {
    "NoInventory",
    "ShippingAddressUndeliverable",
    "CustomerExchange",
    "BuyerCanceled",
    "GeneralAdjustment",
    "CarrierCreditDecision",
    "RiskAssessmentInformationNotValid",
    "CarrierCoverageFailure",
    "CustomerReturn",
    "MerchandiseNotReceived",
}
LISTING_COLUMNS = ("item-name", "seller-sku", "price", "quantity", "asin1", "fulfillment-channel")


def error(status, code, message):
    return Refusal(Response(status, {"errors": [{"code": code, "message": message}]}))


class FeedsMixin:
    """The Feeds and the Reports API, and the storage behind both.

    A feed or report is ready after ``delay_calls`` status calls.
    """

    def _init_feeds(self):
        self.documents, self.feeds, self.reports = {}, {}, {}
        #: number of status calls before a feed or report is ready
        self.delay_calls = 2
        #: final status of the next feeds instead of DONE
        self.feed_verdicts = []

    def _new_document(self, content=b"", compressed=False):
        name = f"doc-{len(self.documents) + 1}"
        self.documents[name] = {"content": content, "compressed": compressed}
        return name

    def _document_url(self, name):
        return f"{self.url}/storage/{name}?X-Amz-Expires=300&X-Amz-Signature=sig%2F{name}"

    def _storage(self, request, name):
        if request.query.get("X-Amz-Signature") != f"sig/{name}" or name not in self.documents:
            raise Refusal(Response(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>"))
        document = self.documents[name]
        if request.method == "PUT":
            if request.headers.get("Content-Type") != document.get("content_type"):
                raise Refusal(Response(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>"))
            document["content"] = request.body
            return Response(200)
        headers = {"Content-Type": "text/plain; charset=UTF-8"}
        return Response(200, document["content"], headers)

    def _count_call(self, thing):
        """Count a status call of a feed or report."""
        thing["looks"] += 1
        if thing["looks"] >= self.delay_calls and thing["status"] == "IN_QUEUE":
            thing["status"] = "IN_PROGRESS"
        if thing["looks"] > self.delay_calls and thing["status"] == "IN_PROGRESS":
            thing["finish"](thing)

    # === FEEDS === #

    def op_createFeedDocument(self, request):
        name = self._new_document()
        self.documents[name]["content_type"] = request.json()["contentType"]
        return Response(201, {"feedDocumentId": name, "url": self._document_url(name)})

    def op_createFeed(self, request):
        told = request.json()
        document = self.documents.get(told["inputFeedDocumentId"])
        if not document or not document["content"]:
            raise error(400, "InvalidInput", "The feed document is empty.")
        ref = str(50_000 + len(self.feeds))
        self.feeds[ref] = {
            "id": ref,
            "type": told["feedType"],
            "markets": told["marketplaceIds"],
            "created": self._clock(),
            "status": "IN_QUEUE",
            "looks": 0,
            "content": document["content"],
            "result": None,
            "finish": self._finish_feed,
        }
        return Response(202, {"feedId": ref})

    def _feed_answer(self, feed):
        told = {
            "feedId": feed["id"],
            "feedType": feed["type"],
            "marketplaceIds": feed["markets"],
            "createdTime": feed["created"],
            "processingStatus": feed["status"],
        }
        return told | ({"resultFeedDocumentId": feed["result"]} if feed["result"] else {})

    def op_getFeed(self, request, feedId):
        if feedId not in self.feeds:
            raise error(404, "NotFound", "There is no such feed.")
        self._count_call(self.feeds[feedId])
        return Response(200, self._feed_answer(self.feeds[feedId]))

    def op_getFeeds(self, request):
        kinds, since = request.query["feedTypes"].split(","), request.query.get("createdSince", "")
        found = [
            self._feed_answer(feed)
            for feed in self.feeds.values()
            if feed["type"] in kinds and feed["created"] >= since
        ]
        return Response(200, {"feeds": found})

    def op_getFeedDocument(self, request, feedDocumentId):
        return self._document_answer("feedDocumentId", feedDocumentId)

    def _document_answer(self, key, name):
        if name not in self.documents:
            raise error(400, "InvalidInput", "There is no such document.")
        told = {key: name, "url": self._document_url(name)}
        if self.documents[name]["compressed"]:
            told["compressionAlgorithm"] = "GZIP"
        return Response(200, told)

    def _finish_feed(self, feed):
        if self.feed_verdicts:
            feed["status"] = self.feed_verdicts.pop(0)
            return
        carry_out = {
            "JSON_LISTINGS_FEED": self._apply_listings,
            "POST_ORDER_ACKNOWLEDGEMENT_DATA": self._apply_xml,
            "POST_PAYMENT_ADJUSTMENT_DATA": self._apply_xml,
        }[feed["type"]]
        result = carry_out(feed)
        feed["status"] = "DONE"
        feed["result"] = self._new_document(gzip.compress(result), compressed=True)

    def _apply_listings(self, feed):
        told, issues = json.loads(feed["content"]), []
        if told["header"]["sellerId"] != self.seller or told["header"]["version"] != "2.0":
            raise AssertionError(f"no header of a feed: {told['header']}")
        for message in told["messages"]:
            problem = self._patch_listing(message["sku"], message["patches"])
            if problem:
                issues.append(
                    {
                        "messageId": message["messageId"],
                        "code": problem[0],
                        "severity": "ERROR",
                        "message": problem[1],
                    }
                )
        count = len(told["messages"])
        summary = {"errors": len(issues), "warnings": 0, "messagesProcessed": count}
        summary |= {"messagesAccepted": count - len(issues), "messagesInvalid": len(issues)}
        header = {"sellerId": self.seller, "version": "2.0", "feedId": feed["id"]}
        return json.dumps({"header": header, "issues": issues, "summary": summary}).encode()

    def _apply_xml(self, feed):
        envelope = ElementTree.fromstring(feed["content"])
        kinds = {
            "OrderAcknowledgement": self._acknowledge,
            "OrderAdjustment": self._adjust,
        }
        problems = {}
        if envelope.findtext("Header/MerchantIdentifier") != self.seller:
            problems["1"] = "The merchant identifier is wrong."
        for message in () if problems else envelope.iter("Message"):
            kind = envelope.findtext("MessageType")
            problem = kinds[kind](message.find(kind))
            if problem:
                problems[message.findtext("MessageID")] = problem
        results = "".join(
            f"<Result><MessageID>{number}</MessageID><ResultCode>Error</ResultCode>"
            f"<ResultMessageCode>18028</ResultMessageCode>"
            f"<ResultDescription>{text}</ResultDescription></Result>"
            for number, text in problems.items()
        )
        return (
            "<AmazonEnvelope><Header><DocumentVersion>1.02</DocumentVersion></Header>"
            "<MessageType>ProcessingReport</MessageType><Message><MessageID>1</MessageID>"
            f"<ProcessingReport><StatusCode>Complete</StatusCode>{results}</ProcessingReport>"
            "</Message></AmazonEnvelope>"
        ).encode()

    def _acknowledge(self, told):
        """Cancel a whole order. :return: why not; '' when done"""
        order = self.shop.get(told.findtext("AmazonOrderID"))
        if not order or told.findtext("StatusCode") != "Failure":
            return "The order is not known."
        if order.status not in ("Unshipped", "Pending"):
            return f"The order is {order.status}."
        refs = {item.ref for item in order.items}
        for item in told.iter("Item"):
            if item.findtext("AmazonOrderItemCode") not in refs:
                return "The order has no such item."
            if item.findtext("CancelReason") not in CANCEL_REASONS:
                return "The reason is none."
        self._cancel(order)
        reason = told.findtext("Item/CancelReason")
        self.cancellations.append({"order_ref": order.ref, "reason": reason, "items": {}})
        return ""

    def _adjust(self, told):
        """Refund money of an order, or cancel units of it."""
        order = self.shop.get(told.findtext("AmazonOrderID"))
        if not order:
            return "The order is not known."
        counts, shares, problem = self._read_adjusted(order, told)
        if problem:
            return problem
        amount = sum((sum(share.values()) for share in shares.values()), Decimal(0))
        if any(count > i.quantity - order.shipped(i) for i, count in counts.items()):
            return "More than is left."
        if amount and (not order.paid or amount > order.placed_total - order.refunded):
            return "More than was paid."
        before = order.total
        for item, count in counts.items():
            item.cancelled += count
        order.refund_buyer(before - order.total)
        if counts:
            told_counts = {item.ref: count for item, count in counts.items()}
            reason = told.findtext("AdjustedItem/AdjustmentReason")
            self.cancellations.append(
                {"order_ref": order.ref, "reason": reason, "items": told_counts}
            )
        if amount:
            for item, share in shares.items():
                for kind, given in share.items():
                    item.back[kind] = item.back.get(kind, 0) + given
            self._refund(
                order,
                [
                    (item, 0, s["Principal"], s["Shipping"], s["Tax"] + s["ShippingTax"])
                    for item, s in shares.items()
                ],
            )
            self.refunds_told.append({"order_ref": order.ref, "amount": f"{amount:.2f}"})
        self._change(order)
        return ""

    def _read_adjusted(self, order, told):
        """:return: units to cancel by item, amounts to refund by item and component, and the error
        ('' for none)
        """
        items = {item.ref: item for item in order.items}
        counts, shares = {}, {}
        for adjusted in told.iter("AdjustedItem"):
            item = items.get(adjusted.findtext("AmazonOrderItemCode"))
            if item is None or adjusted.findtext("AdjustmentReason") not in CANCEL_REASONS:
                return counts, shares, "The order has no such item, or the reason is none."
            if count := adjusted.findtext("QuantityCancelled"):
                counts[item] = int(count)
            paid = order.paid_for(item)
            for component in adjusted.iter("Component"):
                if component.find("Amount").get("currency") != order.currency:
                    return counts, shares, "The currency is not the order's."
                kind = component.findtext("Type")
                if kind not in paid:
                    return counts, shares, f"{kind} is no part of what was paid for the item."
                share = shares.setdefault(item, dict.fromkeys(paid, Decimal(0)))
                share[kind] += Decimal(component.findtext("Amount"))
                if share[kind] > paid[kind]:
                    return counts, shares, "More than was paid for the item."
        for item, share in shares.items():
            order.add_own_tax(item, share)
        return counts, shares, ""

    # === REPORTS === #

    def op_createReport(self, request):
        told = request.json()
        ref = str(70_000 + len(self.reports))
        self.reports[ref] = {
            "id": ref,
            "told": told,
            "created": self._clock(),
            "status": "IN_QUEUE",
            "looks": 0,
            "document": None,
            "finish": self._finish_report,
        }
        return Response(202, {"reportId": ref})

    def op_getReport(self, request, reportId):
        if reportId not in self.reports:
            raise error(404, "NotFound", "There is no such report.")
        report = self.reports[reportId]
        self._count_call(report)
        told = {
            "reportId": reportId,
            "reportType": report["told"]["reportType"],
            "createdTime": report["created"],
            "processingStatus": report["status"],
        }
        told |= {"reportDocumentId": report["document"]} if report["document"] else {}
        return Response(200, told)

    def op_getReportDocument(self, request, reportDocumentId):
        return self._document_answer("reportDocumentId", reportDocumentId)

    def _finish_report(self, report):
        rows = {
            "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL": self._order_rows,
            "GET_MERCHANT_LISTINGS_ALL_DATA": self._listing_rows,
        }[report["told"]["reportType"]](report["told"])
        if not rows:
            report["status"] = "CANCELLED"
            return
        lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
        content = gzip.compress("\r\n".join(lines).encode())
        report["document"] = self._new_document(content, compressed=True)
        report["status"] = "DONE"

    def _order_rows(self, told):
        return [
            row
            for order in self.shop.values()
            if told["dataStartTime"] <= f"{order.placed:%Y-%m-%dT%H:%M:%SZ}" < told["dataEndTime"]
            for row in order.report_rows()
        ]

    def _listing_rows(self, told):
        return [
            {
                "item-name": listing["name"],
                "seller-sku": sku,
                "price": listing["price"],
                "quantity": "" if listing["afn"] else str(listing["quantity"]),
                "asin1": listing["asin"],
                "fulfillment-channel": "AMAZON_EU" if listing["afn"] else "DEFAULT",
                "status": "Active",
            }
            for sku, listing in self.listings.items()
        ]
