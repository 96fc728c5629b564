"""Signed notes, against the examples of the specification and against every way of writing one badly."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.log.note import (
    MOST_SIGNATURES,
    Ed25519Signer,
    Ed25519Verifier,
    NoteInvalid,
    SignatureInvalid,
    VerifierKey,
    parse,
    parse_signatures,
    parse_vkey,
    signed,
    verified,
)

EXAMPLE_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
POEM = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore \
NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""
"""The examples of c2sp.org/signed-note, as they stand there."""

SIGNER = Ed25519Signer("log.test/money", b"\x01" * 32)
OTHER = Ed25519Signer("witness.test/w1", b"\x02" * 32)


def test_the_example_of_the_specification_is_verified_by_its_own_key() -> None:
    verifier = Ed25519Verifier(parse_vkey(EXAMPLE_VKEY))

    [(by, signature)] = verified(parse(EXAMPLE_NOTE.encode()), [verifier])

    assert by is verifier
    assert signature.line in EXAMPLE_NOTE
    assert verifier.key.vkey == EXAMPLE_VKEY


def test_the_text_of_a_note_may_hold_empty_lines_and_ends_at_the_last_of_them() -> None:
    note = parse(POEM.encode())

    assert note.text == POEM[: POEM.index("\n— ")]
    assert [signature.name for signature in note.signatures] == ["quasimodo.example/salvatore"]
    assert str(note) == POEM


def test_a_changed_letter_is_refused_and_the_key_is_named() -> None:
    changed = EXAMPLE_NOTE.replace("example message", "exemple message")

    with pytest.raises(SignatureInvalid, match=r"example\.com/foo\+530d903a does not verify"):
        verified(parse(changed.encode()), [Ed25519Verifier(parse_vkey(EXAMPLE_VKEY))])


def test_a_note_that_only_strangers_signed_is_refused_with_both_names() -> None:
    note = parse(signed("text\n", [OTHER]).encode())

    with pytest.raises(SignatureInvalid, match=r"expected log\.test/money\+\w{8}, found witness\.test/w1\+\w{8}"):
        verified(note, [Ed25519Verifier(SIGNER.key)])


def test_strangers_are_ignored_even_with_a_known_name_or_a_known_id() -> None:
    note = parse(signed("text\n", [SIGNER]).encode())
    same_name = note.signatures[0]._replace(key_id=b"\0\0\0\0")
    same_id = note.signatures[0]._replace(name="log.test/other")
    crowded = note._replace(signatures=(same_name, same_id, *note.signatures))

    [(by, signature)] = verified(crowded, [Ed25519Verifier(SIGNER.key)])

    assert by.key == SIGNER.key
    assert signature == note.signatures[0]


def test_a_second_line_of_a_known_key_that_does_not_verify_spoils_the_note() -> None:
    note = parse(signed("text\n", [SIGNER]).encode())
    good = note.signatures[0]
    bad = good._replace(signature=bytes([good.signature[0] ^ 1]) + good.signature[1:])

    with pytest.raises(SignatureInvalid):
        verified(note._replace(signatures=(good, bad)), [Ed25519Verifier(SIGNER.key)])


def test_one_key_that_signs_twice_is_counted_once() -> None:
    note = parse(signed("text\n", [SIGNER, SIGNER, OTHER]).encode())

    by = verified(note, [Ed25519Verifier(SIGNER.key), Ed25519Verifier(OTHER.key)])

    assert [verifier.key.name for verifier, _ in by] == ["log.test/money", "witness.test/w1"]


def test_lines_that_a_witness_answers_are_added_once() -> None:
    note = parse(signed("text\n", [SIGNER]).encode())
    line = OTHER.sign(note.text)

    twice = note.with_lines(line).with_lines(line + SIGNER.sign(note.text))

    assert str(twice) == signed("text\n", [SIGNER, OTHER])


LINE = SIGNER.sign("text\n")
CONTENT = LINE.split(" ")[2].strip()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no empty line"),
        (b"text\n", "no empty line"),
        (f"text\n{LINE}".encode(), "no empty line"),
        (f"text\n\n{LINE}"[:-1].encode(), "do not end in a line feed"),
        (b"text\n\n", "do not end in a line feed"),
        (f"text\n\n{LINE}\n".encode(), "do not end in a line feed"),
        (f"te\txt\n\n{LINE}".encode(), r"U\+0009"),
        (f"text\r\n\r\n{LINE}".encode(), r"U\+000D"),
        (f"te\0xt\n\n{LINE}".encode(), r"U\+0000"),
        (f"text\n\n{LINE}".encode().replace(b"text", b"te\xff\xfe"), "not UTF-8 at byte 2"),
        (f"text\n\n{LINE.replace('—', '-')}".encode(), "Signature line 1 is not an em dash"),
        (f"text\n\n{LINE}{LINE.replace('— ', '—')}".encode(), "Signature line 2 is not an em dash"),
        (f"text\n\n—  {CONTENT}\n".encode(), "it is empty"),
        (f"text\n\n— a+b {CONTENT}\n".encode(), r"U\+002B"),
        (f"text\n\n— a\u2003b {CONTENT}\n".encode(), r"U\+2003"),
        (f"text\n\n— a {CONTENT} \n".encode(), "not base64"),
        (f"text\n\n— a {CONTENT.rstrip('=')}\n".encode(), "not base64"),
        (f"text\n\n— a {CONTENT}=\n".encode(), "not base64"),
        (b"text\n\n\xe2\x80\x94 a AAAAAB==\n", "bits are left over|not base64"),
        (b"text\n\n\xe2\x80\x94 a AAAAAA==\n", "no more than a key ID"),
        (f"text\n\n{LINE * (MOST_SIGNATURES + 1)}".encode(), "65 signatures, more than 64"),
        (b"x" * (512 * 1024) + b"\n", "more than 524288"),
    ],
)
def test_a_note_that_is_not_written_as_the_specification_has_it_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(NoteInvalid, match=why):
        parse(raw)


def test_sixteen_signatures_of_the_largest_kind_are_read() -> None:
    line = f"— w.test {base64.b64encode(bytes(5000)).decode()}\n"

    assert len(parse(f"text\n\n{line * 16}".encode()).signatures) == 16


@pytest.mark.parametrize(
    ("vkey", "why"),
    [
        ("example.com/foo", "8 hex digits"),
        (EXAMPLE_VKEY.replace("530d903a", "530D903A"), "8 hex digits"),
        (EXAMPLE_VKEY.replace("530d903a", "530d903b"), "has the ID 530d903a, and 530d903b is told"),
        (EXAMPLE_VKEY.replace("foo", "bar"), "has the ID"),
        (EXAMPLE_VKEY.replace("foo", "f o"), r"U\+0020"),
        (EXAMPLE_VKEY.rpartition("+")[0] + "+", "is empty"),
        (EXAMPLE_VKEY[:-1] + "*", "not base64"),
    ],
)
def test_a_verifier_key_that_contradicts_itself_is_refused(vkey: str, why: str) -> None:
    with pytest.raises(NoteInvalid, match=why):
        parse_vkey(vkey)


def test_a_key_of_another_type_or_length_makes_no_verifier_of_plain_notes() -> None:
    with pytest.raises(NoteInvalid, match="type 0x04, and 0x01 was expected"):
        Ed25519Verifier(VerifierKey.of("w.test", 0x04, SIGNER.key.public))
    with pytest.raises(NoteInvalid, match="has 31 bytes; Ed25519 has 32"):
        Ed25519Verifier(VerifierKey.of("w.test", 0x01, bytes(31)))


@pytest.mark.parametrize("text", ["", "no line feed", "a tab\t\n"])
def test_a_text_that_nobody_could_read_again_is_not_signed(text: str) -> None:
    with pytest.raises(NoteInvalid):
        signed(text, [SIGNER])


def test_a_note_that_nobody_signs_is_not_written() -> None:
    with pytest.raises(NoteInvalid):
        signed("text\n", [])


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n")))
def test_every_text_without_control_characters_is_signed_and_read_again(text: str) -> None:
    note = parse(signed(text + "\n", [SIGNER]).encode())

    assert note.text == text + "\n"
    assert verified(note, [Ed25519Verifier(SIGNER.key)])


def test_no_signature_line_at_all_is_no_answer() -> None:
    with pytest.raises(NoteInvalid, match="or there are none"):
        parse_signatures("")
