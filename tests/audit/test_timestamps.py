"""Time stamps: what `openssl ts` makes is taken, what `openssl ts` verifies is made, and nothing else is believed."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from hypothesis import given
from hypothesis import strategies as st

from audit import der
from audit.timestamps import (
    LARGEST_ANSWER_BYTES,
    Request,
    StampInvalid,
    StampRefused,
    load_certificates,
    read_request,
    request,
    stamped_digest,
    token_of,
    verify,
    verify_token,
)
from tests.audit import drafting_tokens as drafting
from tests.audit.drafting_tokens import Draft
from tests.time_stamping import (
    AUTHORITY,
    SIGNING,
    STAMPING,
    TIME_STAMPING,
    YEAR,
    Extension,
    Identity,
    Key,
    OpensslAuthority,
    made,
    now,
    openssl_accepts,
    pem,
    root,
    rsa_key,
    run_openssl,
    usage,
)

MESSAGE = "ledger.test/1/money\n7\nq83vEjRWeJA=\n\n— a signed note\n".encode()
NONCE = 2**64
AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
SHA1, SHA384, SHA512 = "1.3.14.3.2.26", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"

ROOT = root()
TSA = made("Test TSA", STAMPING, by=ROOT, since=AT - timedelta(days=100), lasting=YEAR)
TRUSTED = [ROOT.certificate]


def p384() -> Key:
    return ec.generate_private_key(ec.SECP384R1())


def stamped(folder: Path, tsa: Identity, **told: Any) -> bytes:
    return OpensslAuthority(folder, tsa, **told)(request(MESSAGE, NONCE))


@pytest.mark.parametrize("key", [rsa_key, p384], ids=["rsa", "p384"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("binding", ["sha1", "sha256", "sha512"])
def test_what_openssl_stamps_is_verified_and_what_is_kept_openssl_verifies(
    tmp_path: Path, key: Callable[[], Key], digest: str, binding: str
) -> None:
    began = now().replace(microsecond=0)
    tsa = made("Test TSA", STAMPING, by=ROOT, key=key())

    answer = stamped(tmp_path, tsa, digest=digest, binding=binding)

    stamp = verify(answer, MESSAGE, TRUSTED, nonce=NONCE)
    assert began <= stamp.stamped_at <= now()
    assert (stamp.accuracy, stamp.serial, stamp.policy) == (1_500_020, 2, "1.2.3.4.1")
    assert stamp.authority == "CN=Test TSA,O=测试局"
    assert stamp.holds_until == tsa.certificate.not_valid_after_utc
    assert stamped_digest(answer)[1] == hashlib.sha256(MESSAGE).digest()
    (tmp_path / "7.checkpoint").write_bytes(MESSAGE)
    (tmp_path / "7.tsr").write_bytes(answer)
    assert openssl_accepts(tmp_path, message="7.checkpoint", answer="7.tsr", trusted=pem(ROOT))


def test_a_request_says_what_openssl_reads_in_it_and_is_read_again(tmp_path: Path) -> None:
    raw = request(MESSAGE, NONCE)
    (tmp_path / "it.tsq").write_bytes(raw)

    said = run_openssl(tmp_path, "ts", "-query", "-in", "it.tsq", "-text")

    assert "Hash Algorithm: sha256" in said
    assert "Nonce: 0x010000000000000000" in said
    assert "Certificate required: yes" in said
    assert read_request(raw) == Request("2.16.840.1.101.3.4.2.1", hashlib.sha256(MESSAGE).digest(), NONCE)
    with pytest.raises(StampInvalid, match="The request ends in the middle of a value"):
        read_request(b"0")


def test_a_chain_over_a_certificate_in_between_holds_until_the_first_of_them_ends(tmp_path: Path) -> None:
    between = made("Between", AUTHORITY, by=ROOT, lasting=timedelta(days=30))
    tsa = made("Test TSA", STAMPING, by=between)

    answer = stamped(tmp_path, tsa, others=[ROOT, between])

    assert verify(answer, MESSAGE, TRUSTED).holds_until == between.certificate.not_valid_after_utc
    assert verify(answer, MESSAGE, [between.certificate]).holds_until == between.certificate.not_valid_after_utc
    with pytest.raises(StampInvalid, match="does not chain up to a trusted one"):
        verify(answer, MESSAGE, [root("Another root").certificate])
    with pytest.raises(StampInvalid, match="No certificate is trusted"):
        verify(answer, MESSAGE, [])


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A token with its own certificate alone."""
    return token_of(stamped(tmp_path_factory.mktemp("tsa"), made("Test TSA", STAMPING, by=ROOT, key=rsa_key())))


