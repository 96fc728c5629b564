"""The keys of the logs: first use, rotation, retirement, and what a thief, a kill or a lost file leaves of them."""

import os
import re
import shutil
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest

from api import log_key_files, log_keys
from api.backing_up import back_up
from api.examining import examine
from api.folder import Folder, write_secret
from api.ledger import Ledger, Placed
from api.log_key_files import KeyFiles, heads_told
from api.log_keys import KeyState, LogKey, create, log_signers, log_vkeys, retire, rotate
from api.public_log import PublicLog, Published
from api.restoring import restore
from api.rotating import rotate as rotate_master_key
from audit.log.checkpoint import Checkpoint, CheckpointInvalid
from audit.log.growing import TreeHead
from audit.log.keyring import RetiredKeySigned, vouched
from audit.log.note import ED25519, Ed25519Signer, NoteInvalid, Signer, parse, parse_vkey, signed
from domain.event import KEEPER, BookName
from domain.place import PlaceRegistered
from domain.refusal import Refused
from tests.api.forgetting_keys import forgetful

MONEY, SUPERVISION = BookName.MONEY, BookName.SUPERVISION
API = Path(log_keys.__file__).parent


class PowerCut(BaseException):
    """What ends a process in the middle."""


@pytest.fixture(params=["files", pytest.param("database", marks=pytest.mark.postgresql)])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """A ledger in which nothing stands but its opening, on either engine."""
    name = "empty_ledger" if request.param == "files" else "ledger_in_a_database"
    made: Ledger = request.getfixturevalue(name)
    return made


def key_files(ledger: Ledger) -> list[Path]:
    return sorted(ledger.folder.keys.glob("log-*"))


def file_of(ledger: Ledger, key: LogKey, book: BookName = MONEY) -> Path:
    return ledger.folder.keys / f"log-{book.value}-{key.key_id}.json"


def publish(ledger: Ledger, book: BookName = MONEY) -> Published:
    published = PublicLog(ledger, book).publish(log_signers(ledger, book))
    assert published is not None
    return published


def register(ledger: Ledger, number: int) -> None:
    event = PlaceRegistered(
        **ledger.envelope(PlaceRegistered, actor=KEEPER),
        place_code=f"44089910120{number}",
        place_name=f"测试{number}村",
        level="村",
    )
    ledger.append(MONEY, [Placed(ledger.stream("place", str(number)), 1, event)])


def signers_of(published: Published) -> list[str]:
    return [signature.key_id.hex() for signature in parse(published.note.encode()).signatures]


def head_of(ledger: Ledger, size: int, book: BookName = MONEY) -> str:
    return Checkpoint(ledger.book(book).origin, size, bytes(32)).text


def key_entries(ledger: Ledger, book: BookName = MONEY) -> list[str]:
    return [entry.topic for entry in ledger.book(book).stream(ledger.stream("log-key", book.value))]


def private_key(ledger: Ledger, key: LogKey, book: BookName = MONEY) -> bytes:
    return KeyFiles(ledger.folder, book, ledger.vault.keys).signer(key.vkey)._private.private_bytes_raw()


def test_the_first_key_of_each_log_is_made_on_first_use_and_announced_in_its_book(ledger: Ledger) -> None:
    assert [log_vkeys(ledger, book) for book in BookName] == [[], []]

    published = {book: publish(ledger, book) for book in BookName}

    for book in BookName:
        [key] = log_vkeys(ledger, book)
        told = parse_vkey(key.vkey)
        assert (told.name, told.kind, key.since, key.until, key.state) == (
            ledger.book(book).origin,
            ED25519,
            2,
            None,
            KeyState.SIGNING,
        )
        assert vouched(published[book].note.encode(), [key.trusted]).checkpoint.size == key.since
        assert os.name == "nt" or file_of(ledger, key, book).stat().st_mode & 0o777 == 0o600
    assert len({key.vkey for book in BookName for key in log_vkeys(ledger, book)}) == 2


