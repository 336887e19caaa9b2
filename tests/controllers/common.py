"""What the tests of the canonical API share."""

import json

from odoo import fields
from odoo.tests import HttpCase, new_test_user

from ..common import OmsCommon

AGENT = "base.group_user,oms_addon.oms_addon_group_agent"


class ApiCase(OmsCommon, HttpCase):
    """A channel, and an agent with a key for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(cls.env, "api_agent", groups=AGENT)
        cls.key = cls._make_key(cls.agent)

    @classmethod
    def _make_key(cls, user, scope="oms"):
        tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
        return cls.env["res.users.apikeys"].with_user(user)._generate(scope, "test", tomorrow)

    def _headers(self, channel=None, key=None):
        return {
            "Authorization": f"Bearer {key or self.key}",
            "X-Oms-Channel": (channel or self.channel).token,
        }

    def _post(self, path, content, *, channel=None, key=None, body=None, **headers):
        """:return: the answer to a body, JSON if nothing else is said"""
        return self.url_open(
            f"/oms/api/v1{path}",
            data=json.dumps(content).encode() if body is None else body,
            method="POST",
            headers={
                "Content-Type": "application/json",
                **self._headers(channel, key),
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )

    def _get(self, path, *, channel=None, key=None, **headers):
        return self.url_open(
            f"/oms/api/v1{path}", headers={**self._headers(channel, key), **headers}
        )

    def _messages(self, channel=None):
        """:return: the inbox of a channel"""
        return self.env["oms.channel.message"].search(
            [("channel_id", "=", (channel or self.channel).id), ("direction", "=", "in")],
            order="id",
        )

    def _assert_problem(self, answer, status, code):
        """:return: the JSON of an answer that says what is wrong"""
        self.assertEqual(answer.status_code, status, answer.text[:500])
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        problem = answer.json()
        self.assertEqual(problem["status"], status)
        self.assertEqual(problem["type"], f"urn:oms:problem:{code}")
        self.assertTrue(problem["title"] and problem["detail"])
        self.assertNotIn("Traceback", answer.text)
        self.assertNotIn("<html", answer.text)
        return problem
