"""Entries, leaves, links and stream names, byte for byte."""

import hashlib
import hmac
import subprocess
import sys
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.seal import (
    LONGEST_ENTRY_BYTES,
    Entry,
    Head,
    NotAnEntry,
    check_entry,
    check_topic,
    entry_bytes,
    genesis,
    leaf_of,
    link_of,
    parse,
    sealed,
    state_of,
    stream_id,
)

STREAM = UUID("5f0c2a54-9b1e-8c3d-8f00-0123456789ab")
STATE = b'{"amount_fen":60000}'
ENTRY = b'mingzhang/event/v1\n5f0c2a54-9b1e-8c3d-8f00-0123456789ab 1\npayment-made/v1\n{"amount_fen":60000}'


def test_an_entry_is_four_lines_with_nothing_after_the_state() -> None:
    assert entry_bytes(STREAM, 1, "payment-made/v1", STATE) == ENTRY


def test_leaf_link_and_genesis_are_what_the_design_says() -> None:
    start = hashlib.sha256(b"mingzhang/chain/v1\nledger.test/1\n").digest()
    leaf = hashlib.sha256(b"\x00" + ENTRY).digest()
    link = hashlib.sha256(b"\x02" + start + (1).to_bytes(8, "big") + leaf).digest()

    assert genesis("ledger.test/1") == start
    assert leaf_of(ENTRY) == leaf
    assert link_of(start, 1, leaf) == link


def test_frozen_hashes_made_with_openssl_alone_are_met() -> None:
    """`printf '\\0mingzhang/event/v1\\n…' | openssl dgst -sha256`, and so on: no code of ours made these."""
    start, leaf = genesis("ledger.test/1"), leaf_of(ENTRY)

    assert start.hex() == "9e680db164327378cff5812ec22c206859669af70baa6cd873f61c35bbc7dc90"
    assert leaf.hex() == "848879cfb32d30dc9ee6b8b3842edcd92acc02e40ef2e1dc1c86d9eb9315ad54"
    assert link_of(start, 1, leaf).hex() == "5bfe129b3d2e7715fa3239ae7582cc90ec6a568a0d0e0fd7e442b635533ccc44"
    assert str(stream_id(b"key", "payment", "TEST20200620001")) == "334cf111-69e8-81d3-8f17-09e1cf2c46a3"


def test_sealing_a_batch_gives_the_same_as_sealing_one_by_one() -> None:
    batch = [Entry(STREAM, version, "payment-made/v1", STATE) for version in (1, 2, 3)]
    head = Head(7, genesis("ledger.test/1"))

    rows = list(sealed(head, batch))

    assert [row.position for row in rows] == [8, 9, 10]
    assert [row.version for row in rows] == [1, 2, 3]
    previous = head.link
    for row in rows:
        assert row.entry == entry_bytes(STREAM, row.version, row.topic, STATE)
        assert row.leaf == leaf_of(row.entry)
        assert row.link == link_of(previous, row.position, row.leaf)
        previous = row.link


def test_an_entry_reads_back_as_what_was_written_into_it() -> None:
    assert parse(ENTRY) == Entry(STREAM, 1, "payment-made/v1", STATE)
    assert state_of(ENTRY) == STATE


def test_a_state_with_line_feeds_is_cut_out_whole() -> None:
    compressed = b"\x78\x9c\n\n\x00"

    assert state_of(entry_bytes(STREAM, 1, "topic1", compressed)) == compressed


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (b"", "first three lines"),
        (ENTRY.replace(b"event/v1", b"event/v2"), "first three lines"),
        (ENTRY.replace(b"5f0c", b"5F0C"), "first three lines"),
        (ENTRY.replace(b" 1\n", b" 0\n"), "first three lines"),
        (ENTRY.replace(b" 1\n", b" 01\n"), "first three lines"),
        (ENTRY.replace(b"payment-made/v1", b"PaymentMade"), "first three lines"),
        (ENTRY + b"\n", "goes on after"),
        (ENTRY.replace(b":60000", b": 60000"), "has blanks"),
        (ENTRY[:-1] + b',"z":"' + b"x" * 65_535 + b'"}', "65636 bytes, more than 65535"),
    ],
)
def test_bytes_that_are_no_entry_are_refused_with_the_reason(entry: bytes, why: str) -> None:
    with pytest.raises(NotAnEntry, match=why):
        parse(entry)


