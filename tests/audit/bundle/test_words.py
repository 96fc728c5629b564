"""How verdicts are told: each finding in both languages, with its figures, and the same by script."""

import re
from importlib.resources import files
from string import Formatter

import pytest

from audit.bundle.verdict import Findings, Verdict
from audit.bundle.words import LANGUAGES, as_json, texts, told

SOURCES = ["section", "examining", "stamps"]


def figures_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_figures() -> None:
    chinese, english = texts("zh"), texts("en")

    assert {group: list(chinese[group]) for group in chinese} == {group: list(english[group]) for group in english}
    for group in chinese:
        for kind, text in chinese[group].items():
            assert figures_in(text) == figures_in(english[group][kind]), kind


def test_every_finding_of_the_verifier_has_a_text_and_every_text_a_finding() -> None:
    found: dict[str, set[str]] = {"proven": set(), "refuted": set(), "open": set()}
    for name in SOURCES:
        source = files("audit.bundle").joinpath(f"{name}.py").read_text(encoding="utf-8")
        for group, verb in (("proven", "prove"), ("refuted", "refute"), ("open", "leave")):
            for call in re.findall(rf"\b{verb}\(\s*((?:\"\w+\"(?: if [^,]*? else )?)+)", source):
                found[group].update(re.findall(r'"(\w+)"', call))
    found["open"].update({"report", "sealed", "truth", "never_recorded"})

    assert found == {group: set(texts("zh")[group]) for group in found}


def example() -> Verdict:
    findings = Findings()
    findings.prove("witnessed", book="money", witness="w1", seconds=1_795_492_800)
    findings.prove("witnessed", book="money", witness="w2", seconds=0)
    findings.prove("witnessed", book="money", witness="w3", seconds=2**62)
    findings.prove("attachments", files=["11" * 32])
    findings.refute("strange", book="money", entries=2, positions=[3, 5])
    findings.leave("truth")
    return findings.verdict._replace(subject="household:H-0001")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_verdict_is_told_with_what_fails_before_what_holds_and_what_is_open_last(lang: str) -> None:
    lines = told(example(), "b.zip", lang)

    signs = [line.strip()[0] for line in lines if line.startswith("  ")]
    assert signs == ["✗", "✓", "✓", "✓", "✓", "–"]
    assert "household:H-0001" in lines[0]
    assert "2026-11-24T04:00:00Z" in "\n".join(lines)
    assert "3, 5" in "\n".join(lines)


def test_a_file_that_could_not_be_read_is_called_by_its_name() -> None:
    findings = Findings()
    findings.refute("refused", why="it is cut off.")

    lines = told(findings.verdict, "b.zip", "en")

    assert lines[0] == "Evidence bundle: b.zip"
    assert lines[-1] == "  ✗ This is no sound bundle: it is cut off."


def test_a_script_gets_kinds_and_figures_beside_both_wordings() -> None:
    answer = as_json(example())

    assert (answer["ok"], answer["subject"]) == (False, "household:H-0001")
    [strange] = answer["refuted"]
    assert (strange["kind"], strange["positions"]) == ("strange", [3, 5])
    assert strange["zh"].startswith("money 账有 2 条")
    assert [found["kind"] for found in answer["open"]] == ["truth"]
