"""Every call to another system leaves by one door: the sources are walked, whoever adds to them."""

import ast
from pathlib import Path

import pytest

ADDON = Path(__file__).parent.parent / "oms_addon"
#: what opens connections, or opens whatever an address names
NETWORK = {
    *("requests", "urllib3", "urllib.request", "http.client", "http.server", "socket", "ssl"),
    *("socketserver", "asyncio", "selectors", "ftplib", "smtplib", "imaplib", "poplib", "nntplib"),
    *("telnetlib", "xmlrpc", "httpx", "aiohttp", "websocket", "pycurl", "paramiko", "zeep"),
    *("boto3", "suds", "subprocess", "odoo.addons.iap", "webbrowser", "gevent", "geventwebsocket"),
}
#: functions that take an address for a file
READERS = {"urlopen", "urlretrieve", "iap_jsonrpc", "get_server_certificate", "create_connection"}
#: what a file needs of them: the whole of a module, or some of its names
ALLOWED = {
    "tools/pinned.py": {"requests": ..., "urllib3": ..., "socket": ..., "ssl": ...},
    "tools/http.py": {
        "requests": {"RequestException"},
        "urllib3": {"InvalidHeader", "Retry"},
    },
    "tools/connection_errors.py": {
        "socket": {"gaierror"},
        "ssl": {"SSLError", "SSLCertVerificationError"},
    },
}
#: who calls the door
CALLERS = {"channels/oms_channel_adapter_address.py"}


def _sources(root=ADDON):
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*.py")}


def _network_names(tree):
    """:return: pairs (module, name) of what a source uses of the network; ``*`` for the module"""
    found, aliases = set(), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                if module := _module_of(name.name):
                    aliases[name.asname or name.name.partition(".")[0]] = module
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for name in node.names:
                module = _module_of(f"{node.module}.{name.name}") or _module_of(node.module)
                if module:
                    found.add((module, name.name))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in aliases:
                found.add((aliases[node.value.id], node.attr))
        elif isinstance(node, ast.Name) and node.id in aliases:
            found.add((aliases[node.id], ""))
    return found


def _module_of(name):
    return next((m for m in NETWORK if name == m or (name or "").startswith(f"{m}.")), None)


def _violations(place, source):
    """:return: what of a source opens a connection beside the door"""
    tree = ast.parse(source)
    allowed = ALLOWED.get(place, {})
    for module, name in _network_names(tree):
        names = allowed.get(module, set())
        if names is not ... and name not in names and (name or not names):
            yield f"{place}: {module}.{name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = called or (node.func.id if isinstance(node.func, ast.Name) else "")
            is_import = called in ("import_module", "__import__", "create_default_context")
            if called in READERS or is_import and place not in ALLOWED:
                yield f"{place}: {called}()"


def _callers(sources):
    """:return: the files that call the door"""
    found = set()
    for place, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Attribute) and node.attr in ("request", "session", "connect"):
                value = node.value
                if isinstance(value, ast.Name) and value.id in ("http", "pinned"):
                    found.add(place)
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("tools.http"):
                if any(name.name in ("request", "*") for name in node.names):
                    found.add(place)
    return found


def test_no_source_opens_a_connection_beside_the_door():
    sources = _sources()
    assert len(sources) > 250
    assert [v for place, source in sources.items() for v in _violations(place, source)] == []


def test_the_door_is_called_by_the_adapters_contract_alone():
    # An HTTP controller of Odoo has a `request` of its own, which is imported by name.
    inner = {"tools/http.py", "tools/pinned.py"}
    assert _callers(_sources()) - inner == CALLERS


@pytest.mark.parametrize(
    "source",
    [
        "import requests\nrequests.get('https://x')",
        "import requests as r\nr.Session()",
        "from requests import get",
        "from urllib.request import urlopen",
        "import urllib.request\nurllib.request.urlopen('x')",
        "import socket\nsocket.socket()",
        "import http.client\nhttp.client.HTTPConnection('x')",
        "from odoo.addons.iap.tools import iap_tools",
        "from odoo.addons.iap import jsonrpc",
        "def f():\n    import smtplib\n    smtplib.SMTP('x')",
        "import ssl\nssl.get_server_certificate(('x', 443))",
        "tools.urlopen('x')",
        "__import__('requests')",
    ],
)
def test_the_walk_finds_what_opens_a_connection(source):
    assert list(_violations("models/order/x.py", source))
    assert list(_violations("tools/connection_errors.py", source)) or "import" in source[:10]


def test_the_walk_lets_the_parts_pass_that_open_nothing():
    source = "from urllib.parse import quote\nfrom odoo.http import request\nrequest.env"
    assert list(_violations("models/order/x.py", source)) == []
