"""Subsidies of one claim and another: paid, instructed, returned, reversed, corrected, and set aside."""

from datetime import date

from tests.projections.history import account, person
from tests.projections.office.doing import Doings
from tests.projections.township import DOCUMENT, VILLAGE

JUNE, JULY, AUGUST = date(2020, 6, 20), date(2020, 7, 20), date(2020, 8, 20)
SET_ASIDE = ("E-ID:id_no",)

PAYMENTS: Doings = {
    "TEST1 is paid under SQ-1, and comes back": (
        lambda town: town.payment("TEST1", 100, claim_no="SQ-1", paid_on=JUNE),
        lambda town: town.give_back("TEST1", 100),
    ),
    "TEST2 is paid under SQ-1 by the township, and less than it comes back": (
        lambda town: town.payment("TEST2", 80, claim_no="SQ-1", paid_on=JULY, paid_from=account("镇")),
        lambda town: town.give_back("TEST2", 79, quarantine=("E-BALANCE:amount_fen",)),
    ),
    "TEST3 is paid under SQ-1 out of 乙号, and reversed": (
        lambda town: town.payment("TEST3", 70, claim_no="SQ-1", paid_on=AUGUST, quota_doc_no="乙号"),
        lambda town: town.give_back("TEST3", 70, return_kind="冲正", returned_on=AUGUST),
    ),
    "TEST4 is set aside, and corrected": (
        lambda town: town.payment("TEST4", 60, claim_no="SQ-1", paid_on=AUGUST, quarantine=SET_ASIDE),
        lambda town: town.correct("payment TEST4", id_no=person("测试乙")),
    ),
    "TEST5 is corrected to another claim": (
        lambda town: town.payment("TEST5", 50, claim_no="SQ-1", paid_on=JUNE),
        lambda town: town.correct("payment TEST5", claim_no="SQ-2"),
    ),
    "TEST6 is corrected to another person, household and claim, and comes back": (
        lambda town: town.payment("TEST6", 40, claim_no="SQ-3", paid_on=JUNE),
        lambda town: town.correct("payment TEST6", claim_no="SQ-4", id_no=person("测试乙"), household_no="H-0007"),
        lambda town: town.give_back("TEST6", 40),
    ),
    "TEST7 is corrected to a document of its own": (
        lambda town: town.payment("TEST7", 30, claim_no="SQ-1", paid_on=JUNE),
        lambda town: town.correct("payment TEST7", quota_doc_no="丁号"),
    ),
    "TEST8 is paid out of 甲号, and corrected to another village": (
        lambda town: town.payment(
            "TEST8", 20, claim_no="SQ-1", paid_on=JUNE, quota_doc_no="甲号", household_no="H-0001"
        ),
        lambda town: town.correct("payment TEST8", village="测试二村"),
    ),
    "TEST9 comes back before it is known to have been paid": (
        lambda town: town.give_back("TEST9", 33, stream="payment-return TEST9", returned_on=AUGUST),
    ),
    "TEST9 is paid": (lambda town: town.payment("TEST9", 33, paid_on=JUNE),),
    "TEST10 is paid from an account that nobody registered, in an earlier year": (
        lambda town: town.payment("TEST10", 300, paid_on=date(2019, 1, 1), paid_from=account("生")),
    ),
    "TEST11 is paid to 乙 out of the document, by the county": (
        lambda town: town.payment(
            "TEST11", 400, household_no="H-0007", quota_doc_no=DOCUMENT, id_no=person("测试乙"), paid_from=account("县")
        ),
    ),
    "TEST12 is paid under no programme by the village, and set aside": (
        lambda town: town.payment("TEST12", 500, quarantine=("E-REF:programme",), paid_from=account("村")),
    ),
    "TEST13 is paid under SQ-1 out of the document by the village, and reversed": (
        lambda town: town.payment("TEST13", 90, claim_no="SQ-1", quota_doc_no=DOCUMENT, paid_from=account("村")),
        lambda town: town.give_back("TEST13", 90, return_kind="冲正", returned_on=JULY),
    ),
    "TEST14 is corrected to another claim and person, and to the claim that it had": (
        lambda town: town.payment("TEST14", 15, claim_no="SQ-2", id_no=person("测试乙"), village=VILLAGE),
        lambda town: town.correct("payment TEST14", claim_no="SQ-1", id_no=person("测试甲")),
        lambda town: town.correct("payment TEST14", claim_no="SQ-2"),
    ),
    "a return of TEST6 is corrected to one of TEST8": (
        lambda town: town.give_back("TEST6", 20, stream="payment-return TP-6", return_ref="TP-6", returned_on=JULY),
        lambda town: town.correct("payment-return TP-6", target_ref="TEST8"),
    ),
}

INSTRUCTIONS: Doings = {
    "SQ-1 is to be paid out of 甲号": (lambda town: town.instruct("ZL-1#1", "SQ-1", "甲号", 90),),
    "SQ-1 is to be paid out of 乙号, until that is withdrawn": (
        lambda town: town.instruct("ZL-1#2", "SQ-1", "乙号", 60),
        lambda town: town.withdraw("ZL-1#2"),
    ),
    "SQ-1 is to be paid out of the document, later": (
        lambda town: town.instruct("ZL-2#1", "SQ-1", DOCUMENT, 90, instructed_on=JULY),
    ),
    "SQ-2 is to be paid out of 丁号": (lambda town: town.instruct("ZL-3#1", "SQ-2", "丁号", 30),),
    "SQ-4 is to be paid out of 甲号 in part": (lambda town: town.instruct("ZL-4#1", "SQ-4", "甲号", 15),),
    "SQ-1 is to be paid out of 丙号, which is corrected to SQ-2": (
        lambda town: town.instruct("ZL-9#1", "SQ-1", "丙号", 25, instructed_on=JUNE),
        lambda town: town.correct("instruction ZL-9#1", ref_no="SQ-2"),
    ),
}
