"""What intake finds out from the plaintext of a loan: the borrower's age, and which barred uses its purpose names.

The words of a purpose are sealed, so rules never see them. What LNM-07, LNM-11 and LNM-15 need of them is found
here, while the row is at hand.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from intake.sheet import Row
from vault.vault import Vault

PURPOSE: Final = "purpose"
"""Kind of the token of a purpose."""

REPAYS_DEBT: Final = "偿债"

FIRST_GENERATION: Final = 15

_FARM: Final = r"舍|圈|棚|栏|厂|库|猪|牛|羊|鸡|鸭|鹅|兔|蚕|鱼|蜂|菇|苗|养殖|种植|加工|烘|烤|晾|管理房|机房|门面|店"
_TRADE: Final = r"厂|店|铺|农家|民宿|公司|队|维修|加工|制作|生产|经营|销售|批发|零售|安装"

BARRED: Final = {
    "结婚": re.compile(r"结婚|婚礼|婚庆|婚事|彩礼|嫁妆|娶妻|娶媳妇"),
    "建房": re.compile(
        rf"(?:建|盖|修|造|买|购|起)(?!.{{0,6}}(?:{_FARM})).{{0,4}}(?:房(?!车)|住宅|楼)|宅基地|房屋装修|装修(?!.{{0,3}}(?:{_TRADE}))"
    ),
    "理财": re.compile(r"理财|炒股|股票|期货|定期存款|存定期|存银行|买基金"),
    "家庭用品": re.compile(
        r"(?:家庭用品|家用电器|家电|家具|电视机|洗衣机|空调|生活用品|日用品|生活开支|日常开支|生活消费|家庭消费|轿车|小汽车)"
        rf"(?!.{{0,3}}(?:{_TRADE}))"
    ),
    REPAYS_DEBT: re.compile(r"还债|偿债|抵债|旧债|还账|还钱|还贷|还旧贷|还借款|偿还|归还|还款|借新还旧"),
    "转借": re.compile(r"转借|转贷|借给|出借|放贷|转给|给他人使用|替他人借|代他人借"),
}
"""The uses that a microloan must not have (chinanews 2021-03-15, as DOMAIN §4 B LNM-15 has them), and their words.

A pigsty or a drying shed is no dwelling, and who deals in furniture buys stock.
"""

_DENIED: Final = re.compile(r"(?:不得?|禁止|非|未|无)(?:用于|用作|还本)?.{0,2}$")
"""What stands before words that say what a loan is not for, or how it is renewed (无还本续贷)."""


def assessed(row: Row, vault: Vault) -> Mapping[str, Any]:
    """`borrower_age`, `purpose_kinds` and `purpose_token` of a row of 小额信贷台账, as far as it says them."""
    purpose = plain_words(str(row.stated("purpose")))
    fields: dict[str, Any] = {}
    age = whole_years(str(row.values.get("id_no") or ""), row.get("issued_on"))
    if age is not None:
        fields["borrower_age"] = age
    if purpose:
        fields["purpose_token"] = vault.token(PURPOSE, purpose)
    kinds = barred_uses(purpose, renewal=bool(row.get("renews")))
    return fields | {"purpose_kinds": kinds} if kinds else fields


def plain_words(purpose: str) -> str:
    """A purpose without what varies where nothing else does: blanks, widths, marks, the case of letters."""
    folded = unicodedata.normalize("NFKC", purpose).casefold()
    return "".join(character for character in folded if character.isalnum())


def barred_uses(purpose: str, *, renewal: bool = False) -> tuple[str, ...]:
    """The barred uses that a purpose names, in the order of `BARRED`; to repay a loan is what a renewal is for."""
    return tuple(
        kind
        for kind, words in BARRED.items()
        if not (renewal and kind == REPAYS_DEBT)
        and any(not _DENIED.search(purpose[: found.start()]) for found in words.finditer(purpose))
    )


def whole_years(id_no: str, day: date | None) -> int | None:
    """The age on `day` of whom an ID number of 18 or 15 digits names; None where either says nothing."""
    digits = "19" + id_no[6:12] if len(id_no) == FIRST_GENERATION else id_no[6:14]
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    if day is None or day < born:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
