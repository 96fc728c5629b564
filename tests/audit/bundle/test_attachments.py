"""Which files the entries cite."""

import json
from typing import Any

import pytest

from audit.bundle.attachments import Attachments, cited_by

ONE, TWO = "11" * 32, "22" * 32


def test_files_are_listed_by_digest_with_how_many_entries_cite_them() -> None:
    attachments = Attachments()

    attachments.take("money", 9, {"source": {"channel": "import", "file_sha256": TWO}})
    attachments.take("money", 5, {"source": {"channel": "import", "file_sha256": TWO}, "evidence": [ONE, ONE]})
    attachments.take("supervision", 3, {"evidence": [ONE]})

    assert json.loads(attachments.content) == [
        {"sha256": ONE, "book": "money", "entries": 1, "first": 5},
        {"sha256": ONE, "book": "supervision", "entries": 1, "first": 3},
        {"sha256": TWO, "book": "money", "entries": 2, "first": 5},
    ]
    assert attachments.files == {ONE: 2, TWO: 2}


def test_a_list_of_no_files_is_an_empty_array() -> None:
    assert json.loads(Attachments().content) == []


@pytest.mark.parametrize(
    "state",
    [{}, {"source": "x"}, {"source": {"file_sha256": 7}}, {"evidence": "x"}, {"evidence": ["AB" * 32, 7, {}]}],
)
def test_what_is_no_digest_is_passed_over(state: dict[str, Any]) -> None:
    assert cited_by(state) == []