def test_a_second_use_signs_with_the_key_that_is_there(ledger: Ledger) -> None:
    first = publish(ledger)
    register(ledger, 1)

    second = publish(ledger)

    assert signers_of(first) == signers_of(second) == [log_vkeys(ledger, MONEY)[0].key_id]
    assert key_entries(ledger) == ["key-created/v1"]
    assert create(ledger, MONEY) == log_vkeys(ledger, MONEY)


def test_old_and_new_key_sign_together_until_the_old_one_is_retired_at_the_newest_size(ledger: Ledger) -> None:
    publish(ledger)
    [old] = log_vkeys(ledger, MONEY)

    new = rotate(ledger, MONEY)
    overlap = publish(ledger)
    retired = retire(ledger, MONEY, old.key_id)
    after = publish(ledger)

    assert signers_of(overlap) == [old.key_id, new.key_id]
    assert retired == old._replace(until=overlap.checkpoint.size, state=KeyState.RETIRED)
    assert signers_of(after) == [new.key_id]
    assert log_vkeys(ledger, MONEY) == [retired, new]
    assert key_entries(ledger) == ["key-created/v1", "key-rotated/v1", "key-retired/v1"]
    assert key_files(ledger) == [file_of(ledger, new)]
    assert log_vkeys(ledger, SUPERVISION) == []


def test_a_head_beyond_the_last_size_of_a_retired_key_is_refused_by_whoever_reads_it(ledger: Ledger) -> None:
    publish(ledger)
    [old] = log_vkeys(ledger, MONEY)
    stolen: Signer = KeyFiles(ledger.folder, MONEY, ledger.vault.keys).signer(old.vkey)
    rotate(ledger, MONEY)
    last = publish(ledger).checkpoint.size
    retire(ledger, MONEY, old.key_id)
    keys = [key.trusted for key in log_vkeys(ledger, MONEY)]

    forged = signed(head_of(ledger, last + 1), [stolen, *log_signers(ledger, MONEY)]).encode()

    with pytest.raises(RetiredKeySigned, match=f"{old.key_id} was retired at size {last}"):
        vouched(forged, keys)
    assert vouched(signed(head_of(ledger, last), [stolen]).encode(), keys).keys[0].vkey == old.vkey


def test_a_signer_that_was_taken_before_its_key_was_retired_signs_nothing_afterwards(ledger: Ledger) -> None:
    publish(ledger)
    [old] = log_vkeys(ledger, MONEY)
    rotate(ledger, MONEY)
    size = publish(ledger).checkpoint.size
    taken = log_signers(ledger, MONEY)
    retire(ledger, MONEY, old.key_id)

    with pytest.raises(Refused, match="was retired meanwhile"):
        PublicLog(ledger, MONEY).publish(taken)

    newest = PublicLog(ledger, MONEY).newest_signed()
    assert newest is not None
    assert newest.checkpoint.size == size
    assert publish(ledger).checkpoint.size == size + 1


def test_a_signer_signs_heads_of_its_own_log_and_nothing_else(empty_ledger: Ledger) -> None:
    [signer] = log_signers(empty_ledger, MONEY)

    assert signer.sign(head_of(empty_ledger, 3)).startswith(f"— {signer.name} ")
    with pytest.raises(CheckpointInvalid):
        signer.sign("I owe the bearer one thousand yuan.\n")
    with pytest.raises(Refused, match="was to be signed with a key of"):
        signer.sign(head_of(empty_ledger, 3, SUPERVISION))


def last_signed(ledger: Ledger, key: LogKey, book: BookName = MONEY) -> TreeHead | None:
    return KeyFiles(ledger.folder, book, ledger.vault.keys).last_signed(key.vkey)


