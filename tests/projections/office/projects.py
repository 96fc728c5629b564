"""Projects, their works contracts, and bank payments of one line and of two."""

from datetime import date

from domain.project import ProjectApproved
from tests.projections.office.doing import Doings
from tests.projections.township import DOCUMENT

PROJECTS: Doings = {
    "XM-1 is proposed, and approved": (
        lambda town: town.propose("XM-1", supplier_name="测试建筑公司"),
        lambda town: town.propose("XM-1", becomes=ProjectApproved, budget_fen=9, quota_doc_no="甲号"),
    ),
    "XM-2 is proposed": (lambda town: town.propose("XM-2"),),
    "the works of XM-1 are contracted": (lambda town: town.sign_works("GC-1", "XM-1", 1_000),),
    "XP1 pays for XM-1 out of 甲号": (lambda town: town.pay_for_project("XP1#1", 500, quota_doc_no="甲号"),),
    "XP1 pays for XM-1 out of 乙号": (lambda town: town.pay_for_project("XP1#2", 300, quota_doc_no="乙号"),),
    "XP1 comes back, both lines": (lambda town: town.give_back("XP1", 800, stream="payment-return XP1"),),
    "XP2 pays for XM-1 under no contract": (
        lambda town: town.pay_for_project("XP2#1", 200, quota_doc_no="甲号", contract_no=None),
    ),
    "XP3 pays for XM-1 out of the document, and is reversed": (
        lambda town: town.pay_for_project("XP3#1", 120, quota_doc_no=DOCUMENT, payee_uscc=None),
        lambda town: town.give_back(
            "XP3", 120, stream="payment XP3#1", return_kind="冲正", returned_on=date(2020, 8, 20)
        ),
    ),
    "XP7 pays for XM-1, which is corrected to XM-2": (
        lambda town: town.pay_for_project("XP7#1", 77),
        lambda town: town.correct("payment XP7#1", project_no="XM-2", contract_no="GC-2"),
    ),
}