def harmless(token: bytes, changes: Sequence[int]) -> list[tuple[int, int]]:
    """The places at which a changed byte changes nothing that is believed, each with its change."""
    found = []
    for place in range(len(token)):
        for change in changes:
            spoilt = bytearray(token)
            spoilt[place] ^= change
            try:
                verify_token(bytes(spoilt), MESSAGE, TRUSTED, nonce=NONCE)
                found.append((place, change))
            except StampInvalid:
                pass
    return found


def test_each_bit_of_a_token_that_is_flipped_spoils_it(token: bytes) -> None:
    assert harmless(token, [1 << bit for bit in range(8)]) == []


@given(st.data())
def test_no_change_of_a_byte_is_believed_but_the_other_name_of_the_same_signature(
    token: bytes, data: st.DataObject
) -> None:
    """RSA with SHA-256 may be called by either of two names (RFC 5754, 3.2), which differ in one byte."""
    place = data.draw(st.integers(0, len(token) - 1))
    change = data.draw(st.integers(1, 255))
    spoilt = bytearray(token)
    spoilt[place] ^= change
    by_another_name = bytes(spoilt).count(bytes.fromhex("2a864886f70d01010b")) == 3

    if not by_another_name:
        with pytest.raises(StampInvalid):
            verify_token(bytes(spoilt), MESSAGE, TRUSTED, nonce=NONCE)


def test_a_bit_may_flip_in_a_certificate_that_only_comes_along_and_nowhere_else(tmp_path: Path) -> None:
    tsa = made("Test TSA", STAMPING, by=ROOT)
    along = ROOT.certificate.public_bytes(Encoding.DER)
    token = token_of(stamped(tmp_path, tsa, others=[ROOT]))

    places = {place for place, _ in harmless(token, [1, 128])}

    begins = token.index(along)
    assert places
    assert places <= set(range(begins, begins + len(along)))


def test_a_token_over_other_bytes_or_with_another_nonce_is_refused(token: bytes) -> None:
    with pytest.raises(
        StampInvalid, match=r"over other bytes: their digest is [0-9a-f]{16}…, here it is [0-9a-f]{16}…"
    ):
        verify_token(token, MESSAGE + b" ", TRUSTED)
    with pytest.raises(StampInvalid, match="answers another request"):
        verify_token(token, MESSAGE, TRUSTED, nonce=NONCE + 1)


def drafted(by: Identity = TSA, **told: Any) -> bytes:
    return Draft(by, drafting.info(MESSAGE, told.pop("at", AT), **told)).token()


def test_a_token_without_a_nonce_holds_unless_one_was_sent() -> None:
    token = drafted()

    stamp = verify_token(token, MESSAGE, TRUSTED)
    assert (stamp.stamped_at, stamp.accuracy) == (AT, None)
    with pytest.raises(StampInvalid, match="answers another request"):
        verify_token(token, MESSAGE, TRUSTED, nonce=1)


def accuracy(*parts: bytes) -> bytes:
    return der.write(der.SEQUENCE, *parts)


EXTENSION = der.write_object_id("1.2.3"), drafting.octets(b"")
NAME = der.write(der.context(0), der.write(der.context(4), TSA.certificate.subject.public_bytes()))


@pytest.mark.parametrize(
    ("more", "microseconds"),
    [
        (accuracy(), 0),
        (accuracy(der.write_integer(2)), 2_000_000),
        (accuracy(der.write(0x80, b"\x02"), der.write(0x81, b"\x03")), 2_003),
        (der.TRUE + der.write_integer(5) + NAME, None),
        (der.write(der.context(1), der.write(der.SEQUENCE, *EXTENSION)), None),
    ],
)
def test_whatever_else_a_stamp_may_tell_is_read(more: bytes, microseconds: int | None) -> None:
    assert verify_token(drafted(more=more), MESSAGE, TRUSTED).accuracy == microseconds


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"version": 2}, "The stamp's version is 2, and 1 was expected"),
        ({"kind": SHA1}, f"The digest {SHA1} is not one that is trusted"),
        ({"kind": SHA512}, "over other bytes"),
        ({"digest": b"short"}, "over other bytes"),
        ({"more": accuracy(der.write(0x80, b"\x03\xe8"))}, "has 1000 where 1 to 999 may stand"),
        ({"more": accuracy(der.write(0x80, b"\xff"))}, "has -1 where"),
        ({"more": accuracy(der.NULL.to_bytes() + b"\x00")}, "has 1 fields more than expected"),
        (
            {"more": der.write(der.context(1), der.write(der.SEQUENCE, EXTENSION[0], der.TRUE))},
            "critical extension 1.2.3",
        ),
        ({"more": der.write(der.NULL)}, "has 1 fields more than expected"),
        ({"at": AT - YEAR}, "does not chain up to a trusted one at 2025-11-24T04:00:00Z"),
        ({"at": AT + YEAR}, "does not chain up to a trusted one at 2027-11-24T04:00:00Z"),
    ],
)
def test_a_stamp_with_one_part_wrong_is_refused_with_the_reason(told: dict[str, Any], why: str) -> None:
    with pytest.raises(StampInvalid, match=why):
        verify_token(drafted(**told), MESSAGE, TRUSTED)


