"""RFC 3161 time stamps over a file's bytes, asked for and verified offline.

    request: digest of the bytes, a nonce, "send your certificate" ──► time-stamping authority
    answer:  status, and a token: SignedData ( TSTInfo: the digest, the instant, the nonce … )

A stamp says that the bytes stood at that instant, as far as its authority is trusted: its certificate has to be for
time stamping alone, and to chain up to a certificate that whoever verifies has chosen, at the instant itself. It holds
until the first certificate of that chain ends: before then it is stamped again (RFC 4998 calls it renewal). Whether a
certificate was revoked is not asked, for it could not be offline.

Needs the standard library and `cryptography`: the verifier ships with this file.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hmac import compare_digest
from typing import NamedTuple

from cryptography import x509
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, Policy

from audit import der
from audit.der import Fields, Value
from audit.signed_data import SHA256, UNREADABLE, Signed, SignedDataInvalid, digest_name, digest_of, opened

TST_INFO = "1.2.840.113549.1.9.16.1.4"
FIRST_VERSION = 1

GRANTED = (0, 1)
"""Status of an answer with a token: granted, and granted with modifications."""

LARGEST_ANSWER_BYTES = 256 * 1024
LONGEST_CHAIN = 8
"""Certificates between the authority's and the one that is trusted, at most."""

MOST_MICROSECONDS = 999


class StampInvalid(ValueError):
    """No time stamp over these bytes that holds; the text says what was expected and what was found."""


class StampRefused(StampInvalid):
    """The authority answered that it gives no stamp; the text says which status, and its words."""


class Request(NamedTuple):
    """What a request asks for: a stamp over this digest (by its algorithm's dotted name), with this nonce."""

    algorithm: str
    digest: bytes
    nonce: int


class TimeStamp(NamedTuple):
    """A stamp that holds.

    stamped_at:   the instant, in UTC.
    accuracy:     how far off it may be, in microseconds, by the authority's own word; None where it gives none.
    authority:    the subject of its certificate (RFC 4514).
    serial:       the stamp's number there.
    policy:       under which of its policies, a dotted name.
    holds_until:  the end of the first certificate of the chain.
    """

    stamped_at: datetime
    accuracy: int | None
    authority: str
    serial: int
    policy: str
    holds_until: datetime


class _Info(NamedTuple):
    """A TSTInfo, as far as anything here needs it."""

    policy: str
    algorithm: str
    digest: bytes
    serial: int
    stamped_at: datetime
    accuracy: int | None
    nonce: int | None


def request(message: bytes, nonce: int) -> bytes:
    """The request (DER) for a stamp over `message`, by SHA-256, with the authority's certificate in the answer.

    nonce:  a random number of 8 bytes or so, above zero: an answer to an earlier request has another.
    """
    imprint = der.write(
        der.SEQUENCE,
        der.write(der.SEQUENCE, der.write_object_id(SHA256), der.write(der.NULL)),
        der.write(der.OCTETS, hashlib.sha256(message).digest()),
    )
    return der.write(der.SEQUENCE, der.write_integer(FIRST_VERSION), imprint, der.write_integer(nonce), der.TRUE)


def read_request(raw: bytes) -> Request:
    """What a request of ours asks for.

    Raises:
        StampInvalid: when it is none.
    """
    try:
        fields = Fields(der.read(raw, "The request"), "The request")
        fields.take(der.INTEGER)
        algorithm, digest = _imprint(fields.take())
        return Request(algorithm, digest, der.integer(fields.take(der.INTEGER), "The request's nonce"))
    except der.NotDer as fault:
        raise StampInvalid(str(fault)) from fault


def stamped_digest(answer: bytes) -> tuple[str, bytes]:
    """Which digest an answer is over, and its algorithm; nothing is verified yet.

    Raises:
        StampInvalid: when it holds no token.
    """
    try:
        fields = Fields(der.read(token_of(answer), "The token"), "The token")
        fields.take()
        signed = Fields(der.read(fields.take().content, "The token"), "The token")
        signed.take(), signed.take()
        content = Fields(signed.take(), "The token")
        content.take()
        info = _info(der.octets(der.read(content.take().content, "The token"), "The token"))
    except (der.NotDer, SignedDataInvalid) as fault:
        raise StampInvalid(str(fault)) from fault
    return info.algorithm, info.digest


