"""资金占用: what native instructions have taken of documents, and which instructions were withdrawn. Not listed."""

from sqlalchemy import ColumnElement, exists, select

from domain.instruction import FundMoved, FundsCommitted, FundsReleased, InstructionWithdrawn
from projections.tables.column import stated
from projections.tables.fact_table import FactTable
from projections.tables.instructions import INSTRUCTIONS

FUND_COMMITMENTS = FactTable(
    "fund_commitments",
    columns=stated(FundMoved, "quota_doc_no org instruction_no amount_fen committed_fen"),
    events=(FundsCommitted, FundsReleased),
    keys={"quota_doc_no": "document"},
    indexes=("quota_doc_no org", "instruction_no quota_doc_no"),
    key=("quota_doc_no", "org"),
    listed=False,
)

INSTRUCTION_WITHDRAWALS = FactTable(
    "instruction_withdrawals",
    columns=stated(InstructionWithdrawn, "instruction_no line_no"),
    events=(InstructionWithdrawn,),
    keys={"instruction_no": "instruction"},
    indexes=("instruction_no line_no",),
    key=("instruction_no", "line_no"),
    listed=False,
)


def stands() -> ColumnElement[bool]:
    """Whether a row of the instructions has not been withdrawn."""
    withdrawn, instructions = INSTRUCTION_WITHDRAWALS.c, INSTRUCTIONS.c
    return ~exists().where(
        withdrawn.instruction_no == instructions.instruction_no, withdrawn.line_no == instructions.line_no
    )


def committed_org() -> ColumnElement[str | None]:
    """The organisation at which an instruction's line took of its document; null of one that was imported."""
    commitments, instructions = FUND_COMMITMENTS.c, INSTRUCTIONS.c
    return (
        select(commitments.org)
        .where(
            commitments.instruction_no == instructions.instruction_no,
            commitments.quota_doc_no == instructions.quota_doc_no,
        )
        .limit(1)
        .scalar_subquery()
    )