def for_usages(*usages: ObjectIdentifier, critical: bool = True) -> Extension:
    return Extension(x509.ExtendedKeyUsage(usages), critical)


STAMPS, SIGNS_CODE = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING
UNKNOWN = Extension(x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"))


@pytest.mark.parametrize(
    ("extensions", "why"),
    [
        ([], "does not say that it is for time stamping"),
        ([Extension(usage(SIGNING))], "does not say that it is for time stamping"),
        ([for_usages(STAMPS, critical=False)], "is not for time stamping alone"),
        ([for_usages(STAMPS, SIGNS_CODE)], "is not for time stamping alone"),
        ([for_usages(SIGNS_CODE)], "is not for time stamping alone"),
        ([Extension(usage({"key_encipherment"})), Extension(TIME_STAMPING)], "is not for signing"),
        ([*STAMPING, UNKNOWN], "does not chain up to a trusted one"),
    ],
)
def test_a_certificate_that_is_not_for_time_stamping_alone_stamps_nothing(
    extensions: list[Extension], why: str
) -> None:
    tsa = made("Test TSA", extensions, by=ROOT, since=AT - YEAR, lasting=2 * YEAR)

    with pytest.raises(StampInvalid, match=why):
        verify_token(drafted(tsa), MESSAGE, TRUSTED)


@pytest.mark.parametrize("extensions", [[Extension(TIME_STAMPING)], [*STAMPING, UNKNOWN._replace(critical=False)]])
def test_a_certificate_for_time_stamping_may_say_more_that_nobody_has_to_know(extensions: list[Extension]) -> None:
    tsa = made("Test TSA", extensions, by=ROOT, since=AT - YEAR, lasting=2 * YEAR)

    assert verify_token(drafted(tsa), MESSAGE, TRUSTED).stamped_at == AT


CA, NO_CA = (Extension(x509.BasicConstraints(ca=ca, path_length=None)) for ca in (True, False))
CERTIFIES = AUTHORITY[1]


@pytest.mark.parametrize(
    ("extensions", "holds"),
    [
        ([CA], True),
        ([CA, CERTIFIES], True),
        ([CA, for_usages(STAMPS, critical=False)], True),
        ([CA, for_usages(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)], True),
        ([CA, for_usages(SIGNS_CODE)], False),
        ([NO_CA], False),
        ([], False),
        ([CA, Extension(usage(SIGNING))], False),
        ([CA, CERTIFIES, UNKNOWN], False),
    ],
)
def test_a_certificate_in_between_must_be_one_that_may_issue_for_time_stamping(
    extensions: list[Extension],
    holds: bool,  # noqa: FBT001  what the table above says
) -> None:
    between = made("Between", extensions, by=ROOT, since=AT - YEAR, lasting=2 * YEAR)
    tsa = made("Test TSA", STAMPING, by=between, since=AT - YEAR, lasting=2 * YEAR)
    certificates = [one.certificate.public_bytes(Encoding.DER) for one in (tsa, between)]
    token = Draft(tsa, drafting.info(MESSAGE, AT), certificates=certificates).token()

    assert believed(token) == holds


def test_a_root_that_allows_nothing_in_between_is_obeyed() -> None:
    narrow = made(
        "Narrow root",
        [Extension(x509.BasicConstraints(ca=True, path_length=0)), CERTIFIES],
        since=AT - YEAR,
        lasting=2 * YEAR,
    )
    between = made("Between", AUTHORITY, by=narrow, since=AT - YEAR, lasting=2 * YEAR)

    def stamp_by(issuer: Identity) -> bytes:
        tsa = made("Test TSA", STAMPING, by=issuer, since=AT - YEAR, lasting=2 * YEAR)
        certificates = [one.certificate.public_bytes(Encoding.DER) for one in (tsa, between)]
        return Draft(tsa, drafting.info(MESSAGE, AT), certificates=certificates).token()

    assert believed(stamp_by(narrow), [narrow.certificate])
    assert not believed(stamp_by(between), [narrow.certificate])


def test_a_certificate_that_only_bears_the_name_of_the_root_is_not_believed() -> None:
    impostor = made("Test root", AUTHORITY, since=AT - YEAR, lasting=2 * YEAR)
    tsa = made("Test TSA", STAMPING, by=impostor, since=AT - YEAR, lasting=2 * YEAR)
    certificates = [one.certificate.public_bytes(Encoding.DER) for one in (tsa, impostor)]

    assert not believed(Draft(tsa, drafting.info(MESSAGE, AT), certificates=certificates).token())


def test_the_certificate_of_the_authority_may_be_trusted_itself_while_it_is_in_force() -> None:
    assert believed(drafted(), [TSA.certificate])
    assert not believed(drafted(at=AT + YEAR), [TSA.certificate])
    assert not believed(drafted(at=AT - YEAR), [TSA.certificate])
    alone = Draft(TSA, drafting.info(MESSAGE, AT), certificates=[]).token()
    assert believed(alone, [ROOT.certificate, TSA.certificate])
    assert not believed(alone)


def test_a_certificate_whose_extensions_or_name_cannot_be_read_stamps_nothing() -> None:
    key_identifier, purpose, name = bytes.fromhex("0603551d0e"), bytes.fromhex("0603551d25"), "测试局".encode()

    for old, new, why in (
        (key_identifier, purpose, "The extensions of the authority's certificate cannot be read"),
        (name, b"\xff" * len(name), "The name in the authority's certificate cannot be read"),
    ):
        with pytest.raises(StampInvalid, match=why):
            verify_token(drafted(signed_again(TSA, old, new)), MESSAGE, TRUSTED)


def signed_again(identity: Identity, old: bytes, new: bytes) -> Identity:
    """The certificate with its last `old` made `new`, signed by the root."""
    before, _, behind = identity.certificate.tbs_certificate_bytes.rpartition(old)
    content = before + new + behind
    signature = der.write(der.BIT_STRING, b"\x00", drafting.signed_plainly(ROOT, content))
    certificate = x509.load_der_x509_certificate(der.write(der.SEQUENCE, content, drafting.ECDSA_SHA256, signature))
    return Identity(certificate, identity.key)


def believed(token: bytes, trusted: Sequence[x509.Certificate] = TRUSTED) -> bool:
    try:
        verify_token(token, MESSAGE, trusted)
    except StampInvalid:
        return False
    return True


def status(number: int, *more: bytes) -> bytes:
    return der.write(der.SEQUENCE, der.write(der.SEQUENCE, der.write_integer(number), *more))


def words(text: bytes) -> bytes:
    return der.write(der.SEQUENCE, der.write(0x0C, text))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (status(2), "gives no stamp: status 2."),
        (status(2, words("请先\x1b缴费".encode())), r"gives no stamp: status 2 \(请先 缴费\)\."),
        (status(5, words(b"\xff" * 300), der.write(der.BIT_STRING, b"\x00")), "gives no stamp: status 5"),
    ],
)
def test_an_authority_that_gives_no_stamp_is_told_with_its_words(answer: bytes, why: str) -> None:
    with pytest.raises(StampRefused, match=why):
        verify(answer, MESSAGE, TRUSTED)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "The answer ends in the middle"),
        (b"<html>503</html>", "The answer"),
        (status(0), "The answer ends where more was expected"),
        (b"0" * (LARGEST_ANSWER_BYTES + 1), "more than 262144"),
    ],
)
def test_what_is_no_answer_of_an_authority_is_refused_with_the_reason(answer: bytes, why: str) -> None:
    with pytest.raises(StampInvalid, match=why):
        verify(answer, MESSAGE, TRUSTED)
    with pytest.raises(StampInvalid, match=why):
        stamped_digest(answer)


def test_the_digest_is_told_of_an_answer_before_it_is_verified_and_of_nothing_else() -> None:
    empty = der.write(der.SEQUENCE, der.write_object_id("1.2.3"), der.write(der.context(0), der.write(der.SEQUENCE)))
    answer = der.write(der.SEQUENCE, der.write(der.SEQUENCE, der.write_integer(0)), empty)

    assert stamped_digest(Draft(TSA, drafting.info(b"else", AT)).answer())[1] == drafting.sha256(b"else")
    with pytest.raises(StampInvalid, match="The token ends where more was expected"):
        stamped_digest(answer)


def test_certificates_are_read_from_a_file_in_pem_and_from_no_other() -> None:
    assert load_certificates(pem(ROOT, TSA)) == [ROOT.certificate, TSA.certificate]
    with pytest.raises(StampInvalid, match="holds no certificates in PEM"):
        load_certificates(ROOT.certificate.public_bytes(Encoding.DER))
