"""One POST: by TLS to whom the certificate names, within its time, and only to the address that was looked at."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.webhooks.addresses import Reach
from api.webhooks.sending import Answer, Patience, post
from tests.api.webhooks.receiving import receiving

HASTE = Patience(connect_seconds=0.5, answer_seconds=0.5)
USUAL = Patience()


def send(url: str, reach: Reach, patience: Patience = USUAL) -> Answer:
    return post(url, reach, {"webhook-id": "msg_1"}, b"{}", patience=patience, stop=Event())


def certified(folder: Path, name: str) -> Path:
    """A certificate for `name`, signed by its own key, and the key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)  # noqa: TID251  TLS compares with the machine's clock
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    file = folder / f"{name}.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    )
    return file


def tls(file: Path) -> Any:
    """What makes a listening socket one that speaks TLS with the certificate in `file`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return lambda plain: context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)


def test_a_receiver_whose_certificate_is_trusted_takes_the_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certified(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))

    with receiving(wrap=tls(file)) as receiver:
        answer = send(receiver.url, Reach.PRIVATE)

    assert answer == Answer(204)
    assert [message.id for message in receiver.messages] == ["msg_1"]


@pytest.mark.parametrize(("name", "is_trusted"), [("localhost", False), ("another.example.cn", True)])
def test_a_certificate_that_nobody_vouches_for_or_of_another_name_gets_no_message(
    name: str, *, is_trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certified(tmp_path, name)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))

    with receiving(wrap=tls(file)) as receiver:
        answer = send(receiver.url, Reach.PRIVATE)

    assert answer.status is None
    assert "certificate does not hold" in answer.why
    assert receiver.messages == []


def test_a_name_that_means_another_address_the_second_time_leads_to_the_one_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 or host[0].isdigit() else "169.254.169.254"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with receiving() as receiver:
        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        answer = send(receiver.url, Reach.INSECURE)

    assert answer == Answer(204)
    assert asked == ["localhost", "127.0.0.1"]
    assert receiver.messages[0].headers["host"].startswith("localhost:")


def test_one_that_drips_its_answer_byte_by_byte_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        done = Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not done.wait(0.05):
                    try:
                        connection.sendall(b"a")
                    except OSError:
                        return

        thread = Thread(target=drip)
        thread.start()
        began = monotonic()

        answer = send(f"http://127.0.0.1:{port}/", Reach.INSECURE, HASTE)

        took = monotonic() - began
        done.set()
        thread.join()
    assert answer.status is None
    assert took < 3


@pytest.mark.parametrize(
    ("url", "reach", "word"),
    [
        ("http://127.0.0.1:1/", Reach.INSECURE, "no answer"),
        ("https://nobody.invalid/", Reach.PUBLIC, "no connection"),
        ("https://127.0.0.1/", Reach.PUBLIC, "--private"),
        ("http://localhost/", Reach.PUBLIC, "--insecure-http"),
    ],
)
def test_what_cannot_be_reached_or_may_not_be_is_an_answer_without_status(url: str, reach: Reach, word: str) -> None:
    answer = send(url, reach, HASTE)

    assert answer.status is None
    assert word in answer.why
