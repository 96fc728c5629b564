"""CMS SignedData of one signer, as a time stamp is (RFC 5652, RFC 5816), read strictly and verified.

    content ◄── digest ── signed attributes ◄── signature ── certificate
                              └──── hash of the certificate (ESSCertID) ────┘

What is not under the signature decides nothing: further certificates only help to build the chain, revocation lists and
unsigned attributes are passed over. Needs the standard library and `cryptography`.
"""

import hashlib
from collections.abc import Sequence
from hmac import compare_digest
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from audit import der
from audit.der import Fields, Value

SIGNED_DATA = "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"

RSA_ENCRYPTION, RSA_PSS, MGF1 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.8"

SHA256 = "2.16.840.1.101.3.4.2.1"
DIGESTS: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    SHA256: hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}
"""Digests that are trusted, by their name; SHA-1 and MD5 are not."""

RSA_WITH = {
    "1.2.840.113549.1.1.11": SHA256,
    "1.2.840.113549.1.1.12": "2.16.840.1.101.3.4.2.2",
    "1.2.840.113549.1.1.13": "2.16.840.1.101.3.4.2.3",
}
ECDSA_WITH = {
    "1.2.840.10045.4.3.2": SHA256,
    "1.2.840.10045.4.3.3": "2.16.840.1.101.3.4.2.2",
    "1.2.840.10045.4.3.4": "2.16.840.1.101.3.4.2.3",
}
"""Signature algorithms that name their digest."""

