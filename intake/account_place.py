"""The place of an account in the numbering of its bank: consecutive accounts are known without their numbers."""

from collections.abc import Mapping
from typing import Any, Final

from intake.sheet import Row
from vault.vault import Vault

PLACE: Final = "account-place"
"""Kind of the tokens."""

SHORTEST_CARD, LONGEST_CARD = 16, 19
"""Digits of a bank card, of which the last checks the others; other accounts count up to their last digit."""


def assessed(row: Row, vault: Vault) -> Mapping[str, Any]:
    """`account_place` and `next_place` of a payment without a standard (标准): only there are equal amounts odd."""
    account_no = str(row.get("account_no") or "")
    if row.get("rate") is not None or not account_no.isdecimal():
        return {}
    place = account_no[:-1] if SHORTEST_CARD <= len(account_no) <= LONGEST_CARD else account_no
    behind = str(int(place) + 1).zfill(len(place))
    return {"account_place": vault.token(PLACE, place), "next_place": vault.token(PLACE, behind)}
