"""`mingzhang-verify`: what it prints, and its exit status."""

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from audit.bundle import command
from audit.bundle.command import main
from tests.audit.bundle.bundling import SIGNER, THIEF, Book, bundle, payments, policy_of


class Case:
    """A bundle and a policy in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.book: Book = payments(folder)
        self.bundle = bundle(folder / "b.zip", self.book, [2, 4, 6])
        self.policy = folder / "policy"
        self.policy.write_bytes(policy_of())

    def __call__(self, *more: str) -> int:
        return main([str(self.bundle), "--policy", str(self.policy), *more])


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_a_sound_bundle_is_told_in_both_languages_and_exits_with_nought(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    assert case() == 0

    told = capsys.readouterr().out
    assert "结论：成立" in told
    assert "Verdict: it holds." in told


@pytest.mark.parametrize(("lang", "other"), [("zh", "Verdict"), ("en", "结论")])
def test_one_language_can_be_asked_for_alone(
    case: Case, capsys: pytest.CaptureFixture[str], lang: str, other: str
) -> None:
    case("--lang", lang)

    assert other not in capsys.readouterr().out


def test_a_bundle_that_does_not_hold_exits_with_one_and_says_why(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    case.bundle.unlink()
    bundle(case.bundle, case.book, [2, 4])

    assert case("--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert [found["kind"] for found in told["refuted"]] == ["incomplete"]


def test_a_retired_key_is_named_on_the_command_line(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert case("--retired", SIGNER.vkey, "8", "--json") == 1
    assert json.loads(capsys.readouterr().out)["refuted"][0]["kind"] == "retired"
    assert case("--retired", THIEF.vkey, "8") == 0


def test_the_subject_that_is_asked_for_has_to_be_the_one_of_the_bundle(case: Case) -> None:
    assert case("--subject", "household:H-0001") == 0
    assert case("--subject", "household:H-0002") == 1


def test_the_entries_themselves_are_listed_when_asked_for(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert case("--list", "--lang", "en") == 0

    lines = capsys.readouterr().out.splitlines()[-4:]
    assert [line.split()[:3] for line in lines[:3]] == [
        ["money", str(position), "payment-made/v1"] for position in (2, 4, 6)
    ]
    assert '"amount_fen":200' in lines[0]


def test_what_could_steer_a_terminal_is_never_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = payments(tmp_path)
    nasty = "household:H\u202e\x9b31m"
    path = bundle(tmp_path / "b.zip", book, [], subject=nasty)
    (tmp_path / "policy").write_bytes(policy_of())

    main([str(path), "--policy", str(tmp_path / "policy"), "--lang", "en"])

    told = capsys.readouterr().out
    assert "household:H??31m" in told
    assert not {"\u202e", "\x9b"} & set(told)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--policy", "none"], "Cannot be read"),
        (["--policy", "bad"], "The policy bad cannot be used: Line 1"),
        (["--ca", "none"], "Cannot be read"),
        (["--ca", "bad"], "The certificates bad cannot be used"),
        (["--retired", "x", "8"], "--retired is wrong"),
        (["--retired", SIGNER.vkey, "x"], "--retired is wrong"),
    ],
)
def test_what_is_named_and_cannot_be_used_exits_with_two(
    case: Case, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, more: list[str], why: str
) -> None:
    monkeypatch.chdir(case.folder)
    Path("bad").write_bytes(b"nonsense\n")

    assert case(*more) == 2
    assert why in capsys.readouterr().err


def test_a_bundle_that_is_not_there_exits_with_two(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    case.bundle.unlink()

    assert case() == 2
    assert "Cannot be read" in capsys.readouterr().err


def test_without_the_library_it_says_what_is_missing_and_how_to_get_it(
    case: Case, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "audit.bundle.examining", None)

    assert case() == 2
    told = capsys.readouterr().err
    assert "缺少 Python 库 cryptography>=50" in told
    assert "pip install --no-index --find-links" in told


def test_the_command_leaves_with_the_status_that_it_found(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["mingzhang-verify", str(case.bundle), "--policy", str(case.policy)])

    with pytest.raises(SystemExit) as left:
        command.run()

    assert left.value.code == 0


def test_an_answer_goes_to_whatever_stands_for_the_standard_output(case: Case) -> None:
    told = StringIO()

    with redirect_stdout(told):
        status = case("--lang", "en")

    assert (status, "Verdict: it holds" in told.getvalue()) == (0, True)
