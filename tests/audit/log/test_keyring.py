"""Which keys of a log are believed: both during an overlap, a retired one up to its last size."""

import pytest

from audit.log.checkpoint import Checkpoint
from audit.log.keyring import RetiredKeySigned, TrustedKey, followed, retired_sizes, vouched
from audit.log.note import Ed25519Signer, NoteInvalid, SignatureInvalid, Signer, signed
from audit.seal import NotAnEntry, entry_bytes, stream_id

ORIGIN = "log.test/money"
OLD, NEW, STRANGER = (Ed25519Signer(ORIGIN, bytes([number]) * 32) for number in (1, 2, 3))
OTHER_BOOK = Ed25519Signer("log.test/supervision", b"\x01" * 32)
LAST = 70


def head(size: int, *signers: Signer) -> bytes:
    return signed(Checkpoint(ORIGIN, size, bytes(32)).text, signers).encode()


def test_a_head_of_the_overlap_is_vouched_for_by_both_keys_in_the_order_of_the_note() -> None:
    told = vouched(head(60, NEW, OLD), [TrustedKey(OLD.vkey), TrustedKey(NEW.vkey)])

    assert told.checkpoint.size == 60
    assert told.keys == (NEW.key, OLD.key)


def test_a_reader_who_knows_one_of_two_keys_believes_the_head_by_it() -> None:
    assert vouched(head(60, NEW, OLD), [TrustedKey(OLD.vkey)]).keys == (OLD.key,)


@pytest.mark.parametrize("size", [1, LAST - 1, LAST])
def test_a_retired_key_is_believed_up_to_and_with_its_last_size(size: int) -> None:
    assert vouched(head(size, OLD), [TrustedKey(OLD.vkey, LAST)]).keys == (OLD.key,)


@pytest.mark.parametrize("signers", [(OLD,), (OLD, NEW), (NEW, OLD)])
def test_one_entry_more_under_a_retired_key_spoils_the_head_and_names_the_key(signers: tuple[Signer, ...]) -> None:
    keys = [TrustedKey(OLD.vkey, LAST), TrustedKey(NEW.vkey)]

    with pytest.raises(
        RetiredKeySigned, match=rf"log\.test/money\+{OLD.key.key_id.hex()} was retired at size 70.* size 71"
    ):
        vouched(head(LAST + 1, *signers), keys)
    assert vouched(head(LAST + 1, NEW), keys).keys == (NEW.key,)


def test_a_head_that_no_trusted_key_signed_is_not_believed() -> None:
    with pytest.raises(SignatureInvalid, match="No known key signed the note"):
        vouched(head(9, STRANGER), [TrustedKey(OLD.vkey), TrustedKey(NEW.vkey)])


def test_a_changed_size_under_a_trusted_key_is_told_as_a_changed_text() -> None:
    with pytest.raises(SignatureInvalid, match="does not verify: the text was changed"):
        vouched(head(9, OLD).replace(b"\n9\n", b"\n8\n"), [TrustedKey(OLD.vkey)])


def test_the_key_of_another_log_vouches_for_nothing_even_beside_the_right_one() -> None:
    keys = [TrustedKey(OLD.vkey), TrustedKey(OTHER_BOOK.vkey)]

    with pytest.raises(SignatureInvalid, match=r"is of log\.test/money, and keys of log\.test/supervision are given"):
        vouched(head(9, OLD, OTHER_BOOK), keys)


@pytest.mark.parametrize("raw", [b"", b"no note", head(9, OLD)[:-1]])
def test_what_is_no_note_and_what_is_no_key_is_refused_before_anything_is_believed(raw: bytes) -> None:
    with pytest.raises(NoteInvalid):
        vouched(raw, [TrustedKey(OLD.vkey)])
    with pytest.raises(NoteInvalid, match="is not name"):
        vouched(head(9, OLD), [TrustedKey("no key")])


def test_the_last_sizes_of_retired_keys_are_told_as_a_policy_takes_them() -> None:
    assert retired_sizes([TrustedKey(OLD.vkey, LAST), TrustedKey(NEW.vkey)]) == {OLD.vkey: LAST}


def entry(topic: str, state: str) -> bytes:
    return entry_bytes(stream_id(b"book", "log-key", "money"), 1, topic, state.encode())


def test_whoever_has_the_first_key_and_the_entries_knows_every_key_and_its_last_size() -> None:
    entries = [
        entry("place-registered/v1", '{"vkey":"a place"}'),
        entry("key-created/v1", f'{{"vkey":"{OLD.vkey}"}}'),
        entry("key-rotated/v1", f'{{"overlapping":["{OLD.vkey}"],"vkey":"{NEW.vkey}"}}'),
        entry("key-retired/v1", f'{{"last_size":{LAST},"vkey":"{OLD.vkey}"}}'),
    ]

    assert followed([TrustedKey(OLD.vkey)], entries[:2]) == [TrustedKey(OLD.vkey)]
    assert followed([TrustedKey(OLD.vkey)], entries[:3]) == [TrustedKey(OLD.vkey), TrustedKey(NEW.vkey)]
    assert followed([TrustedKey(OLD.vkey)], entries) == [TrustedKey(OLD.vkey, LAST), TrustedKey(NEW.vkey)]
    assert followed([], []) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        b"not an entry",
        entry("key-rotated/v1", "{}"),
        entry("key-rotated/v1", '{"vkey":"no key"}'),
        entry("key-rotated/v1", '{"vkey":7}'),
        entry("key-retired/v1", f'{{"vkey":"{OLD.vkey}"}}'),
        entry("key-retired/v1", f'{{"last_size":null,"vkey":"{OLD.vkey}"}}'),
    ],
)
def test_an_entry_about_keys_that_tells_no_key_is_refused_and_not_passed_over(spoilt: bytes) -> None:
    with pytest.raises(NotAnEntry):
        followed([TrustedKey(OLD.vkey)], [spoilt])
