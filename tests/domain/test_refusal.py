"""Refusals carry a stable code, both numbers and the remedy."""

import re

from domain.refusal import CODES, Refused


def test_a_refusal_reads_as_one_sentence_of_code_reason_and_remedy() -> None:
    refusal = Refused(
        "E-FUNDS",
        why="Payment of ¥100.01 exceeds the ¥100.00 still unspent.",
        remedy="Lower the amount, or record a supplementary appropriation first.",
    )

    assert str(refusal) == (
        "E-FUNDS: Payment of ¥100.01 exceeds the ¥100.00 still unspent. "
        "Lower the amount, or record a supplementary appropriation first."
    )


def test_a_refusal_as_a_dictionary_leaves_out_what_it_does_not_know() -> None:
    whole = Refused("E-DATE", why="It is not a day.", remedy="Mend it.", field="paid_on", value="2020-02-30", row=7)
    bare = Refused("E-REF", why="It is not there.", remedy="Add it.")

    assert whole.as_dict() == {
        "code": "E-DATE",
        "why": "It is not a day.",
        "remedy": "Mend it.",
        "field": "paid_on",
        "value": "2020-02-30",
        "row": 7,
    }
    assert bare.as_dict() == {"code": "E-REF", "why": "It is not there.", "remedy": "Add it."}


def test_every_code_is_explained_in_chinese_and_in_english() -> None:
    for code, meaning in CODES.items():
        chinese, english = meaning.split(" / ")

        assert re.fullmatch(r"E-[A-Z]+", code)
        assert re.search("[\u4e00-\u9fff]", chinese)
        assert english.isascii()
