"""Every row of 资金指标台账 that four organisations can make of three documents."""

from itertools import count, product

from tests.projections.office.doing import Doings, Step
from tests.projections.township import COUNTY, DOCUMENT, PROVINCE, TOWNSHIP, VILLAGE

ORGS = (COUNTY, TOWNSHIP, VILLAGE)
DOCUMENTS = ("甲号", "乙号", DOCUMENT)
OUT_OF_ITSELF, OUT_OF_THE_FIRST = "", "甲号"


def _allocation(number: int, kind: str, orgs: tuple[str, str], documents: tuple[str, str]) -> Step:
    document, parent = documents
    return lambda town: town.allocation(
        kind,
        *orgs,
        100 + number * 37 % 400,
        entry_no=f"ZB-{number}",
        quota_doc_no=document,
        parent_doc_no=parent or None,
    )


def _allocations() -> Doings:
    parents = {"到达": (OUT_OF_ITSELF, OUT_OF_THE_FIRST), "分解": (OUT_OF_ITSELF,), "拨付": (OUT_OF_ITSELF,)}
    numbers = count()
    return {
        f"{kind} {document}{parent and f' out of {parent}'} from {one} to {other}": (
            _allocation(next(numbers), kind, (one, other), (document, parent)),
        )
        for kind, one, other, document in product(parents, (PROVINCE, *ORGS), ORGS, DOCUMENTS)
        for parent in parents[kind]
        if parent != document
    }


QUOTA = _allocations()
