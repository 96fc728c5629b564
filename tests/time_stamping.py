"""Time-stamping authorities for tests: certificates as they should be or should not, and `openssl ts` behind them."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from domain.clock import wall_clock

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

YEAR = timedelta(days=365)
TIME_STAMPING = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
SIGNING, ISSUING = {"digital_signature"}, {"key_cert_sign", "crl_sign"}
USAGES = [
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
]


class Identity(NamedTuple):
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key


class Extension(NamedTuple):
    """An extension of a certificate."""

    value: x509.ExtensionType
    critical: bool = True


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2_048)


def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def usage(kinds: set[str]) -> x509.KeyUsage:
    return x509.KeyUsage(**{kind: kind in kinds for kind in USAGES})


def now() -> datetime:
    """The machine's time, by which `openssl ts` stamps."""
    return wall_clock()


AUTHORITY = (Extension(x509.BasicConstraints(ca=True, path_length=None)), Extension(usage(ISSUING)))
STAMPING = (Extension(usage(SIGNING)), Extension(TIME_STAMPING))


def made(
    name: str,
    extensions: Sequence[Extension],
    *,
    by: Identity | None = None,
    key: Key | None = None,
    since: datetime | None = None,
    lasting: timedelta = YEAR,
) -> Identity:
    """A certificate with these extensions, signed `by` another, or by itself."""
    own = key or ec_key()
    begins = since or now() - timedelta(minutes=5)
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "测试局"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasting)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
    )
    for extension in extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return Identity(builder.sign(by.key if by else own, hashes.SHA256()), own)


def root(name: str = "Test root", *, key: Key | None = None) -> Identity:
    """A root certificate that lasts from 2020 for sixty years."""
    return made(name, AUTHORITY, key=key, since=datetime(2020, 1, 1, tzinfo=UTC), lasting=60 * YEAR)


def pem(*identities: Identity) -> bytes:
    return b"".join(identity.certificate.public_bytes(Encoding.PEM) for identity in identities)


CONFIGURATION = """
[authority]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
signer_digest = {digest}
accuracy = secs:1, millisecs:500, microsecs:20
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {binding}
"""


class OpensslAuthority:
    """`openssl ts -reply` behind a certificate; call it with a request."""

    def __init__(
        self,
        folder: Path,
        identity: Identity,
        *,
        others: Sequence[Identity] = (),
        digest: str = "sha256",
        binding: str = "sha256",
    ) -> None:
        """Keep key and certificates in `folder`; `others` are sent along."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._others = bool(others)
        private = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        for name, content in (
            ("key.pem", private),
            ("certificate.pem", pem(identity)),
            ("others.pem", pem(*others)),
            ("serial", b"01"),
            ("ts.cnf", CONFIGURATION.format(folder=folder, digest=digest, binding=binding).encode()),
        ):
            (folder / name).write_bytes(content)

    def __call__(self, request: bytes) -> bytes:
        """The answer to a request."""
        (self._folder / "request.tsq").write_bytes(request)
        chain = ["-chain", "others.pem"] if self._others else []
        run_openssl(
            self._folder,
            *("ts", "-reply", "-config", "ts.cnf", "-section", "authority", "-queryfile", "request.tsq"),
            *("-inkey", "key.pem", "-signer", "certificate.pem", *chain, "-out", "answer.tsr"),
        )
        return (self._folder / "answer.tsr").read_bytes()


def run_openssl(folder: Path, *arguments: str) -> str:
    """Run `openssl` in a folder; gives what it says."""
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def openssl_accepts(folder: Path, *, message: str, answer: str, trusted: bytes) -> bool:
    """Whether `openssl ts -verify` accepts a stored answer over a file, both named from `folder`."""
    authority = folder / "trusted-by-openssl.pem"
    authority.write_bytes(trusted)
    said = run_openssl(folder, "ts", "-verify", "-data", message, "-in", answer, "-CAfile", authority.name)
    return "Verification: OK" in said


Answer = Callable[[bytes], bytes | int]
"""Answers a request, or gives the status of a refusal."""


@contextmanager
def served(answer: Answer) -> Iterator[str]:
    """An authority at an address, for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked_rightly = self.headers["Content-Type"] == "application/timestamp-query"
            said = answer(body) if asked_rightly else 415
            self.send_response(said if isinstance(said, int) else 200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(b"" if isinstance(said, int) else said)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/tsa"
        server.shutdown()
        thread.join()