def test_each_key_remembers_the_newest_head_that_it_signed_and_none_before_the_first(ledger: Ledger) -> None:
    [old] = create(ledger, MONEY)
    before = last_signed(ledger, old)
    first = publish(ledger)
    by_the_old = last_signed(ledger, old)
    new = rotate(ledger, MONEY)
    before_new = last_signed(ledger, new)
    overlap = publish(ledger)

    assert (before, before_new) == (None, None)
    assert by_the_old == first.head
    assert [last_signed(ledger, key) for key in (old, new)] == [overlap.head] * 2
    assert list(heads_told(ledger.folder, MONEY)) == [overlap.head] * 2
    assert list(heads_told(ledger.folder, SUPERVISION)) == []
    assert os.name == "nt" or {file.stat().st_mode & 0o777 for file in key_files(ledger)} == {0o600}


def test_a_key_signs_no_smaller_head_than_its_last_and_none_of_that_size_with_another_root(
    empty_ledger: Ledger,
) -> None:
    [key] = create(empty_ledger, MONEY)
    [signer] = log_signers(empty_ledger, MONEY)
    line = signer.sign(head_of(empty_ledger, 7))
    other = Checkpoint(empty_ledger.money.origin, 7, b"\x01" * 32)

    for text in (head_of(empty_ledger, 6), other.text):
        with pytest.raises(Refused, match="The key of the money log signed a head of 7 entries") as refused:
            signer.sign(text)
        assert refused.value.code == "E-PROOF"

    assert signer.sign(head_of(empty_ledger, 7)) == line
    assert last_signed(empty_ledger, key) == TreeHead(7, bytes(32))


