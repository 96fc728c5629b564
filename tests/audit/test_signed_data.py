"""What a SignedData is refused for, each part wrong by itself while the signature over the rest holds."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from audit import der
from audit.der import NotDer
from audit.signed_data import (
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    RSA_ENCRYPTION,
    SIGNED_DATA,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    SignedDataInvalid,
    opened,
)
from audit.timestamps import TST_INFO
from tests.audit import drafting_tokens as drafting
from tests.audit.drafting_tokens import Draft, attribute, octets
from tests.time_stamping import STAMPING, Identity, made, rsa_key

SHA1, SHA384 = "1.3.14.3.2.26", "2.16.840.1.101.3.4.2.2"
CONTENT = b"what is signed"


@pytest.fixture(scope="module")
def signer() -> Identity:
    return made("Test TSA", STAMPING)


@pytest.fixture(scope="module")
def rsa_signer() -> Identity:
    return made("Test TSA", STAMPING, key=rsa_key())


def algorithm(name: str, *parameters: bytes) -> bytes:
    return der.write(der.SEQUENCE, der.write_object_id(name), *parameters)


def refused(draft: Draft, why: str) -> None:
    with pytest.raises((SignedDataInvalid, NotDer), match=why):
        opened(draft.token(), TST_INFO)


def without(draft: Draft, *kinds: str) -> list[bytes]:
    """The usual attributes but those."""
    return [one for one in draft.usual_attributes() if not any(der.write_object_id(kind) in one for kind in kinds)]


def test_what_is_signed_comes_out_with_the_certificate_of_who_signed(signer: Identity) -> None:
    other = made("Another", STAMPING)
    certificates = [one.certificate.public_bytes(Encoding.DER) for one in (other, signer)]

    signed = opened(Draft(signer, CONTENT, certificates=certificates).token(), TST_INFO)

    assert signed == (CONTENT, signer.certificate, (other.certificate,))


def test_the_signer_may_be_named_by_key_and_its_certificate_come_from_elsewhere(signer: Identity) -> None:
    draft = Draft(signer, CONTENT, certificates=[], sid=drafting.by_key(signer), signer_version=3)

    assert opened(draft.token(), TST_INFO, [signer.certificate]).signer == signer.certificate
    refused(draft, "The signer's certificate is not among the 0 that there are")


def test_revocation_lists_and_unsigned_attributes_are_passed_over(signer: Identity) -> None:
    lists, unsigned = (der.write(der.context(1), octets(b"whatever")) for _ in range(2))

    assert opened(Draft(signer, CONTENT, lists=lists, unsigned=unsigned).token(), TST_INFO).content == CONTENT


def test_a_signature_with_pss_holds_when_it_uses_one_digest_throughout(rsa_signer: Identity) -> None:
    right = Draft(
        rsa_signer,
        CONTENT,
        algorithm=drafting.pss_algorithm(drafting.pss_parameters()),
        sign=drafting.signed_with_pss,
    )

    assert opened(right.token(), TST_INFO).content == CONTENT
    for parameters, why in (
        (drafting.pss_parameters(digest=SHA384), f"made with the digest {SHA384}"),
        (drafting.pss_parameters(mask=SHA384), f"made with the digest {SHA384}"),
        (drafting.pss_parameters(generator=SHA384), f"are of the kind {SHA384}|is of the kind {SHA384}"),
        (drafting.pss_parameters(salt=65), "ask for a salt of 65 bytes"),
        (drafting.pss_parameters(salt=-1), "ask for a salt of -1 bytes"),
        (drafting.pss_parameters(salt=31), "does not verify"),
        (der.write(der.SEQUENCE), "ends where more was expected"),
    ):
        refused(replace(right, algorithm=drafting.pss_algorithm(parameters)), why)


@pytest.mark.parametrize("name", [RSA_ENCRYPTION, "1.2.840.113549.1.1.11"])
@pytest.mark.parametrize("parameters", [b"", drafting.NULL])
def test_a_signature_with_rsa_holds_however_its_algorithm_is_written(
    rsa_signer: Identity, name: str, parameters: bytes
) -> None:
    draft = Draft(rsa_signer, CONTENT, algorithm=algorithm(name, parameters))

    assert opened(draft.token(), TST_INFO).content == CONTENT


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("1.2.840.113549.1.1.12", "made with the digest 2.16.840.1.101.3.4.2.2, and 2.16.840.1.101.3.4.2.1 is named"),
        ("1.2.840.113549.1.1.5", "of the kind 1.2.840.113549.1.1.5 by RSAPublicKey are not verified here"),
        ("1.2.840.10045.4.3.2", "of the kind 1.2.840.10045.4.3.2 by RSAPublicKey are not verified here"),
    ],
)
def test_a_signature_of_another_kind_than_the_key_or_the_digest_is_refused(
    rsa_signer: Identity, name: str, why: str
) -> None:
    refused(Draft(rsa_signer, CONTENT, algorithm=algorithm(name, drafting.NULL)), why)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"outer_kind": TST_INFO}, f"The token is of the kind {TST_INFO}, and {SIGNED_DATA} was expected"),
        ({"version": 1}, "The signed data's version is 1, and 3 was expected"),
        ({"digests": []}, "The digests named are \\[\\]"),
        ({"digests": [SHA384]}, "alone is used"),
        ({"digests": [SHA1], "digest": SHA1}, f"The digest {SHA1} is not one that is trusted"),
        ({"content_kind": "1.2.840.113549.1.7.1"}, "The content is of the kind 1.2.840.113549.1.7.1"),
        ({"signers": 0}, "There are 0 signers"),
        ({"signers": 2}, "There are 2 signers"),
        ({"signer_version": 3}, "The signer's version is 3, and 1 was expected"),
        ({"algorithm": algorithm("1.2.840.10045.4.3.3")}, "made with the digest 2.16.840.1.101.3.4.2.2"),
        ({"algorithm": algorithm("1.2.840.10045.4.3.2", drafting.NULL)}, "has 1 fields more than expected"),
        ({"sign": lambda by, content: drafting.signed_plainly(by, content + b"!")}, "does not verify"),
        ({"certificates": [der.write(der.SEQUENCE)]}, "A certificate that came along ends where more was expected"),
    ],
)
def test_a_signed_data_with_one_part_wrong_is_refused_with_the_reason(
    signer: Identity, changes: dict[str, Any], why: str
) -> None:
    refused(replace(Draft(signer, CONTENT), **changes), why)


def test_signed_attributes_that_are_missing_doubled_or_of_another_content_are_refused(signer: Identity) -> None:
    draft = Draft(signer, CONTENT)
    usual = draft.usual_attributes()
    other_type = attribute(CONTENT_TYPE, der.write_object_id(SIGNED_DATA))
    other_digest = attribute(MESSAGE_DIGEST, octets(drafting.sha256(b"something else")))
    two_digests = attribute(MESSAGE_DIGEST, octets(b"one"), octets(b"two"))

    refused(replace(draft, attributes=[]), f"The signed attribute {CONTENT_TYPE} has 0 values")
    refused(replace(draft, attributes=usual[:1]), f"The signed attribute {MESSAGE_DIGEST} has 0 values")
    refused(replace(draft, attributes=[*usual, usual[0]]), f"The signed attribute {CONTENT_TYPE} is there twice")
    refused(replace(draft, attributes=sorted(usual)[::-1], sort=False), "not in DER's order")
    refused(
        replace(draft, attributes=[*without(draft, CONTENT_TYPE), other_type]),
        f"The signed content type is of the kind {SIGNED_DATA}",
    )
    refused(replace(draft, attributes=[*without(draft, MESSAGE_DIGEST), other_digest]), "The content was changed")
    refused(replace(draft, attributes=[*without(draft, MESSAGE_DIGEST), two_digests]), "has 2 values")


def test_a_signature_that_is_bound_to_no_certificate_or_to_another_is_refused(signer: Identity) -> None:
    draft = Draft(signer, CONTENT)
    twin = made("Test TSA", STAMPING, key=signer.key)
    nobody = der.write(der.SEQUENCE, der.write(der.SEQUENCE))
    unbound = without(draft, SIGNING_CERTIFICATE_V2)

    def bound(value: bytes, kind: str = SIGNING_CERTIFICATE_V2) -> Draft:
        return replace(draft, attributes=[*unbound, attribute(kind, value)])

    refused(replace(draft, attributes=unbound), "does not say with which certificate it was made")
    refused(bound(nobody), "names none")
    refused(bound(drafting.bound_to(twin)), "The certificate is not the one that the signature was made with")
    refused(bound(drafting.bound_to(signer, algorithm=drafting.digest_algorithm(SHA1))), f"The digest {SHA1} is not")
    assert opened(bound(drafting.bound_to(signer, algorithm=drafting.digest_algorithm())).token(), TST_INFO)


def test_a_binding_of_the_first_version_holds_and_does_not_hide_a_wrong_one_of_the_second(signer: Identity) -> None:
    draft = Draft(signer, CONTENT)
    encoded = signer.certificate.public_bytes(Encoding.DER)
    first = attribute(
        SIGNING_CERTIFICATE,
        der.write(
            der.SEQUENCE, der.write(der.SEQUENCE, der.write(der.SEQUENCE, octets(hashlib.sha1(encoded).digest())))
        ),
    )
    wrong = attribute(SIGNING_CERTIFICATE_V2, drafting.bound_to(made("Another", STAMPING)))
    unbound = without(draft, SIGNING_CERTIFICATE_V2)

    assert opened(replace(draft, attributes=[*unbound, first]).token(), TST_INFO).content == CONTENT
    refused(replace(draft, attributes=[*unbound, first, wrong]), "not the one that the signature was made with")


def test_a_certificate_that_is_damaged_or_has_no_serial_number_is_refused(signer: Identity) -> None:
    encoded = signer.certificate.public_bytes(Encoding.DER)
    serial = der.write_integer(signer.certificate.serial_number)
    unnumbered = encoded.replace(serial, serial[:2] + b"\x90" + serial[3:], 1)  # below zero
    version_4 = encoded.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020103"), 1)

    refused(Draft(signer, CONTENT, certificates=[version_4]), "cannot be read: 3 is not a valid X509 version")
    refused(Draft(signer, CONTENT, certificates=[unnumbered]), "is not above zero")


def test_a_null_that_is_not_empty_is_refused(signer: Identity) -> None:
    token = Draft(signer, CONTENT).token()

    with pytest.raises(SignedDataInvalid, match="has a NULL that is not empty"):
        opened(_filled_null(token), TST_INFO)


def test_keys_of_a_kind_that_is_not_verified_here_are_refused_by_name() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    issuer = made("Test root", STAMPING)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(issuer.certificate.subject)
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(issuer.certificate.not_valid_before_utc)
        .not_valid_after(issuer.certificate.not_valid_after_utc)
        .sign(issuer.key, hashes.SHA256())
    )
    holder = Identity(certificate, ec.generate_private_key(ec.SECP256R1()))
    broken = certificate.public_bytes(Encoding.DER).replace(
        bytes.fromhex("06032b6570"), bytes.fromhex("06032b6501"), 1
    )  # an algorithm that nobody knows

    refused(Draft(holder, CONTENT, sid=drafting.by_key(issuer), signer_version=3), "is not among the 1 that there are")
    refused(Draft(holder, CONTENT), "by Ed25519PublicKey are not verified here")
    unknown = Identity(x509.load_der_x509_certificate(broken), holder.key)
    refused(Draft(unknown, CONTENT), "The signer's key is of a kind that is not verified here")


def _filled_null(token: bytes) -> bytes:
    """The token with one byte more in its first NULL, and all lengths around it right."""
    outer = der.read(token, "It")
    kind, wrapped = der.parts(outer, "It")
    version, digests, *rest = der.parts(der.read(wrapped.content, "It"), "It")
    [named] = der.parts(digests, "It")
    [name, _] = der.parts(named, "It")
    filled = der.write(der.SET, der.write(der.SEQUENCE, name.encoded, der.write(der.NULL, b"\x00")))
    inside = der.write(der.SEQUENCE, version.encoded, filled, *(part.encoded for part in rest))
    return der.write(der.SEQUENCE, kind.encoded, der.write(der.context(0), inside))