def verify(
    answer: bytes, message: bytes, trusted: Sequence[x509.Certificate], *, nonce: int | None = None
) -> TimeStamp:
    """Verify an authority's answer, as it is stored (`.tsr`), over `message`; as `verify_token`.

    Raises:
        StampRefused: when the authority gives no stamp.
        StampInvalid: when the stamp does not hold.
    """
    return verify_token(token_of(answer), message, trusted, nonce=nonce)


def verify_token(
    token: bytes, message: bytes, trusted: Sequence[x509.Certificate], *, nonce: int | None = None
) -> TimeStamp:
    """Verify a token over `message`.

    trusted:  certificates to one of which the authority's has to chain up, or which it is itself.
    nonce:    which nonce it has to hold; None where it was checked when the answer came.

    Raises:
        StampInvalid: when it does not hold.
    """
    try:
        signed = opened(token, TST_INFO, trusted)
        info = _info(signed.content)
        _check_digest(info, message)
    except (der.NotDer, SignedDataInvalid) as fault:
        raise StampInvalid(str(fault)) from fault
    if nonce is not None and info.nonce != nonce:
        raise StampInvalid("The stamp answers another request: its nonce is not the one that was sent.")
    _check_purpose(signed.signer)
    chain = _chain(signed, info.stamped_at, trusted)
    return TimeStamp(
        stamped_at=info.stamped_at,
        accuracy=info.accuracy,
        authority=_subject(signed.signer),
        serial=info.serial,
        policy=info.policy,
        holds_until=min(certificate.not_valid_after_utc for certificate in chain),
    )


def token_of(answer: bytes) -> bytes:
    """The token in an authority's answer.

    Raises:
        StampRefused: when the authority gives none.
        StampInvalid: when it is no answer.
    """
    if len(answer) > LARGEST_ANSWER_BYTES:
        raise StampInvalid(f"The answer has {len(answer)} bytes, more than {LARGEST_ANSWER_BYTES}.")
    try:
        fields = Fields(der.read(answer, "The answer"), "The answer")
        status = Fields(fields.take(der.SEQUENCE), "The answer's status")
        told = der.integer(status.take(), "The answer's status")
        words = status.maybe(der.SEQUENCE)
        if told not in GRANTED:
            raise StampRefused(f"The authority gives no stamp: status {told}{_words(words)}.")
        status.maybe(der.BIT_STRING)
        status.end()
        token = fields.take(der.SEQUENCE).encoded
        fields.end()
    except der.NotDer as fault:
        raise StampInvalid(str(fault)) from fault
    return token