def test_a_key_remembers_a_head_before_anybody_can_see_it_and_signs_it_after_a_kill(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(ledger)
    [key] = log_vkeys(ledger, MONEY)
    register(ledger, 1)
    killed(monkeypatch, Ed25519Signer, "sign", lambda: publish(ledger))
    remembered, shown = last_signed(ledger, key), PublicLog(ledger, MONEY).newest_signed()

    after = publish(ledger)

    assert shown is not None
    assert (shown.head, after.head) == (first.head, remembered)
    assert after.checkpoint.size > first.checkpoint.size


def test_a_kill_while_a_key_learns_of_a_head_leaves_the_key_as_it_was_and_the_next_head_is_signed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(ledger)
    [file], [key] = key_files(ledger), log_vkeys(ledger, MONEY)
    register(ledger, 1)

    def written_half(path: Path, text: str) -> None:
        write_secret(path, text[:100])
        raise PowerCut

    with monkeypatch.context() as killing:
        killing.setattr(log_key_files, "write_secret", written_half)
        with pytest.raises(PowerCut):
            publish(ledger)
    left, remembered = key_files(ledger), last_signed(ledger, key)
    after = publish(ledger)

    assert left == [file, file.with_name(file.name + ".new")]
    assert remembered == first.head
    assert key_files(ledger) == [file]
    assert last_signed(ledger, key) == after.head


def test_a_key_file_from_before_keys_remembered_signs_and_remembers_from_then_on(ledger: Ledger) -> None:
    publish(ledger)
    forgetful(ledger, MONEY)
    [key] = log_vkeys(ledger, MONEY)
    before = list(heads_told(ledger.folder, MONEY))
    register(ledger, 1)

    after = publish(ledger)

    assert before == []
    assert last_signed(ledger, key) == after.head


def test_what_keys_say_they_signed_is_read_past_files_that_are_none(empty_ledger: Ledger) -> None:
    published = publish(empty_ledger)
    (empty_ledger.folder.keys / "log-money-0badc0de.json").write_text('{"format":"mingzhang/log-k')
    (empty_ledger.folder.keys / "log-money-0badc0df.json").mkdir()

    assert list(heads_told(empty_ledger.folder, MONEY)) == [published.head]


def test_nothing_of_ours_asks_for_signers_but_the_one_place_that_publishes() -> None:
    asking = [
        path.relative_to(API).as_posix()
        for path in API.rglob("*.py")
        if re.search(
            r"\blog_signers\(|\bKeyFiles\([^)]*\)\.signer\(|_files\([^)]*\)\.signer\(", path.read_text("utf-8")
        )
    ]

    assert sorted(asking) == ["log_keys.py", "publishing_heads.py"]


def killed(monkeypatch: pytest.MonkeyPatch, part: type, step: str, work: Callable[[], object]) -> None:
    """Do the work, whose process ends where it would take that step."""

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with monkeypatch.context() as killing:
        killing.setattr(part, step, cut)
        with pytest.raises(PowerCut):
            work()


def test_a_first_key_that_a_kill_left_unannounced_is_the_one_that_is_announced_next(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(monkeypatch, Ledger, "append", lambda: create(ledger, MONEY))
    left = key_files(ledger)

    [key] = create(ledger, MONEY)

    assert left == key_files(ledger) == [file_of(ledger, key)]
    assert signers_of(publish(ledger)) == [key.key_id]


def test_a_rotation_killed_before_its_event_changes_nothing_and_is_repeated_with_the_same_key(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(ledger)
    [old] = log_vkeys(ledger, MONEY)
    killed(monkeypatch, Ledger, "append", lambda: rotate(ledger, MONEY))
    left = key_files(ledger)
    register(ledger, 1)
    between = publish(ledger)

    new = rotate(ledger, MONEY)

    assert signers_of(between) == [old.key_id]
    assert sorted(left) == key_files(ledger) == sorted([file_of(ledger, old), file_of(ledger, new)])
    assert signers_of(publish(ledger)) == [old.key_id, new.key_id]


def test_a_rotation_killed_after_its_event_is_done_and_a_second_one_is_refused(ledger: Ledger) -> None:
    publish(ledger)
    rotate(ledger, MONEY)

    with pytest.raises(Refused, match="Two keys of the money log sign already"):
        rotate(ledger, MONEY)

    assert len(log_vkeys(ledger, MONEY)) == len(key_files(ledger)) == 2


def test_a_key_whose_file_a_kill_left_after_its_retirement_signs_nothing_and_is_taken_away_next(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(ledger)
    [old] = log_vkeys(ledger, MONEY)
    new = rotate(ledger, MONEY)
    publish(ledger)
    killed(monkeypatch, KeyFiles, "destroy", lambda: retire(ledger, MONEY, old.key_id))

    between = publish(ledger)
    there = file_of(ledger, old).exists()
    again = retire(ledger, MONEY, old.key_id)

    assert (signers_of(between), there, file_of(ledger, old).exists()) == ([new.key_id], True, False)
    assert (again.state, again.until) == (KeyState.RETIRED, between.checkpoint.size - 1)
    assert key_entries(ledger) == ["key-created/v1", "key-rotated/v1", "key-retired/v1"]


def test_a_retired_key_that_comes_back_from_a_backup_signs_nothing_and_goes_with_the_next_rotation(
    empty_ledger: Ledger,
) -> None:
    publish(empty_ledger)
    [old] = log_vkeys(empty_ledger, MONEY)
    kept = file_of(empty_ledger, old).read_bytes()
    second = rotate(empty_ledger, MONEY)
    publish(empty_ledger)
    retire(empty_ledger, MONEY, old.key_id)
    file_of(empty_ledger, old).write_bytes(kept)
    file_of(empty_ledger, old).chmod(0o600)

    signed_by = signers_of(publish(empty_ledger))
    third = rotate(empty_ledger, MONEY)

    assert signed_by == [second.key_id]
    assert key_files(empty_ledger) == sorted([file_of(empty_ledger, second), file_of(empty_ledger, third)])


def test_a_file_that_a_kill_left_half_written_is_nobodys_key_and_goes_with_the_next(empty_ledger: Ledger) -> None:
    left = empty_ledger.folder.keys / "log-money-0badc0de.json.new"
    left.write_text('{"format":"mingzhang/log-k')

    [key] = create(empty_ledger, MONEY)

    assert key_files(empty_ledger) == [file_of(empty_ledger, key)]


def test_threads_that_sign_for_the_first_time_at_once_make_one_key(ledger: Ledger) -> None:
    together, told = Barrier(4), list[list[str]]()

    def sign() -> None:
        together.wait()
        told.append([signer.vkey for signer in log_signers(ledger, MONEY)])

    threads = [Thread(target=sign) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told == [[key.vkey for key in log_vkeys(ledger, MONEY)]] * 4
    assert len(key_files(ledger)) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_private_key_that_others_may_read_is_refused_with_what_to_do(empty_ledger: Ledger, mode: int) -> None:
    [key] = create(empty_ledger, MONEY)
    file_of(empty_ledger, key).chmod(mode)

    with pytest.raises(Refused, match=rf"E-AUTH.*mode {mode:o}\. chmod 600 .*log-money-{key.key_id}\.json"):
        log_signers(empty_ledger, MONEY)

    assert any(file_of(empty_ledger, key).name in ailment.what for ailment in examine(empty_ledger.folder.path))


def spoil(file: Path) -> None:
    text = file.read_text("utf-8")
    at = text.index('"sealed":"') + 30
    file.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :], "utf-8")


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:60])


def of_another_form(file: Path) -> None:
    file.write_text(file.read_text("utf-8").replace("log-key/v1", "log-key/v9"), "utf-8")


def not_base64(file: Path) -> None:
    file.write_text(file.read_text("utf-8").replace('"sealed":"', '"sealed":"*'), "utf-8")


def of_another_key(file: Path) -> None:
    told = file.read_text("utf-8")
    other = Ed25519Signer("log.test/money", b"\x01" * 32).vkey
    file.write_text(re.sub('"vkey":"[^"]+"', f'"vkey":"{other}"', told), "utf-8")


@pytest.mark.parametrize("harm", [spoil, cut_off, of_another_form, not_base64, of_another_key])
def test_a_changed_key_file_is_told_apart_from_a_key_and_its_content_is_not_repeated(
    empty_ledger: Ledger, harm: Callable[[Path], None]
) -> None:
    [key] = create(empty_ledger, MONEY)
    sealed = file_of(empty_ledger, key).read_text("utf-8").split('"sealed":"')[1][:20]
    harm(file_of(empty_ledger, key))

    with pytest.raises(Refused, match=r"E-SCHEMA.*is no private key of this log") as refused:
        log_signers(empty_ledger, MONEY)

    assert sealed not in str(refused.value)


def test_a_key_file_with_another_key_in_it_does_not_sign(empty_ledger: Ledger) -> None:
    [key] = create(empty_ledger, MONEY)
    new = rotate(empty_ledger, MONEY)
    shutil.copyfile(file_of(empty_ledger, new), file_of(empty_ledger, key))

    with pytest.raises(Refused, match="is no private key of this log"):
        log_signers(empty_ledger, MONEY)


def test_a_key_file_does_not_open_with_the_vault_of_another_ledger(empty_ledger: Ledger, tmp_path: Path) -> None:
    [key] = create(empty_ledger, MONEY)
    with Ledger.create(tmp_path / "other", place_code="440899102", place_name="测试二镇") as other:
        strange = KeyFiles(empty_ledger.folder, MONEY, other.vault.keys)

        with pytest.raises(Refused, match="does not open with this ledger's vault"):
            strange.signer(key.vkey)


def test_a_key_in_force_that_is_not_here_stops_signing_and_is_passed_over_only_when_it_is_said_to_be_lost(
    ledger: Ledger,
) -> None:
    register(ledger, 1)
    size = publish(ledger).checkpoint.size
    [old] = log_vkeys(ledger, MONEY)
    register(ledger, 2)
    file_of(ledger, old).unlink()

    with pytest.raises(Refused, match=r"E-REF.*cannot be read.*keys rotate --lost"):
        log_signers(ledger, MONEY)
    with pytest.raises(Refused, match=f"E-REF: The key {old.key_id} of the money log is in force"):
        rotate(ledger, MONEY)
    new = rotate(ledger, MONEY, lost=True)

    assert log_vkeys(ledger, MONEY) == [old._replace(until=size, state=KeyState.RETIRED), new]
    assert signers_of(publish(ledger)) == [new.key_id]
    with pytest.raises(Refused, match="No key of the money log is lost"):
        rotate(ledger, MONEY, lost=True)


def test_doctor_names_the_key_that_is_missing_and_the_log_that_it_signs(empty_ledger: Ledger) -> None:
    [key] = create(empty_ledger, SUPERVISION)
    file_of(empty_ledger, key, SUPERVISION).unlink()

    [ailment] = examine(empty_ledger.folder.path)

    assert f"The key {key.key_id} of the supervision log is missing" in ailment.what
    assert "keys rotate --lost" in ailment.remedy


def test_a_lost_key_of_a_log_whose_signed_heads_are_lost_too_is_believed_up_to_the_books_size(
    empty_ledger: Ledger,
) -> None:
    [old] = create(empty_ledger, MONEY)
    size = empty_ledger.money.head.position
    file_of(empty_ledger, old).unlink()

    rotate(empty_ledger, MONEY, lost=True)

    assert log_vkeys(empty_ledger, MONEY)[0].until == size


def test_the_only_key_is_not_retired_and_an_unknown_one_cannot_be(empty_ledger: Ledger) -> None:
    publish(empty_ledger)
    [key] = log_vkeys(empty_ledger, MONEY)

    with pytest.raises(Refused, match=f"E-STATE: {key.key_id} is the only key"):
        retire(empty_ledger, MONEY, key.key_id)
    with pytest.raises(Refused, match=f"E-REF: The money log has no such key; it has {key.key_id}"):
        retire(empty_ledger, MONEY, "00000000")
    with pytest.raises(Refused, match="E-STATE: The supervision log has no key yet"):
        rotate(empty_ledger, SUPERVISION)

    assert log_vkeys(empty_ledger, MONEY) == [key]


def test_an_old_key_is_not_retired_before_it_has_signed_a_head_over_what_announces_the_new_one(
    empty_ledger: Ledger,
) -> None:
    publish(empty_ledger)
    [old] = log_vkeys(empty_ledger, MONEY)
    new = rotate(empty_ledger, MONEY)

    with pytest.raises(Refused, match=rf"E-STATE: Entry {new.since} announces {new.key_id}, .* is of 2 entries"):
        retire(empty_ledger, MONEY, old.key_id)

    overlap = publish(empty_ledger)
    assert retire(empty_ledger, MONEY, old.key_id).until == overlap.checkpoint.size == new.since


def test_a_new_master_key_of_the_vault_leaves_the_keys_of_the_logs_as_they_are(ledger: Ledger) -> None:
    publish(ledger)
    keys, files = log_vkeys(ledger, MONEY), [file.read_bytes() for file in key_files(ledger)]

    rotate_master_key(Folder(ledger.folder.path))

    assert [file.read_bytes() for file in key_files(ledger)] == files
    register(ledger, 1)
    assert signers_of(publish(ledger)) == [key.key_id for key in keys]
    with Ledger.open(ledger.folder.path) as again:
        register(again, 2)
        assert signers_of(publish(again)) == [key.key_id for key in keys]
        assert log_vkeys(again, MONEY) == keys


def test_the_keys_are_in_the_vaults_backup_alone_and_sign_again_after_it_comes_back(
    empty_ledger: Ledger, tmp_path: Path
) -> None:
    publish(empty_ledger)
    keys, folder = log_vkeys(empty_ledger, MONEY), empty_ledger.folder
    safe = tmp_path / "safe"
    safe.mkdir()
    for name in ("master.key", "book.key", "keeper.token"):
        shutil.copy(folder.keys / name, safe)
    back_up(folder, tmp_path / "backup")
    back_up(folder, tmp_path / "books-alone", with_vault=False)

    rotate_master_key(folder)
    restore(tmp_path / "backup", tmp_path / "restored", keys=safe)

    in_backup = [path.relative_to(tmp_path / "backup").as_posix() for path in (tmp_path / "backup").rglob("log-*")]
    assert in_backup == [f"vault/keys/{file_of(empty_ledger, keys[0]).name}"]
    assert list((tmp_path / "books-alone").rglob("*log-*")) == []
    with Ledger.open(tmp_path / "restored") as restored:
        assert log_vkeys(restored, MONEY) == keys
        assert [signer.vkey for signer in log_signers(restored, MONEY)] == [keys[0].vkey]
        assert os.name == "nt" or file_of(restored, keys[0]).stat().st_mode & 0o777 == 0o600


@pytest.mark.postgresql
def test_a_second_machine_on_the_same_books_signs_only_with_the_key_that_the_first_announced(
    ledger_in_a_database: Ledger, tmp_path: Path
) -> None:
    elsewhere = Path(shutil.copytree(ledger_in_a_database.folder.path, tmp_path / "elsewhere"))
    [key] = create(ledger_in_a_database, MONEY)
    with Ledger.open(elsewhere) as second:
        assert log_vkeys(second, MONEY) == [key._replace(state=KeyState.MISSING)]
        with pytest.raises(Refused, match="E-REF"):
            log_signers(second, MONEY)
        assert key_files(second) == []

        shutil.copy(file_of(ledger_in_a_database, key), elsewhere / "keys")

        assert signers_of(publish(second)) == [key.key_id]
    register(ledger_in_a_database, 1)
    assert signers_of(publish(ledger_in_a_database)) == [key.key_id]


@pytest.mark.postgresql
def test_of_two_machines_that_make_the_first_key_at_once_one_is_refused_and_signs_nothing(
    ledger_in_a_database: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Path(shutil.copytree(ledger_in_a_database.folder.path, tmp_path / "elsewhere"))
    draw = KeyFiles.draw

    def draw_while_the_other_is_first(files: KeyFiles, origin: str, randomness: Callable[[int], bytes]) -> str:
        monkeypatch.setattr(KeyFiles, "draw", draw)
        create(ledger_in_a_database, MONEY)
        return draw(files, origin, randomness)

    with Ledger.open(elsewhere) as second:
        monkeypatch.setattr(KeyFiles, "draw", draw_while_the_other_is_first)
        with pytest.raises(Refused, match="E-CONFLICT"):
            log_signers(second, MONEY)
        with pytest.raises(Refused, match="E-REF"):
            log_signers(second, MONEY)

        assert log_vkeys(second, MONEY) == [log_vkeys(ledger_in_a_database, MONEY)[0]._replace(state=KeyState.MISSING)]


def test_no_file_of_the_ledger_and_no_words_of_ours_hold_a_private_key(
    empty_ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    publish(empty_ledger)
    [key] = log_vkeys(empty_ledger, MONEY)
    seed = private_key(empty_ledger, key)
    files = KeyFiles(empty_ledger.folder, MONEY, empty_ledger.vault.keys)
    forms = [seed, seed.hex().encode(), b64encode(seed), b64encode(seed).rstrip(b"=")]

    said = " ".join(map(repr, [*log_signers(empty_ledger, MONEY), key, files, files.signer(key.vkey), empty_ledger]))
    kept = [path.read_bytes() for path in empty_ledger.folder.path.rglob("*") if path.is_file()]

    assert len(kept) > 5
    assert not [
        form for form in forms if any(form in content for content in (*kept, said.encode(), caplog.text.encode()))
    ]


def test_a_name_that_cannot_be_a_keys_name_leaves_no_file(empty_ledger: Ledger) -> None:
    files = KeyFiles(empty_ledger.folder, MONEY, empty_ledger.vault.keys)

    with pytest.raises(NoteInvalid, match="is not a key's name"):
        files.draw("a name with blanks", empty_ledger.salts)

    assert key_files(empty_ledger) == []
