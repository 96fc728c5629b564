"""What the tests of the statistical rules tell of: programmes, and many payments under them."""

from datetime import date
from typing import Any

from domain.subsidy import ProgrammeDefined
from tests.projections.rules.town import Town

RELIEF, ALLOWANCE = "临时救助", "高龄津贴"
PAID_ON = date(2020, 6, 20)


def programme(town: Town, name: str, amount_rule: str) -> int:
    """A row of 补贴目录."""
    return town.history.tell(ProgrammeDefined, f"programme {name}", programme=name, amount_rule=amount_rule)


def grant(town: Town, who: str, amount_fen: int, name: str = RELIEF, village: str = "测试一村", **stated: Any) -> int:
    """A row of 补贴发放表 of 2020."""
    told = {"programme": name, "amount_fen": amount_fen, "village": village} | stated
    return town.pay(who, "2020", PAID_ON, **told)