def test_an_entry_one_byte_too_long_is_refused_and_the_longest_is_not() -> None:
    room = LONGEST_ENTRY_BYTES - len(ENTRY)
    longest = STATE[:-1] + b',"z":"' + b"x" * (room - 7) + b'"}'

    assert len(entry_bytes(STREAM, 1, "payment-made/v1", longest)) == LONGEST_ENTRY_BYTES
    with pytest.raises(NotAnEntry, match="has 65536 bytes, more than 65535"):
        entry_bytes(STREAM, 1, "payment-made/v1", longest.replace(b"xx", b"xxx", 1))


def test_a_topic_of_two_lines_can_never_become_an_entry() -> None:
    with pytest.raises(NotAnEntry, match="more than one line"):
        entry_bytes(STREAM, 1, "payment-made/v1\nforged", STATE)


@pytest.mark.parametrize("topic", ["payment-made/v1", "fund-committed/v12", "a/v0"])
def test_an_event_name_in_kebab_case_with_a_version_is_a_topic(topic: str) -> None:
    check_topic(topic)


@pytest.mark.parametrize("topic", ["", "topic1", "PaymentMade/v1", "payment-made", "payment-made/v1\n", "a/v1/v2"])
def test_anything_else_than_such_a_name_is_refused_as_a_topic(topic: str) -> None:
    with pytest.raises(NotAnEntry, match="not of the form"):
        check_topic(topic)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (Entry(STREAM, 0, "payment-made/v1", STATE), "Version 0 of stream .* is not from 1"),
        (Entry(STREAM, 2**53, "payment-made/v1", STATE), "is not from 1"),
        (Entry(STREAM, 1, "topic1", STATE), "not of the form"),
        (Entry(STREAM, 1, "payment-made/v1", b"{}\n"), "goes on after its object"),
    ],
)
def test_what_a_strict_reader_would_not_accept_is_refused_before_sealing(entry: Entry, why: str) -> None:
    with pytest.raises(NotAnEntry, match=why):
        check_entry(entry)


@pytest.mark.parametrize("origin", ["", "two\nlines"])
def test_an_origin_is_one_line_that_is_not_empty(origin: str) -> None:
    with pytest.raises(ValueError, match="one line of text"):
        genesis(origin)


def test_a_stream_id_is_a_uuid_of_version_eight_made_by_hmac() -> None:
    made = stream_id(b"key", "payment", "TEST20200620001")

    mac = hmac.new(b"key", b"payment\x1fTEST20200620001", hashlib.sha256).digest()
    assert made.version == 8
    assert made.variant == RFC_4122
    assert made.bytes[:6] == mac[:6]
    assert made.bytes[6] == mac[6] & 0x0F | 0x80
    assert made.bytes[8] == mac[8] & 0x3F | 0x80
    assert made.bytes[9:] == mac[9:16]


@given(st.binary(min_size=1, max_size=40), st.text("ab", min_size=1), st.text("ab", min_size=1))
def test_every_stream_id_is_valid_and_depends_on_key_kind_and_name(key: bytes, kind: str, name: str) -> None:
    made = stream_id(key, kind, name)

    assert (made.version, made.variant) == (8, RFC_4122)
    assert made == stream_id(key, kind, name)
    assert len({made, stream_id(key + b"x", kind, name), stream_id(key, kind + "x", name)}) == 3
    assert stream_id(key, "aa", "b") != stream_id(key, "a", "ab")


@pytest.mark.parametrize(
    ("key", "kind", "name"), [(b"", "payment", "1"), (b"k", "", "1"), (b"k", "payment", ""), (b"k", "pay\x1fment", "1")]
)
def test_a_stream_needs_a_key_a_kind_and_a_name(key: bytes, kind: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"stream|Streams"):
        stream_id(key, kind, name)


def test_sealing_and_verifying_need_nothing_but_the_standard_library() -> None:
    code = (
        "import sys, audit.verify, audit.merkle, audit.sampling\n"
        "ours = {'audit', '__main__', '__mp_main__'}\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} - ours - set(sys.stdlib_module_names)))"
    )

    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
