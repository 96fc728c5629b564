"""Names of members: each has one form, leads nowhere else, and has one place in the order."""

import pytest

from audit.bundle.layout import NoMember, order_of, place_of

IN_ORDER = [
    "anchors/money/9.checkpoint",
    "anchors/money/9.consistency",
    "anchors/money/9.tsr",
    "anchors/money/10.checkpoint",
    "anchors/money/renewed/1.sums",
    "anchors/money/renewed/1.tsr",
    "attachments.json",
    "checkpoints/money",
    "checkpoints/supervision",
    "completeness.json",
    "entries/money/9",
    "entries/money/10",
    "proofs/money/9",
    "proofs/money/10",
    "report.html",
    "manifest.json",
]


def test_members_stand_by_their_names_and_numbers_with_the_manifest_last() -> None:
    assert sorted(set(IN_ORDER), key=lambda name: order_of(place_of(name))) == IN_ORDER
    assert [place_of(name).name for name in IN_ORDER] == IN_ORDER


@pytest.mark.parametrize(
    "name",
    [
        "",
        "readme.txt",
        "../entries/money/1",
        "/entries/money/1",
        "entries/money/../1",
        "entries\\money\\1",
        "entries/money/01",
        "entries/money/0",
        "entries/money/1/",
        "entries/money/１",
        "entries/Money/1",
        "entries/money/1\n",
        "entries/money/99999999999999999",
        "checkpoints/money/1",
        "anchors/money/1.exe",
        "anchors/money/renewed/1.checkpoint",
        "anchors/money/1.sums",
        "Manifest.json",
        "manifest.json ",
    ],
)
def test_a_name_that_no_member_has_is_refused(name: str) -> None:
    with pytest.raises(NoMember, match="No member of a bundle is called"):
        place_of(name)
