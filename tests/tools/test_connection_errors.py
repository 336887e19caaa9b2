"""Every way in which a server cannot be reached or understood is told in its own words."""

import re
import socket
import ssl
from datetime import datetime, timedelta, timezone

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from odoo.addons.oms_addon.exceptions import CredentialsError, FinalError, RetryableError
from odoo.addons.oms_addon.tools import connection_errors, http
from odoo.addons.oms_addon.tools.outbound_address import parse_trusted

from tests.loopback import page, server

NOW = datetime.now(timezone.utc)
HERE = parse_trusted("127.0.0.1 localhost")


@pytest.fixture
def certificate(tmp_path):
    """:return: what makes a self-signed certificate: (files, day of its end)"""

    def make(end=NOW + timedelta(days=30), name="localhost"):
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (
            x509.CertificateBuilder()
            .subject_name(names)
            .issuer_name(names)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(NOW - timedelta(days=60))
            .not_valid_after(end)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        files = tmp_path / "certificate.pem", tmp_path / "key.pem"
        files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
        files[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return files

    return make


def refused(url, kind=RetryableError):
    """:return: what is said of a call that fails"""
    with pytest.raises(kind) as caught:
        http.request("GET", url, trusted=HERE)
    return str(caught.value)


def test_a_name_that_nobody_knows():
    assert "The host name shop.invalid could not be resolved" in refused("https://shop.invalid/api")


def test_a_port_where_nothing_answers():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert f"127.0.0.1:{port} refused the connection" in refused(f"http://127.0.0.1:{port}/")


def test_a_server_that_does_not_answer_in_time(monkeypatch):
    monkeypatch.setattr(http, "TIMEOUT", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        said = refused(f"http://127.0.0.1:{silent.getsockname()[1]}/")
    assert "did not respond in time" in said


def test_a_certificate_nobody_vouches_for_is_told_with_its_end(certificate):
    with server(page(200, "{}"), certificate()) as port:
        said = refused(f"https://localhost:{port}/")
    day = (NOW + timedelta(days=30)).date().isoformat()
    assert "The certificate of localhost is self-signed." in said
    assert f"Certificate: localhost, valid until {day}." in said


def test_a_certificate_that_has_expired(certificate, monkeypatch):
    files = certificate(end=NOW - timedelta(days=3))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files[0]))
    with server(page(200, "{}"), files) as port:
        said = refused(f"https://localhost:{port}/")
    day = (NOW - timedelta(days=3)).date().isoformat()
    assert "The certificate of localhost has expired." in said
    assert f"Certificate: localhost, valid until {day}." in said


def test_a_certificate_of_another_name(certificate, monkeypatch):
    files = certificate(name="shop.example")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files[0]))
    with server(page(200, "{}"), files) as port:
        said = refused(f"https://localhost:{port}/")
    assert "was issued for another name" in said
    assert "Certificate: shop.example" in said


def test_a_server_that_speaks_no_https():
    with server(page(200, "{}")) as port:
        assert "does not support HTTPS" in refused(f"https://localhost:{port}/")


def test_a_login_page_instead_of_data():
    form = '<html><title>Log in</title><input type="password"></html>'
    with server(page(200, form)) as port:
        answer = http.request("GET", f"http://127.0.0.1:{port}/api", trusted=HERE)
        with pytest.raises(RetryableError) as caught:
            answer.json()
    assert "a login page instead of data" in str(caught.value)


def test_a_firewall_is_not_taken_for_refused_credentials():
    blocked = page(403, "<html><title>Attention Required!</title></html>", cf_ray="8f2")
    with server(blocked) as port:
        said = refused(f"http://127.0.0.1:{port}/api")
    assert said.startswith("Cloudflare blocked the call to 127.0.0.1 (status 403)")


def test_credentials_that_are_refused_stay_so():
    with server(page(403, '{"message": "No"}', "application/json", cf_ray="8f2")) as port:
        assert "credentials rejected" in refused(f"http://127.0.0.1:{port}/", CredentialsError)


def test_an_error_page_says_that_it_is_one():
    with server(page(404, "<html><title>Not Found</title></html>")) as port:
        said = refused(f"http://127.0.0.1:{port}/api", FinalError)
    assert "returned a web page instead of data" in said


def test_another_host_is_named_and_never_asked():
    asked = []

    def listen(handler):
        asked.append(handler.headers.get("X-Token"))
        page(200, "{}", "application/json")(handler)

    with server(listen) as there:
        elsewhere = page(302, "", Location=f"http://localhost:{there}/api")
        with server(elsewhere) as port, pytest.raises(FinalError) as caught:
            url, headers = f"http://127.0.0.1:{port}/api", {"X-Token": "secret"}
            http.request("GET", url, headers=headers, trusted=HERE)
    assert f"Enter http://localhost:{there} as the address" in str(caught.value)
    assert asked == []


