"""Findings in order and in bounded memory, and the answer as a script reads it."""

from audit.verify import KINDS, BookReport, Finding, as_json
from audit.verify.findings import FINDINGS_KEPT, Findings


def leaf(position: int) -> Finding:
    return Finding(position, "leaf", "5f0c", "aa", "bb")


def test_findings_come_out_by_position_however_they_were_found() -> None:
    findings = Findings()
    for position in (9, 2, 5):
        findings.add(leaf(position))

    assert [found.position for found in findings.in_order()] == [2, 5, 9]


def test_the_same_finding_twice_is_one_and_two_of_a_row_are_two() -> None:
    findings = Findings()
    for found in (leaf(3), leaf(3), Finding(3, "guard", None, "one", None), Finding(3, "guard", None, "two", None)):
        findings.add(found)

    assert [(found.kind, found.expected) for found in findings.in_order()] == [
        ("guard", "one"),
        ("guard", "two"),
        ("leaf", "aa"),
    ]


def test_of_very_many_findings_the_first_are_kept_and_the_rest_counted() -> None:
    several = Findings()
    for part in range(3):
        findings = Findings()
        for position in range(2 * FINDINGS_KEPT, 0, -1):
            findings.add(leaf(10_000 * part + position))
        several.extend(findings)

    kept = several.in_order()

    assert [found.position for found in kept] == list(range(1, FINDINGS_KEPT + 1))
    assert len(kept) + several.left_out == 3 * 2 * FINDINGS_KEPT


def test_the_answer_has_the_names_that_a_script_reads() -> None:
    money = BookReport("money", "ledger.test/1", 30_412, bytes(32), 1, (leaf(4011),))
    supervision = BookReport("supervision", "ledger.test/2", 97, bytes(32), 40)

    answer = as_json([money, supervision])

    assert answer == {
        "ok": False,
        "books": [
            {"book": "money", "origin": "ledger.test/1", "size": 30_412, "head": "00" * 32, "from": 1},
            {"book": "supervision", "origin": "ledger.test/2", "size": 97, "head": "00" * 32, "from": 40},
        ],
        "findings": [
            {
                "book": "money",
                "position": 4011,
                "stream": "5f0c",
                "kind": "leaf",
                "expected": "aa",
                "found": "bb",
                "unproven_from": 4011,
            }
        ],
    }
    assert as_json([supervision])["ok"] is True


def test_the_answer_of_an_unreadable_book_has_nulls_and_counts_what_was_left_out() -> None:
    report = BookReport("money", None, 0, None, 1, (Finding(1, "unreadable", None, "a book", None),), left_out=7)

    answer = as_json([report])

    assert answer["books"][0] == {"book": "money", "origin": None, "size": 0, "head": None, "from": 1}
    assert answer["findings_left_out"] == 7


def test_every_kind_of_finding_is_explained() -> None:
    assert list(KINDS) == ["leaf", "link", "gap", "stream", "head", "unreadable", "guard"]
    assert all(KINDS.values())
