"""The vault: references, sealing, kept workbooks, imports under way."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from vault.sealing import Unreadable, blind_index, commitment, seal_fields, unseal_fields
from vault.vault import ACCOUNT, PERSON, Vault

ID = "440899196803051173"
MASTER = bytes(range(32))
WORKBOOK = hashlib.sha256(b"bytes").hexdigest()


@pytest.fixture
def vault(place: Path | str) -> Iterator[Vault]:
    opened = again(place)
    yield opened
    opened.close()


def again(place: Path | str, master_key: bytes = MASTER) -> Vault:
    return Vault(place, master_key=master_key, randomness=os.urandom)


def test_one_number_has_one_reference_whenever_and_however_often_it_is_asked(vault: Vault, place: Path | str) -> None:
    first = vault.refer(PERSON, [ID, ID])[ID]

    other = again(place)
    assert other.refer(PERSON, [ID])[ID] == first
    assert first.ref.startswith("P-")
    other.close()


def test_more_people_than_stay_in_memory_are_found_again(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vault.vault.SUBJECTS_KEPT", 2)
    first = vault.refer(PERSON, ["1", "2", "3"])

    assert vault.refer(PERSON, ["3", "4", "1"]) == {**vault.find(PERSON, ["4"]), "3": first["3"], "1": first["1"]}
    assert vault.size == 4


def test_a_person_and_an_account_of_the_same_digits_are_two_subjects(vault: Vault) -> None:
    assert vault.refer(PERSON, ["1"])["1"].ref != vault.refer(ACCOUNT, ["1"])["1"].ref


def test_a_number_that_was_never_referred_is_not_found_and_not_added(vault: Vault) -> None:
    assert vault.find(PERSON, [ID]) == {}
    assert vault.orphans([]) == []


def test_a_reference_leads_back_to_its_number(vault: Vault) -> None:
    ref = vault.refer(PERSON, [ID])[ID].ref

    assert vault.numbers([ref, "P-unknown"]) == {ref: ID}


def test_a_subject_s_commitment_is_made_again_from_its_key_and_its_number(vault: Vault) -> None:
    subject = vault.refer(PERSON, [ID])[ID]

    assert vault.commitments([subject.ref, subject.ref, "P-unknown"]) == {
        subject.ref: (subject.commitment, commitment(subject.data_key, ID))
    }
    assert subject.commitment == commitment(subject.data_key, ID)


def test_a_subject_that_does_not_open_any_more_gives_no_commitment(vault: Vault) -> None:
    subject = vault.refer(PERSON, [ID])[ID]
    with vault._store.transaction() as statements:
        statements.execute("UPDATE subjects SET sealed = ? WHERE ref = ?", (bytes(40), subject.ref))

    assert vault.commitments([subject.ref]) == {subject.ref: (subject.commitment, None)}


def test_fields_sealed_for_a_subject_open_again_and_only_with_its_reference(vault: Vault) -> None:
    subject = vault.refer(PERSON, [ID])[ID]
    other = vault.refer(PERSON, ["440899197109222264"])["440899197109222264"]

    sealed = vault.seal_for(subject, {"name": "测试甲"})

    assert vault.open_sealed([(subject.ref, sealed)]) == [{"name": "测试甲"}]
    with pytest.raises(Unreadable, match="another key"):
        vault.open_sealed([(other.ref, sealed)])


def test_fields_of_an_erased_subject_read_as_nothing(vault: Vault) -> None:
    subject = vault.refer(PERSON, [ID])[ID]
    sealed = vault.seal_for(subject, {"name": "测试甲"})

    vault.erase([subject.ref])

    assert vault.open_sealed([(subject.ref, sealed)]) == [{}]


def test_a_long_text_is_kept_under_its_commitment(vault: Vault) -> None:
    subject = vault.refer(PERSON, [ID])[ID]

    committed = vault.keep_text(subject, "备注" * 70_000)

    assert vault.long_text(subject.ref, committed) == "备注" * 70_000
    assert vault.long_text(subject.ref, "0" * 64) is None
    assert committed == commitment(subject.data_key, "备注" * 70_000)


def test_the_same_text_under_two_keys_has_two_commitments() -> None:
    assert commitment(b"a" * 32, "x") != commitment(b"b" * 32, "x")


def test_a_workbook_is_kept_by_its_hash_with_the_name_it_first_came_under(vault: Vault) -> None:
    vault.keep_file(WORKBOOK, "花名册.xlsx", b"bytes")
    vault.keep_file(WORKBOOK, "other.xlsx", b"bytes")

    assert vault.file(WORKBOOK) == ("花名册.xlsx", b"bytes")
    assert vault.file_names() == {WORKBOOK: "花名册.xlsx"}

    vault.forget_files([WORKBOOK])
    assert vault.file(WORKBOOK) is None


def test_an_import_is_remembered_until_it_ends_and_its_attempts_are_counted(vault: Vault, place: Path | str) -> None:
    vault.begin_import("1", {"files": ["a" * 64]})
    vault.note_attempt("1")

    other = again(place)
    assert other.pending_imports() == {"1": ({"files": ["a" * 64]}, 1)}
    other.end_import("1")
    assert vault.pending_imports() == {}
    other.close()


def test_nothing_in_the_file_tells_a_number_or_a_name(tmp_path: Path) -> None:
    vault = again(tmp_path / "vault.db")
    subject = vault.refer(PERSON, [ID])[ID]
    vault.keep_text(subject, "测试甲的备注")
    vault.keep_file("a" * 64, "测试甲.xlsx", "测试甲".encode())
    vault.begin_import("1", {"name": "测试甲"})
    vault.close()

    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert ID.encode() not in stored
    assert "测试甲".encode() not in stored


def test_another_master_key_opens_nothing_and_says_so(vault: Vault, place: Path | str) -> None:
    vault.refer(PERSON, [ID])

    with pytest.raises(Unreadable, match="not the vault's master key"):
        again(place, master_key=bytes(32))


def test_a_master_key_of_another_length_is_refused(place: Path | str) -> None:
    with pytest.raises(ValueError, match="31 bytes"):
        again(place, master_key=bytes(31))


def test_a_changed_ciphertext_does_not_open() -> None:
    key = bytes(32)
    sealed = seal_fields(key, {"name": "测试甲"}, nonce=bytes(12), context=b"P-1")

    assert unseal_fields(key, sealed, context=b"P-1") == {"name": "测试甲"}
    with pytest.raises(Unreadable):
        unseal_fields(key, sealed[:-8] + "AAAAAAA=", context=b"P-1")
    with pytest.raises(Unreadable):
        unseal_fields(key, "AAAA", context=b"P-1")


def test_a_blind_index_depends_on_key_kind_and_number() -> None:
    assert len({blind_index(k, kind, n) for k in (b"1", b"2") for kind in "PA" for n in ("1", "2")}) == 8


def test_a_failed_transaction_leaves_nothing(vault: Vault) -> None:
    def begin_and_fail() -> None:
        with vault._store.transaction() as connection:
            connection.execute("INSERT INTO pending_imports VALUES ('1', ?, 0)", (b"",))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        begin_and_fail()

    assert vault.pending_imports() == {}


def test_a_long_workbook_is_kept_and_given_back_a_piece_at_a_time(vault: Vault) -> None:
    pieces = [bytes([number]) * 1_000 for number in range(5)]
    sha256, first = (hashlib.sha256(data).hexdigest() for data in (b"".join(pieces), pieces[0]))

    vault.keep_file(sha256, "补贴发放表.xlsx", iter(pieces))
    vault.keep_file(sha256, "other.xlsx", iter([b"other"]))

    name, given = vault.file_in_pieces(sha256) or ("", iter(()))
    assert (name, list(given)) == ("补贴发放表.xlsx", pieces)
    vault.forget_files([sha256])
    assert vault.file(sha256) is None
    vault.keep_file(first, "补贴发放表.xlsx", iter(pieces[:1]))
    assert vault.file(first) == ("补贴发放表.xlsx", pieces[0])


def test_a_workbook_that_has_lost_its_last_piece_is_not_given_back_as_if_it_were_whole(vault: Vault) -> None:
    pieces = [bytes([number]) * 1_000 for number in range(3)]
    sha256 = hashlib.sha256(b"".join(pieces)).hexdigest()

    vault.keep_file(sha256, "补贴发放表.xlsx", iter(pieces[:2]))

    with pytest.raises(Unreadable, match="not kept whole"):
        vault.file(sha256)
