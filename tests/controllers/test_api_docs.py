"""The examples of docs/api.md are run as they stand there."""

import json
import re
import shlex
from pathlib import Path

from odoo.addons.oms_addon.api import problems as problem
from odoo.addons.oms_addon.models.api import oms_api

from .common import ApiCase

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```sh\n(curl .*?)\n# (\d+)\n```\n(?:\n```json\n(.*?)\n```\n)?", re.S)

SIGNED = {"bad-event", "bad-signature"}


class TestApiDocs(ApiCase):
    def _curl(self, command):
        """:return: the answer to a curl command of the page"""
        words = shlex.split(command.replace("\\\n", " "))
        [url], headers, body = [words[1]], {}, None
        options = iter(words[2:])
        for option in options:
            value = next(options)
            if option == "-H":
                name, _colon, value = value.partition(": ")
                headers[name] = value
            else:
                self.assertEqual(option, "-d")
                body = value.encode()
        return self.url_open(url, data=body, headers=headers)

    def _shape(self, value):
        """:return: which keys an answer has, at every depth"""
        if isinstance(value, dict):
            return {key: self._shape(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._shape(item) for item in value]
        return None

    def test_every_example_is_answered_as_the_page_says(self):
        variables = {
            "URL": f"{self.base_url()}/oms/api/v1",
            "KEY": self.key,
            "CHANNEL": self.channel.token,
        }
        examples = BLOCK.findall(PAGE)
        self.assertEqual(len(examples), 9)
        self.assertEqual(len(examples), PAGE.count("```sh"))
        for command, status, expected in examples:
            for name, value in variables.items():
                command = command.replace(f"${name}", value)
            with self.subTest(command=command):
                answer = self._curl(command)
                self.assertEqual(answer.status_code, int(status), answer.text)
                if expected:
                    self.assertEqual(self._shape(answer.json()), self._shape(json.loads(expected)))
            self._run_lanes()

    def test_the_page_names_every_code_and_no_other(self):
        sources = [
            path.read_text(encoding="utf-8")
            for folder in (
                Path(oms_api.__file__).parent,
                Path(problem.__file__).parent,
                Path(problem.__file__).parent.parent / "controllers",
            )
            for path in folder.glob("*.py")
        ]
        raised = set(re.findall(r'Problem\(\s*\d{3},\s*"([a-z-]+)"', "\n".join(sources))) | set(
            re.findall(r'^    \d{3}: \(\s*"([a-z-]+)"', "\n".join(sources), re.M)
        )
        table = PAGE[PAGE.index("| status | codes |") :].split("\n\n")[0]
        codes = "".join(row.split("|")[2] for row in table.splitlines())
        # Signed messages are no part of what has a key.
        self.assertEqual(set(re.findall("`([a-z-]+)`", codes)), raised - SIGNED)
