"""Amazon (Selling Partner API): feeds, which Amazon processes for minutes."""

import json
from datetime import timedelta

from lxml import etree

from odoo import api, models

from odoo.addons.oms_addon.exceptions import FinalError, RetryableError, Unfinished
from odoo.addons.oms_addon.tools.paths import segment
from odoo.addons.oms_addon.tools.sealed_context import unsealed

from .values import iso, now

FEED_SECONDS = 30
JSON_TYPE, XML_TYPE = "application/json; charset=UTF-8", "text/xml; charset=UTF-8"


class OmsChannelAdapterAmazon(models.AbstractModel):
    _inherit = "oms.channel.adapter.amazon"

    @api.model
    def _feed(self, channel, kind, content_type, content, once=False):
        """Submit a feed and fetch its result, over several attempts of the same message.

        :param bool once: whether the feed must not be submitted twice
        :return: the text of its result, '' when there is none
        :rtype: str
        :raise Unfinished: while Amazon processes it
        :raise FinalError: when Amazon rejects it
        """
        state = self._state()
        if "feed" not in state:
            document = state.get("document") or self._upload(channel, content_type, content)
            if once and "document" not in state:
                # Stored before the feed is created, so that a lost response is recognized.
                at = iso(now() - timedelta(seconds=5))
                raise self._unfinished({"document": document, "kind": kind, "at": at}, 1)
            feed = once and self._lost_feed(channel, state)
            feed = feed or self._create_feed(channel, kind, document)
            raise self._unfinished({"feed": feed, "kind": kind})
        path = f"/feeds/2021-06-30/feeds/{segment(state['feed'])}"
        reported = self._send_request(channel, "getFeed", "GET", path).json()
        if reported["processingStatus"] in ("IN_QUEUE", "IN_PROGRESS"):
            raise self._unfinished(state)
        result = self._feed_result(channel, reported.get("resultFeedDocumentId"))
        if reported["processingStatus"] != "DONE":
            raise FinalError(
                self.env._(
                    "Amazon did not process feed %(feed)s (%(status)s): %(why)s",
                    feed=state["feed"],
                    status=reported["processingStatus"],
                    why=_first_problem(result) or "?",
                )
            )
        if content_type == XML_TYPE and (problem := _first_problem(result)):
            raise FinalError(self.env._("Amazon rejected it: %(why)s", why=problem))
        return result

    @api.model
    def _unfinished(self, state, seconds=FEED_SECONDS):
        return Unfinished(self.env._("Amazon is processing it."), state, seconds=seconds)

    @api.model
    def _upload(self, channel, content_type, content):
        """:return: the id of the uploaded document"""
        reported = self._send_request(
            channel,
            "createFeedDocument",
            "POST",
            "/feeds/2021-06-30/documents",
            body={"contentType": content_type},
        ).json()
        headers = {"Content-Type": content_type}
        self._store(channel, "PUT", reported["url"], body=content, headers=headers)
        return reported["feedDocumentId"]

    @api.model
    def _create_feed(self, channel, kind, document):
        body = {
            "feedType": kind,
            "marketplaceIds": self._account(channel)["markets"],
            "inputFeedDocumentId": document,
        }
        reported = self._send_request(
            channel, "createFeed", "POST", "/feeds/2021-06-30/feeds", body=body
        )
        return reported.json()["feedId"]

    @api.model
    def _lost_feed(self, channel, state):
        """Find our feed when the response with its id was lost.

        :return: its id; ``None`` when there is none
        :raise FinalError: when it may belong to another message
        """
        params = {"feedTypes": state["kind"], "createdSince": state["at"], "pageSize": 100}
        reported = self._send_request(
            channel, "getFeeds", "GET", "/feeds/2021-06-30/feeds", params=params
        )
        found = {feed["feedId"] for feed in reported.json()["feeds"]}
        if not found:
            return None
        others = self._other_states(channel)
        found -= {str(other.get("feed")) for other in others}
        found -= {str(other.get("refund_ref", "")).removeprefix("feed-") for other in others}
        if not found:
            return None
        if len(found) == 1 and not any(
            other.get("kind") == state["kind"] and "feed" not in other for other in others
        ):
            return found.pop()
        raise FinalError(
            self.env._(
                "It is unknown whether Amazon accepted the refund. Check in Seller Central "
                "whether it was made, and retry only if it was not."
            )
        )

    @api.model
    def _other_states(self, channel):
        """:return: the states of other messages that are sent as feeds"""
        domain = [
            ("channel_id", "=", channel.id),
            ("direction", "=", "out"),
            ("topic", "in", ("refund", "cancellation")),
            ("id", "!=", unsealed(self.env, "message_id", 0)),
            ("write_date", ">=", now().replace(tzinfo=None) - timedelta(days=2)),
        ]
        found = self.env["oms.channel.message"].sudo().search(domain)
        return [result for result in found.mapped("result") if result]

    @api.model
    def _feed_result(self, channel, document):
        if not document:
            return ""
        path = f"/feeds/2021-06-30/documents/{segment(document)}"
        return self._download(
            channel, self._send_request(channel, "getFeedDocument", "GET", path).json()
        )


def issues_text(issues):
    """:return: Amazon's issues as text"""
    return "; ".join(
        f"{issue.get('message') or issue.get('code') or ''} ({issue.get('code')})"
        for issue in issues
    )


def _first_problem(result):
    """:return: the first error in the result of a feed, '' when there is none"""
    if not result:
        return ""
    if result.lstrip().startswith("{"):
        issues = [i for i in json.loads(result).get("issues") or () if i["severity"] == "ERROR"]
        return issues_text(issues[:1])
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        report = etree.fromstring(result.encode(), parser)
    except etree.XMLSyntaxError as error:
        # The outcome is unknown until the report can be read.
        raise RetryableError("Amazon's report cannot be read. It is requested again.") from error
    for found in report.iter("Result"):
        if found.findtext("ResultCode") == "Error":
            return f"{found.findtext('ResultDescription')} ({found.findtext('ResultMessageCode')})"
    return ""
