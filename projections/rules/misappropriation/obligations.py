"""What money is paid for: a claim, a contract, a project. Rules that judge several of them key them as obligations."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Select, select

from projections.rules.rule import Reach
from projections.tables.instructions import INSTRUCTIONS

PROJECT: Final = "project"
"""The kind of payments of 支付台账."""

CLAIM, CONTRACT = "claim", "contract"

OF_A_CLAIM, OF_A_CONTRACT = "补贴", "项目"
"""业务类型 of an instruction."""


def the_same(keys: Select[Any]) -> Select[Any]:
    """The numbers of what changed are the keys, under another name: of a claim, a contract, a document."""
    return keys


def obligations_of_instructions(keys: Select[Any]) -> Select[Any]:
    """The claims and contracts under which these instructions were given or withdrawn."""
    return select(INSTRUCTIONS.c.ref_no).where(INSTRUCTIONS.c.instruction_no.in_(keys))


REACHED: Final[Mapping[str, Reach]] = dict.fromkeys((CLAIM, CONTRACT, PROJECT), the_same) | {
    "instruction": obligations_of_instructions
}
"""How what changed reaches the claims, contracts and projects that are paid; a withdrawal names its instruction."""