def test_a_redirect_of_the_same_host_is_followed():
    def answer(handler):
        if handler.path.startswith("/old"):
            page(301, "", Location="/new?page=2")(handler)
        else:
            page(200, f'"{handler.path}"', "application/json")(handler)

    with server(answer) as port:
        url = f"http://127.0.0.1:{port}/old"
        answer = http.request("GET", url, params={"page": 1}, trusted=HERE)
    assert answer.json() == "/new?page=2"


def test_a_server_that_asks_for_https_gets_no_key_and_says_what_to_enter(certificate):
    asked = []

    def listen(handler):
        asked.append(handler.headers.get("Authorization"))
        page(200, "{}", "application/json")(handler)

    with server(listen, certificate()) as there:
        for status in (301, 302, 307, 308):
            elsewhere = page(status, "", Location=f"https://127.0.0.1:{there}/api")
            with server(elsewhere) as port, pytest.raises(FinalError) as caught:
                url = f"http://127.0.0.1:{port}/api"
                http.request("GET", url, auth=("key", "secret"), trusted=HERE)
            assert str(caught.value) == (
                f"127.0.0.1 requires HTTPS. Enter https://127.0.0.1:{there} as the address of the "
                "channel."
            )
    assert asked == []


def test_nothing_is_sent_on_without_encryption(certificate, monkeypatch):
    asked = []
    files = certificate()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files[0]))
    with server(lambda handler: asked.append(handler.path)) as plain:
        elsewhere = page(301, "", Location=f"http://localhost:{plain}/api")
        with server(elsewhere, files) as port:
            said = refused(f"https://localhost:{port}/api", FinalError)
    assert f"localhost redirects calls to localhost:{plain} without HTTPS" in said
    assert asked == []


def test_a_port_of_the_same_host_is_another_server():
    with server(page(200, "{}")) as there:
        elsewhere = page(301, "", Location=f"http://127.0.0.1:{there}/api")
        with server(elsewhere) as port:
            said = refused(f"http://127.0.0.1:{port}/api", FinalError)
    assert f"Enter http://127.0.0.1:{there} as the address of the channel." in said


def test_an_https_port_that_is_asked_without_it():
    told = "<html><title>400</title>The plain HTTP request was sent to HTTPS port</html>"
    with server(page(400, told)) as port:
        said = refused(f"http://127.0.0.1:{port}/api", FinalError)
    assert "with https:// instead of http://" in said


def test_what_breaks_off_the_handshake_is_told_in_words():
    def said(text):
        return connection_errors.describe(ssl.SSLError(1, text), "https://shop.example/api")

    assert "does not support HTTPS" in said("[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred")
    assert "does not support HTTPS" in said("[SSL] record layer failure (_ssl.c:1006)")
    assert "outdated encryption" in said("[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol")
    assert "outdated encryption" in said("[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert")
    broken = connection_errors.describe(ConnectionResetError("x"), "http://shop.example:443/api")
    assert "enter its address with https://" in broken


def test_an_address_with_a_slash_missing_is_told_as_one():
    said = connection_errors.describe(socket.gaierror(-2, "x"), "https://https:/shop/api")
    assert "is not a valid address" in said


def test_redirects_without_end_are_given_up():
    with server(page(302, "", Location="/again")) as port:
        assert "in a loop" in refused(f"http://127.0.0.1:{port}/", FinalError)


ENDINGS = ("", ".", "!", "?", "...", "…")


def _verification_error(message, code):
    error = ssl.SSLCertVerificationError(1, f"certificate verify failed: {message}")
    error.verify_message, error.verify_code = message, code
    return error


def _said_by_servers(ending):
    """:return: every text of the module, made of server texts that end in a certain way"""
    url = "https://127.0.0.1:9/wp-json"
    text = f"unable to get local issuer certificate{ending}"
    errors = [
        socket.gaierror(-2, text),
        *(_verification_error(text, code) for code in (18, 10, 9, 62, 20)),
        ConnectionRefusedError(text),
        requests.ConnectTimeout(text),
        requests.ReadTimeout(text),
        ssl.SSLError(1, f"WRONG_VERSION_NUMBER {text}"),
        ssl.SSLError(1, text),
        requests.exceptions.InvalidURL(text),
        ConnectionResetError(text),
        ValueError(text),
    ]
    yield from (connection_errors.describe(error, url) for error in errors)
    for status, body, headers in (
        (403, f"<html><title>Attention{ending}</title>", {"cf-ray": "1"}),
        (200, f"<html><title>Log in{ending}</title><input type='password'>", {}),
        (503, f"<html><title>Maintenance{ending}</title>", {}),
        (404, f"<html><title>Not here{ending}</title>", {}),
    ):
        answer = http.Answer(status, {"Content-Type": "text/html", **headers}, body.encode(), url)
        yield connection_errors.describe_page(answer, url)
    yield connection_errors.describe_redirect(url, "https://other.example.com/x")


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_text_ends_a_sentence_twice_or_never(ending):
    texts = list(_said_by_servers(ending))
    assert len(texts) == 19
    for text in texts:
        plain = text.replace("...", "…").replace("“", "").replace("”", "")
        assert not re.search(r"[.!?…]\s*[.!]|[!?]\.", plain), text
        assert text.endswith((".", "!", "?", "…", "...")), text
