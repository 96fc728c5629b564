"""Which lines pay what of a claim: nothing is made, nothing is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from projections.funding import ClaimPayment, FundingLine, Share, share_out

DOCUMENTS = st.sampled_from(("甲号", "乙号"))
LINES = st.lists(st.builds(FundingLine, DOCUMENTS, st.integers(1, 100)), max_size=5)


@st.composite
def payments(draw: st.DrawFn) -> list[ClaimPayment]:
    days = sorted(draw(st.lists(st.integers(1, 20), max_size=7)))
    return [
        ClaimPayment(
            position,
            draw(st.integers(1, 100)),
            draw(st.none() | DOCUMENTS),
            day,
            draw(st.none() | st.integers(day, 25)),
        )
        for position, day in enumerate(days)
    ]


@settings(max_examples=500, deadline=None)
@given(lines=LINES, paid=payments())
def test_the_shares_of_each_payment_add_up_to_what_was_paid(lines: list[FundingLine], paid: list[ClaimPayment]) -> None:
    shares = share_out(lines, paid)

    assert {position: sum(share.amount_fen for share in its) for position, its in shares.items()} == {
        payment.position: payment.amount_fen for payment in paid
    }


@settings(max_examples=500, deadline=None)
@given(lines=LINES, paid=payments())
def test_no_document_pays_more_than_its_lines_after_what_came_back(
    lines: list[FundingLine], paid: list[ClaimPayment]
) -> None:
    without_own = [payment._replace(quota_doc_no=None) for payment in paid]

    shares = share_out(lines, without_own)

    for document in {line.quota_doc_no for line in lines}:
        instructed = sum(line.amount_fen for line in lines if line.quota_doc_no == document)
        for moment in without_own:
            standing = sum(
                share.amount_fen
                for payment in without_own
                if payment.position <= moment.position
                and (payment.returned_on is None or payment.returned_on > moment.paid_on or payment is moment)
                for share in shares[payment.position]
                if share.quota_doc_no == document
            )
            assert standing <= instructed


def test_lines_are_taken_in_order_and_what_none_covers_stands_without_a_document() -> None:
    lines = [FundingLine("甲号", 60), FundingLine("乙号", 30)]

    shares = share_out(lines, [ClaimPayment(1, 100, None, 5, None)])

    assert shares == {1: [Share("甲号", 60), Share("乙号", 30), Share(None, 10)]}


def test_what_came_back_by_the_day_of_payment_is_taken_again_and_what_came_back_later_is_not() -> None:
    lines = [FundingLine("甲号", 60)]

    shares = share_out(
        lines, [ClaimPayment(1, 60, None, 5, 7), ClaimPayment(2, 60, None, 6, None), ClaimPayment(3, 60, None, 7, None)]
    )

    assert shares == {1: [Share("甲号", 60)], 2: [Share(None, 60)], 3: [Share("甲号", 60)]}


def test_a_payment_with_its_own_document_takes_from_lines_of_that_document_only() -> None:
    lines = [FundingLine("甲号", 60), FundingLine("乙号", 30)]

    shares = share_out(lines, [ClaimPayment(1, 40, "乙号", 5, None), ClaimPayment(2, 70, None, 6, None)])

    assert shares == {1: [Share("乙号", 40)], 2: [Share("甲号", 60), Share(None, 10)]}
