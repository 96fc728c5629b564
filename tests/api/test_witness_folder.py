"""A witness's folder: keys that only its owner reads and the master key opens, and a memory that is begun once."""

import json
import os
import stat
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from api.witness_folder import STATE, WitnessFolder
from audit.log.cosignature import ED25519_COSIGNATURE, ML_DSA_44
from audit.log.note import parse_vkey
from domain.clock import SeededRandomness, system_randomness
from domain.refusal import Refused
from vault.sealing import seal

BOTH = [ML_DSA_44, ED25519_COSIGNATURE]


@pytest.fixture
def made(tmp_path: Path) -> WitnessFolder:
    folder = WitnessFolder(tmp_path / "w")
    folder.create("witness.test/w1", BOTH, system_randomness)
    return folder


def key_files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "w" / "keys").glob("witness-*.json"))


def test_the_keys_that_were_drawn_are_opened_again_the_post_quantum_one_first(made: WitnessFolder) -> None:
    keys = [cosigner.key for cosigner in made.cosigners()]

    assert [key.kind for key in keys] == BOTH
    assert [key.vkey for key in keys] == made.vkeys()
    assert {key.name for key in keys} == {"witness.test/w1"}
    assert made.state().logs() == []


def test_a_name_that_is_not_ascii_is_kept_as_it_is(tmp_path: Path) -> None:
    folder = WitnessFolder(tmp_path / "w")

    [vkey] = folder.create("纪委.测试/甲", [ML_DSA_44], system_randomness)

    assert parse_vkey(vkey).name == "纪委.测试/甲"
    assert folder.cosigners()[0].key.vkey == vkey


def test_all_files_are_for_their_owner_and_hold_no_key_in_clear(made: WitnessFolder, tmp_path: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "w").rglob("*") if path.is_file()}

    assert os.name == "nt" or set(modes.values()) == {0o600}
    assert len(modes) == 4


def test_a_seed_gives_the_same_keys_and_they_do_not_stand_in_the_files(tmp_path: Path) -> None:
    drawn: list[bytes] = []

    class Remembering(SeededRandomness):
        def __call__(self, count: int) -> bytes:
            drawn.append(super().__call__(count))
            return drawn[-1]

    first = WitnessFolder(tmp_path / "w").create("w.test", BOTH, Remembering("seed"))
    again = WitnessFolder(tmp_path / "again").create("w.test", BOTH, SeededRandomness("seed"))

    texts = "".join(file.read_text() for file in key_files(tmp_path))
    assert first == again
    assert not any(secret.hex() in texts for secret in drawn)


def test_where_something_is_no_witness_is_made_and_nothing_is_changed(made: WitnessFolder, tmp_path: Path) -> None:
    before = made.vkeys()

    with pytest.raises(Refused, match="E-DUP"):
        made.create("other.test", BOTH, system_randomness)

    assert made.vkeys() == before


def test_a_folder_that_is_there_and_empty_is_taken_and_kept_when_it_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    with pytest.raises(Refused):
        WitnessFolder(tmp_path / "w").create("two words", BOTH, system_randomness)
    left = list((tmp_path / "w").iterdir())

    WitnessFolder(tmp_path / "w").create("w.test", BOTH, system_randomness)

    assert left == []
    assert len(key_files(tmp_path)) == 2


@pytest.mark.parametrize("name", ["", "two words", "a+b", "n" * 256])
def test_a_name_that_is_none_leaves_no_folder_behind(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused) as refused:
        WitnessFolder(tmp_path / "w").create(name, BOTH, system_randomness)

    assert refused.value.code == "E-SCHEMA"
    assert list(tmp_path.iterdir()) == []


def test_a_master_key_from_elsewhere_opens_the_keys_and_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGZHANG_MASTER_KEY", "5a" * 32)
    folder = WitnessFolder(tmp_path / "w")
    folder.create("w.test", BOTH, system_randomness)
    opened = len(folder.cosigners())

    monkeypatch.setenv("MINGZHANG_MASTER_KEY", "a5" * 32)
    with pytest.raises(Refused) as refused:
        folder.cosigners()

    assert opened == 2
    assert not (tmp_path / "w" / "keys" / "master.key").exists()
    assert "the master key does not open it" in refused.value.why


def changed(**fields: str) -> Callable[[Path], object]:
    return lambda file: file.write_text(json.dumps(json.loads(file.read_text()) | fields))


def swapped(file: Path) -> None:
    other = next(path for path in file.parent.glob("witness-*.json") if path != file)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"sealed": json.loads(other.read_text())["sealed"]}))


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda file: file.write_text("{}"), "not written like one"),
        (changed(vkey="w+00000000+AAAA"), "not written like one"),
        (changed(format="mingzhang/witness-key/v9"), "this version reads mingzhang/witness-key/v1"),
        (changed(sealed="AAAA"), "does not open it"),
        (changed(sealed="not base64"), "does not open it"),
        (swapped, "does not open it"),
    ],
)
def test_a_key_file_that_was_changed_is_named_and_not_used(
    made: WitnessFolder, tmp_path: Path, damage: Callable[[Path], object], why: str
) -> None:
    file = key_files(tmp_path)[0]
    damage(file)

    with pytest.raises(Refused) as refused:
        made.cosigners()

    assert refused.value.code == "E-SCHEMA"
    assert refused.value.field == file.name
    assert why in refused.value.why


def test_a_key_that_is_sealed_under_anothers_name_is_not_used(made: WitnessFolder, tmp_path: Path) -> None:
    file = key_files(tmp_path)[0]
    master_key = bytes.fromhex((tmp_path / "w" / "keys" / "master.key").read_text())
    context = f"mingzhang/witness-key/v1\n{json.loads(file.read_text())['vkey']}".encode()
    changed(sealed=b64encode(seal(master_key, bytes(32), nonce=bytes(12), context=context)).decode())(file)

    with pytest.raises(Refused, match="it holds another key than it says"):
        made.cosigners()


def test_a_master_key_that_is_none_leaves_no_folder_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGZHANG_MASTER_KEY", "zz")

    with pytest.raises(Refused, match="E-SCHEMA"):
        WitnessFolder(tmp_path / "w").create("w.test", BOTH, system_randomness)

    assert list(tmp_path.iterdir()) == []


def test_a_key_that_others_may_read_is_not_used(made: WitnessFolder, tmp_path: Path) -> None:
    file = key_files(tmp_path)[0]
    file.chmod(0o640)

    if os.name == "nt":  # there modes say nothing
        return
    with pytest.raises(Refused) as refused:
        made.cosigners()

    assert refused.value.code == "E-AUTH"


def test_a_witness_without_its_memory_or_its_keys_is_none(made: WitnessFolder, tmp_path: Path) -> None:
    for file in key_files(tmp_path):
        file.unlink()
    with pytest.raises(Refused) as without_keys:
        made.cosigners()
    (tmp_path / "w" / STATE).unlink()
    with pytest.raises(Refused) as without_memory:
        made.state()

    assert without_keys.value.code == without_memory.value.code == "E-REF"
    assert "it lost its memory" in without_memory.value.why