UNREADABLE = (
    ValueError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises when a certificate is not as it should be; it looks at parts when they are asked for."""

VERSION, VERSION_BY_ISSUER, VERSION_BY_KEY = 3, 1, 3
"""Of a SignedData around something else than data, and of a signer named by issuer and serial, or by key identifier."""


class SignedDataInvalid(ValueError):
    """Not a SignedData, or its signature does not hold; the text says what was expected and what was found."""


class Signed(NamedTuple):
    """What was signed, the certificate of who signed it, and the further certificates that came along."""

    content: bytes
    signer: x509.Certificate
    others: tuple[x509.Certificate, ...]


class _Signer(NamedTuple):
    """A SignerInfo: which certificate, which digest, what is signed, and how."""

    named: Value
    digest: str
    attributes: dict[str, Value]
    signed: bytes
    algorithm: Value
    signature: bytes


def digest_of(algorithm: str, content: bytes) -> bytes:
    """The digest of `content`, by the algorithm's dotted name.

    Raises:
        SignedDataInvalid: when it is not one of `DIGESTS`.
    """
    known = DIGESTS.get(algorithm)
    if known is None:
        raise SignedDataInvalid(f"The digest {algorithm} is not one that is trusted: SHA-256, SHA-384, SHA-512.")
    return hashlib.new(known.name, content).digest()


def digest_name(value: Value, what: str) -> str:
    """The dotted name in an AlgorithmIdentifier of a digest, whose parameters are absent or NULL."""
    fields = Fields(value, what)
    name = der.object_id(fields.take(der.OBJECT_ID), what)
    _end_with_null(fields, what)
    return name


def opened(raw: bytes, kind: str, known: Sequence[x509.Certificate] = ()) -> Signed:
    """What a SignedData of one signer holds, when the signature over it holds.

    kind:   the content's type, a dotted name.
    known:  certificates in which the signer's is looked for besides those that came along.

    Whether the certificate is anybody's is for the caller to check.

    Raises:
        SignedDataInvalid: when the signature does not hold, or is made in a way that is not trusted.
        NotDer: when the bytes are no SignedData.
    """
    outside = Fields(der.read(raw, "The token"), "The token")
    _expect_kind(outside.take(), SIGNED_DATA, "The token")
    wrapped = outside.take(der.context(0))
    outside.end()
    fields = Fields(der.read(wrapped.content, "The signed data"), "The signed data")
    _expect_number(fields.take(), VERSION, "The signed data's version")
    digests = [digest_name(part, "A digest algorithm") for part in der.parts(fields.take(der.SET), "The digests")]
    content = _content(fields.take(), kind)
    carried = _certificates(fields.maybe(der.context(0)))
    fields.maybe(der.context(1))  # revocation lists
    signer = _signer(fields.take(der.SET))
    fields.end()
    if digests != [signer.digest]:
        raise SignedDataInvalid(f"The digests named are {digests}, and {signer.digest} alone is used.")
    certificate = _find(signer.named, (*carried, *known))
    _check_attributes(signer, kind, content, certificate)
    _check_signature(signer, certificate)
    return Signed(content, certificate, tuple(other for other in carried if other != certificate))


def _content(value: Value, kind: str) -> bytes:
    fields = Fields(value, "The content")
    _expect_kind(fields.take(), kind, "The content")
    wrapped = der.read(fields.take(der.context(0)).content, "The content")
    fields.end()
    return der.octets(wrapped, "The content")


def _certificates(value: Value | None) -> list[x509.Certificate]:
    """The certificates that came along; their order is nobody's concern."""
    return [_certificate(part) for part in der.parts(value, "The certificates")] if value else []


def _certificate(value: Value) -> x509.Certificate:
    what = "A certificate that came along"
    inside = Fields(Fields(value, what).take(), what)
    inside.maybe(der.context(0))
    serial = der.integer(inside.take(), what)
    if serial <= 0:
        raise SignedDataInvalid(f"{what} has the serial number {serial}, which is not above zero.")
    try:
        return x509.load_der_x509_certificate(value.encoded)
    except UNREADABLE as fault:
        raise SignedDataInvalid(f"{what} cannot be read: {fault}.") from fault


def _signer(value: Value) -> _Signer:
    signers = der.parts(value, "The signers")
    if len(signers) != 1:
        raise SignedDataInvalid(f"There are {len(signers)} signers, and one was expected.")
    fields = Fields(signers[0], "The signer")
    version = fields.take()
    named = fields.take(der.SEQUENCE, der.context(0, constructed=False))
    by_issuer = named.tag == der.SEQUENCE
    _expect_number(version, VERSION_BY_ISSUER if by_issuer else VERSION_BY_KEY, "The signer's version")
    digest = digest_name(fields.take(), "The signer's digest")
    attributes = fields.take(der.context(0))
    algorithm = fields.take(der.SEQUENCE)
    signature = der.octets(fields.take(), "The signature")
    fields.maybe(der.context(1))  # unsigned attributes
    fields.end()
    signed = der.write(der.SET, attributes.content)
    return _Signer(named, digest, _attributes(attributes), signed, algorithm, signature)


def _attributes(value: Value) -> dict[str, Value]:
    """The signed attributes by their type, each with its set of values."""
    found: dict[str, Value] = {}
    listed = der.parts(value, "The signed attributes")
    if [part.encoded for part in listed] != sorted(part.encoded for part in listed):
        raise SignedDataInvalid("The signed attributes are not in DER's order.")
    for part in listed:
        fields = Fields(part, "A signed attribute")
        kind = der.object_id(fields.take(), "A signed attribute")
        if kind in found:
            raise SignedDataInvalid(f"The signed attribute {kind} is there twice.")
        found[kind] = fields.take(der.SET)
        fields.end()
    return found


def _find(named: Value, certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    """The certificate that the signer is named by."""
    for certificate in certificates:
        if _names(certificate) == named.encoded or _key_identifier(certificate) == named.encoded:
            return certificate
    raise SignedDataInvalid(f"The signer's certificate is not among the {len(certificates)} that there are.")


def _names(certificate: x509.Certificate) -> bytes:
    """IssuerAndSerialNumber, of the certificate's own bytes."""
    fields = Fields(der.read(certificate.tbs_certificate_bytes, "A certificate"), "A certificate")
    fields.maybe(der.context(0))
    serial = fields.take(der.INTEGER)
    fields.take()  # the issuer's signature algorithm
    return der.write(der.SEQUENCE, fields.take().encoded, serial.encoded)


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except (x509.ExtensionNotFound, *UNREADABLE):
        return None
    return der.write(der.context(0, constructed=False), found.value.digest)


def _check_attributes(signer: _Signer, kind: str, content: bytes, certificate: x509.Certificate) -> None:
    _expect_kind(_only(signer, CONTENT_TYPE), kind, "The signed content type")
    told = der.octets(_only(signer, MESSAGE_DIGEST), "The signed digest")
    if not compare_digest(told, digest_of(signer.digest, content)):
        raise SignedDataInvalid("The content was changed: its digest is not the one that was signed.")
    bindings = [kind for kind in (SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2) if kind in signer.attributes]
    if not bindings:
        raise SignedDataInvalid("The signature does not say with which certificate it was made (ESSCertID).")
    for binding in bindings:
        _check_binding(_only(signer, binding), certificate, second=binding == SIGNING_CERTIFICATE_V2)


def _check_binding(value: Value, certificate: x509.Certificate, *, second: bool) -> None:
    """Check that the first ESSCertID, of the second version or the first, is of this certificate."""
    what = "The binding to the certificate"
    bindings = Fields(value, what)
    listed = der.parts(bindings.take(der.SEQUENCE), what)
    bindings.maybe(der.SEQUENCE)  # policies
    bindings.end()
    if not listed:
        raise SignedDataInvalid(f"{what} names none.")
    fields = Fields(listed[0], what)
    encoded = certificate.public_bytes(Encoding.DER)
    if second:
        named = fields.maybe(der.SEQUENCE)
        expected = digest_of(digest_name(named, what) if named else SHA256, encoded)
    else:  # RFC 5816 keeps SHA-1 here; the certificate stands under its issuer's signature besides
        expected = hashlib.sha1(encoded, usedforsecurity=False).digest()
    told = der.octets(fields.take(), what)
    fields.maybe(der.SEQUENCE)  # issuer and serial, which the hash is over already
    fields.end()
    if not compare_digest(told, expected):
        raise SignedDataInvalid("The certificate is not the one that the signature was made with.")


def _check_signature(signer: _Signer, certificate: x509.Certificate) -> None:
    fields = Fields(signer.algorithm, "The signature algorithm")
    name = der.object_id(fields.take(), "The signature algorithm")
    digest = DIGESTS[signer.digest]  # one of them, or the content's would not have been computed
    key = _public_key(certificate)
    try:
        if isinstance(key, rsa.RSAPublicKey) and name == RSA_PSS:
            key.verify(signer.signature, signer.signed, _pss(fields, signer.digest), digest())
        elif isinstance(key, rsa.RSAPublicKey) and name in (RSA_ENCRYPTION, *RSA_WITH):
            _expect_digest(RSA_WITH.get(name, signer.digest), signer.digest)
            _end_with_null(fields, "The signature algorithm")
            key.verify(signer.signature, signer.signed, padding.PKCS1v15(), digest())
        elif isinstance(key, ec.EllipticCurvePublicKey) and name in ECDSA_WITH:
            _expect_digest(ECDSA_WITH[name], signer.digest)
            fields.end()
            key.verify(signer.signature, signer.signed, ec.ECDSA(digest()))
        else:
            raise SignedDataInvalid(f"Signatures of the kind {name} by {type(key).__name__} are not verified here.")
    except InvalidSignature as fault:
        raise SignedDataInvalid("The signature does not verify: what was signed was changed.") from fault


def _public_key(certificate: x509.Certificate) -> object:
    try:
        return certificate.public_key()
    except UNREADABLE as fault:  # SM2, for one
        raise SignedDataInvalid(f"The signer's key is of a kind that is not verified here: {fault}.") from fault


def _pss(fields: Fields, digest: str) -> padding.PSS:
    """The parameters of RSASSA-PSS (RFC 4055), which have to name the signer's digest throughout."""
    what = "The parameters of RSASSA-PSS"
    given = Fields(fields.take(der.SEQUENCE), what)
    fields.end()
    own, mask, salt = (given.take(der.context(number)) for number in range(3))
    given.end()
    _expect_digest(digest_name(der.read(own.content, what), what), digest)
    masking = Fields(der.read(mask.content, what), what)
    _expect_kind(masking.take(), MGF1, what)
    _expect_digest(digest_name(masking.take(), what), digest)
    masking.end()
    length = der.integer(der.read(salt.content, what), what)
    if not 0 <= length <= hashes.SHA512.digest_size:
        raise SignedDataInvalid(f"{what} ask for a salt of {length} bytes.")
    return padding.PSS(padding.MGF1(DIGESTS[digest]()), length)


def _only(signer: _Signer, kind: str) -> Value:
    """The one value of a signed attribute."""
    values = der.parts(signer.attributes[kind], "A signed attribute") if kind in signer.attributes else []
    if len(values) != 1:
        raise SignedDataInvalid(f"The signed attribute {kind} has {len(values)} values, and one was expected.")
    return values[0]


def _end_with_null(fields: Fields, what: str) -> None:
    null = fields.maybe(der.NULL)
    if null is not None and null.content:
        raise SignedDataInvalid(f"{what} has a NULL that is not empty.")
    fields.end()


def _expect_kind(value: Value, expected: str, what: str) -> None:
    found = der.object_id(value, what)
    if found != expected:
        raise SignedDataInvalid(f"{what} is of the kind {found}, and {expected} was expected.")


def _expect_number(value: Value, expected: int, what: str) -> None:
    found = der.integer(value, what)
    if found != expected:
        raise SignedDataInvalid(f"{what} is {found}, and {expected} was expected.")


def _expect_digest(found: str, expected: str) -> None:
    if found != expected:
        raise SignedDataInvalid(f"The signature is made with the digest {found}, and {expected} is named.")