def load_certificates(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file, such as `--ca` names.

    Raises:
        StampInvalid: when it holds none, or one that cannot be read.
    """
    try:
        return x509.load_pem_x509_certificates(pem)
    except UNREADABLE as fault:
        raise StampInvalid(f"The file holds no certificates in PEM: {fault}.") from fault


def _words(value: Value | None) -> str:
    """What an authority says with its refusal, on one line."""
    told = b" ".join(part.content for part in der.parts(value, "The status's words")) if value else b""
    shown = "".join(sign if sign.isprintable() else " " for sign in told[:200].decode(errors="replace"))
    return f" ({shown})" if shown else ""


def _imprint(value: Value) -> tuple[str, bytes]:
    fields = Fields(value, "The message imprint")
    algorithm = digest_name(fields.take(), "The message imprint")
    digest = der.octets(fields.take(), "The message imprint")
    fields.end()
    return algorithm, digest


def _info(raw: bytes) -> _Info:
    what = "The stamp (TSTInfo)"
    fields = Fields(der.read(raw, what), what)
    version = der.integer(fields.take(), "The stamp's version")
    if version != FIRST_VERSION:
        raise StampInvalid(f"The stamp's version is {version}, and {FIRST_VERSION} was expected.")
    policy = der.object_id(fields.take(), "The stamp's policy")
    algorithm, digest = _imprint(fields.take())
    serial = der.integer(fields.take(), "The stamp's serial number")
    stamped_at = der.instant(fields.take(), "The stamp's instant")
    accuracy = fields.maybe(der.SEQUENCE)
    fields.maybe(der.BOOLEAN)  # ordering
    nonce = fields.maybe(der.INTEGER)
    fields.maybe(der.context(0))  # the authority's name; its certificate's subject is what counts
    _refuse_critical(fields.maybe(der.context(1)))
    fields.end()
    return _Info(
        policy,
        algorithm,
        digest,
        serial,
        stamped_at,
        _accuracy(accuracy) if accuracy else None,
        der.integer(nonce, "The stamp's nonce") if nonce else None,
    )


def _accuracy(value: Value) -> int:
    """Accuracy, in microseconds."""
    what = "The stamp's accuracy"
    fields = Fields(value, what)
    seconds = fields.maybe(der.INTEGER)
    total = der.integer(seconds, what) * 1_000_000 if seconds else 0
    for number, unit in ((0, 1_000), (1, 1)):
        part = fields.maybe(der.context(number, constructed=False))
        count = der.integer(Value(der.INTEGER, part.content, part.encoded), what) if part else 0
        if not 0 <= count <= MOST_MICROSECONDS:
            raise StampInvalid(f"{what} has {count} where 1 to {MOST_MICROSECONDS} may stand.")
        total += count * unit
    fields.end()
    return total


def _refuse_critical(extensions: Value | None) -> None:
    """Refuse extensions of the stamp that must be understood: none is known here."""
    for extension in der.parts(extensions, "The stamp's extensions") if extensions else []:
        fields = Fields(extension, "An extension of the stamp")
        name = der.object_id(fields.take(), "An extension of the stamp")
        if fields.maybe(der.BOOLEAN) is not None:
            raise StampInvalid(f"The stamp has the critical extension {name}, which is not known here.")


def _check_digest(info: _Info, message: bytes) -> None:
    expected = digest_of(info.algorithm, message)
    if not compare_digest(info.digest, expected):
        raise StampInvalid(
            f"The stamp is over other bytes: their digest is {info.digest.hex()[:16]}…, here it is "
            f"{expected.hex()[:16]}…."
        )


def _check_purpose(certificate: x509.Certificate) -> None:
    """Check that the certificate is for time stamping and nothing else (RFC 3161, 2.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        keys = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        signs = keys.digital_signature or keys.content_commitment
    except x509.ExtensionNotFound as fault:
        if fault.oid == x509.ExtendedKeyUsage.oid:
            raise StampInvalid("The authority's certificate does not say that it is for time stamping.") from fault
        signs = True
    except UNREADABLE as fault:
        raise StampInvalid(f"The extensions of the authority's certificate cannot be read: {fault}.") from fault
    if list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not usage.critical:
        raise StampInvalid("The authority's certificate is not for time stamping alone (extended key usage).")
    if not signs:
        raise StampInvalid("The authority's certificate is not for signing (key usage).")


def _subject(certificate: x509.Certificate) -> str:
    try:
        return certificate.subject.rfc4514_string()
    except UNREADABLE as fault:
        raise StampInvalid(f"The name in the authority's certificate cannot be read: {fault}.") from fault


def _chain(signed: Signed, stamped_at: datetime, trusted: Sequence[x509.Certificate]) -> Iterable[x509.Certificate]:
    """The chain from the authority's certificate to a trusted one, all of them in force at the instant."""
    if not trusted:
        raise StampInvalid("No certificate is trusted, so no stamp holds.")
    policies = verification.PolicyBuilder().store(verification.Store(list(trusted)))
    verifier = (
        policies.time(stamped_at.astimezone(UTC).replace(tzinfo=None, microsecond=0))
        .max_chain_depth(LONGEST_CHAIN)
        .extension_policies(ca_policy=_issuers(), ee_policy=ExtensionPolicy.permit_all())
        .build_client_verifier()
    )
    try:
        return verifier.verify(signed.signer, list(signed.others)).chain
    except verification.VerificationError as fault:
        at = f"{stamped_at:%Y-%m-%dT%H:%M:%SZ}"
        raise StampInvalid(
            f"The authority's certificate does not chain up to a trusted one at {at}: {fault}."
        ) from fault


def _issuers() -> ExtensionPolicy:
    """What a certificate in between and the trusted one have to be: a CA that may issue for time stamping."""
    return (
        ExtensionPolicy.permit_all()
        .require_present(
            x509.BasicConstraints, Criticality.AGNOSTIC, None
        )  # `cryptography` itself looks that it is one's
        .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _signs_certificates)
        .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _stamps)
    )


def _signs_certificates(_policy: Policy, _certificate: x509.Certificate, found: x509.KeyUsage | None) -> None:
    if found is not None and not found.key_cert_sign:
        raise ValueError("it may not sign certificates")


def _stamps(_policy: Policy, _certificate: x509.Certificate, found: x509.ExtendedKeyUsage | None) -> None:
    allowed = (ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
    if found is not None and not any(usage in allowed for usage in found):
        raise ValueError("it may not issue for time stamping")
