"""Time-stamp tokens put together by hand, so that each part of one can be made wrong while its signature holds."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from audit import der
from audit.signed_data import (
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    MGF1,
    RSA_PSS,
    SHA256,
    SIGNED_DATA,
    SIGNING_CERTIFICATE_V2,
)
from audit.timestamps import TST_INFO
from tests.time_stamping import Identity

NULL = der.write(der.NULL)
ECDSA_SHA256 = der.write(der.SEQUENCE, der.write_object_id("1.2.840.10045.4.3.2"))
RSA_SHA256 = der.write(der.SEQUENCE, der.write_object_id("1.2.840.113549.1.1.11"), NULL)


def digest_algorithm(name: str = SHA256) -> bytes:
    return der.write(der.SEQUENCE, der.write_object_id(name), NULL)


def octets(content: bytes) -> bytes:
    return der.write(der.OCTETS, content)


def attribute(kind: str, *values: bytes) -> bytes:
    return der.write(der.SEQUENCE, der.write_object_id(kind), der.write(der.SET, *values))


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def info(
    message: bytes,
    at: datetime,
    *,
    version: int = 1,
    digest: bytes | None = None,
    more: bytes = b"",
    kind: str = SHA256,
) -> bytes:
    """A TSTInfo over `message`; `more` stands behind its instant."""
    return der.write(
        der.SEQUENCE,
        der.write_integer(version),
        der.write_object_id("1.2.3.4.1"),
        der.write(der.SEQUENCE, digest_algorithm(kind), octets(digest or sha256(message))),
        der.write_integer(7),
        der.write(der.TIME, at.strftime("%Y%m%d%H%M%SZ").encode()),
        more,
    )


def bound_to(identity: Identity, *, algorithm: bytes = b"") -> bytes:
    """A SigningCertificateV2 that names the certificate by its SHA-256."""
    hashed = octets(sha256(identity.certificate.public_bytes(Encoding.DER)))
    return der.write(der.SEQUENCE, der.write(der.SEQUENCE, der.write(der.SEQUENCE, algorithm, hashed)))


def by_issuer(identity: Identity) -> bytes:
    """IssuerAndSerialNumber."""
    issuer = identity.certificate.issuer.public_bytes()
    return der.write(der.SEQUENCE, issuer, der.write_integer(identity.certificate.serial_number))


def by_key(identity: Identity) -> bytes:
    """SubjectKeyIdentifier, as tests' certificates have it."""
    found = identity.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return der.write(der.context(0, constructed=False), found.value.digest)


def pss_parameters(*, digest: str = SHA256, mask: str = SHA256, generator: str = MGF1, salt: int = 32) -> bytes:
    return der.write(
        der.SEQUENCE,
        der.write(der.context(0), digest_algorithm(digest)),
        der.write(der.context(1), der.write(der.SEQUENCE, der.write_object_id(generator), digest_algorithm(mask))),
        der.write(der.context(2), der.write_integer(salt)),
    )


def pss_algorithm(parameters: bytes) -> bytes:
    return der.write(der.SEQUENCE, der.write_object_id(RSA_PSS), parameters)


def signed_plainly(identity: Identity, content: bytes) -> bytes:
    """ECDSA, or RSA the old way; with SHA-256."""
    key = identity.key
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(content, ec.ECDSA(hashes.SHA256()))


def signed_with_pss(identity: Identity, content: bytes) -> bytes:
    assert isinstance(identity.key, rsa.RSAPrivateKey)
    return identity.key.sign(content, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())


@dataclass
class Draft:
    """A token; each field is a part of it, right unless told otherwise, and `token` signs what is there."""

    by: Identity
    content: bytes
    outer_kind: str = SIGNED_DATA
    version: int = 3
    digests: list[str] = field(default_factory=lambda: [SHA256])
    content_kind: str = TST_INFO
    certificates: list[bytes] | None = None
    lists: bytes = b""
    signer_version: int = 1
    sid: bytes = b""
    digest: str = SHA256
    attributes: list[bytes] | None = None
    algorithm: bytes = b""
    sign: Callable[[Identity, bytes], bytes] = signed_plainly
    unsigned: bytes = b""
    signers: int = 1
    sort: bool = True

    def token(self) -> bytes:
        """The token, signed."""
        certificates = self.certificates
        if certificates is None:
            certificates = [self.by.certificate.public_bytes(Encoding.DER)]
        wrapped = der.write(der.context(0), octets(self.content))
        signer = self._signer()
        return der.write(
            der.SEQUENCE,
            der.write_object_id(self.outer_kind),
            der.write(
                der.context(0),
                der.write(
                    der.SEQUENCE,
                    der.write_integer(self.version),
                    der.write(der.SET, *(digest_algorithm(name) for name in self.digests)),
                    der.write(der.SEQUENCE, der.write_object_id(self.content_kind), wrapped),
                    der.write(der.context(0), *certificates) if certificates else b"",
                    self.lists,
                    der.write(der.SET, *[signer] * self.signers),
                ),
            ),
        )

    def answer(self) -> bytes:
        """The token in an authority's answer."""
        return der.write(der.SEQUENCE, der.write(der.SEQUENCE, der.write_integer(0)), self.token())

    def usual_attributes(self) -> list[bytes]:
        """Content type, digest and binding, as they have to be."""
        return [
            attribute(CONTENT_TYPE, der.write_object_id(TST_INFO)),
            attribute(MESSAGE_DIGEST, octets(sha256(self.content))),
            attribute(SIGNING_CERTIFICATE_V2, bound_to(self.by)),
        ]

    def _signer(self) -> bytes:
        attributes = self.usual_attributes() if self.attributes is None else self.attributes
        listed = b"".join(sorted(attributes) if self.sort else attributes)
        plain = RSA_SHA256 if isinstance(self.by.key, rsa.RSAPrivateKey) else ECDSA_SHA256
        return der.write(
            der.SEQUENCE,
            der.write_integer(self.signer_version),
            self.sid or by_issuer(self.by),
            digest_algorithm(self.digest),
            der.write(der.context(0), listed),
            self.algorithm or plain,
            octets(self.sign(self.by, der.write(der.SET, listed))),
            self.unsigned,
        )
