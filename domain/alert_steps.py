"""What people do with an alert, one event a step; and what the rules say of one that was decided (DOMAIN §2, §3).

All stand on the alert's own stream, in the supervision book. Reasons, comments and findings may speak of people: they
are sealed.
"""

from datetime import date
from typing import ClassVar, Literal

from domain.event import BookName, Event, Kind
from domain.kinds import Position, PositiveFen, Text

ReasonCode = Literal[
    "supplementary_pay",
    "late_paper",
    "declared_relative",
    "guardian",
    "shared_household",
    "carried_over",
    "money_returned",
    "other_person",
    "data_error",
    "authorised",
    "immaterial",
    "not_proven",
    "other",
]
"""Why an alert was dismissed: 补发补差, 手续后补, 近亲属已备案, 监护人代领, 同户共用, 脱贫不脱政策, 款项已退回,
并非同人, 录入差错, 已经批准, 数额轻微, 查无实据, 其他. By them it shows what a rule mistakes for an irregularity."""

Disposal = Literal["disciplined", "educated", "prosecuted", "unfounded"]
"""What a case came to: 党纪政务处分, 谈话提醒批评教育, 移送司法, 不成立."""

LiftReason = Literal["repaired", "expired", "revoked"]
"""Why somebody is no longer listed: 信用修复, 到期, 撤销."""


class AlertStepTaken(Event, frozen=True, kw_only=True):
    """A step that a person took with an alert.

    alert_id:  the alert.
    """

    BOOK: ClassVar[BookName] = BookName.SUPERVISION
    KIND: ClassVar[Kind] = Kind.INTENT

    alert_id: Text


class AlertAssigned(AlertStepTaken, frozen=True, kw_only=True):
    """分派: somebody is to look into it.

    assignee:  工号 of whom.
    """

    TOPIC: ClassVar[str] = "alert-assigned/v1"

    assignee: Text


class AlertCommented(AlertStepTaken, frozen=True, kw_only=True):
    """批注: what somebody found or asks; the words are sealed."""

    TOPIC: ClassVar[str] = "alert-commented/v1"


class AlertDismissed(AlertStepTaken, frozen=True, kw_only=True):
    """排除: it is explained; what explains it is sealed.

    reason_code:  of what kind the explanation is.
    """

    TOPIC: ClassVar[str] = "alert-dismissed/v1"

    reason_code: ReasonCode


class AlertReopened(AlertStepTaken, frozen=True, kw_only=True):
    """重启: a dismissed alert is looked into again; the new evidence is sealed."""

    TOPIC: ClassVar[str] = "alert-reopened/v1"


class AlertConfirmed(AlertStepTaken, frozen=True, kw_only=True):
    """查实: it is as the alert says; never by the rules, nor by who acted in the evidence. What was found is sealed."""

    TOPIC: ClassVar[str] = "alert-confirmed/v1"


class GroundsChanged(Event, frozen=True, kw_only=True):
    """依据变化: the rule no longer holds for a decided alert, which is never withdrawn.

    alert_id:           the alert.
    rule_id:            the rule that no longer holds.
    clearing_position:  what cleared it in the money book, or the position up to which it was judged.
    """

    TOPIC: ClassVar[str] = "grounds-changed/v1"
    BOOK: ClassVar[BookName] = BookName.SUPERVISION
    KIND: ClassVar[Kind] = Kind.CONTROL

    alert_id: Text
    rule_id: Text
    clearing_position: Position


class Rectified(AlertStepTaken, frozen=True, kw_only=True):
    """整改: what was wrong has been put right where it was done; how is sealed."""

    TOPIC: ClassVar[str] = "rectified/v1"


class CaseTransferred(AlertStepTaken, frozen=True, kw_only=True):
    """移送: the lead goes to whom it is for.

    to_authority:  the body, e.g. 县纪委监委.
    """

    TOPIC: ClassVar[str] = "case-transferred/v1"

    to_authority: Text


class CaseOpened(AlertStepTaken, frozen=True, kw_only=True):
    """立案.

    case_no:  the file's number at that body.
    """

    TOPIC: ClassVar[str] = "case-opened/v1"

    case_no: Text


class CaseDisposed(AlertStepTaken, frozen=True, kw_only=True):
    """处置: what the case came to; the decision's words are sealed.

    disposal:  of what kind; an unfounded one counts as dismissed.
    """

    TOPIC: ClassVar[str] = "case-disposed/v1"

    disposal: Disposal


class RecoveryOrdered(AlertStepTaken, frozen=True, kw_only=True):
    """追缴决定: so much is to come back, in all; a later order takes the place of the one before.

    amount_fen:  to come back, what has come already within it.
    """

    TOPIC: ClassVar[str] = "recovery-ordered/v1"

    amount_fen: PositiveFen


class Recovered(AlertStepTaken, frozen=True, kw_only=True):
    """追回: money came back, in part or in full.

    amount_fen:  that came back this time.
    voucher_no:  the paper that shows it, 缴款凭证号.
    """

    TOPIC: ClassVar[str] = "recovered/v1"

    amount_fen: PositiveFen
    voucher_no: Text | None = None


class DishonestyListed(AlertStepTaken, frozen=True, kw_only=True):
    """列入失信名单 (国办发〔2020〕49号, recalled): only with its authority, its basis, its end, and the way out.

    subject:       whom, as `kind:value` of the alert's subjects; people by reference.
    authority:     who decided.
    decision_no:   number of the decision.
    legal_basis:   the clause that allows it.
    appeal_until:  last day on which it may be appealed.
    expires_on:    the day on which it ends by itself.
    repair:        what ends it before.
    """

    TOPIC: ClassVar[str] = "dishonesty-listed/v1"

    subject: Text
    authority: Text
    decision_no: Text
    legal_basis: Text
    appeal_until: date
    expires_on: date
    repair: Text


class DishonestyLifted(AlertStepTaken, frozen=True, kw_only=True):
    """移出失信名单.

    subject:      who is listed no longer.
    authority:    who decided.
    decision_no:  number of the decision; of an expiry there may be none.
    lifted_for:   repaired, expired or revoked.
    """

    TOPIC: ClassVar[str] = "dishonesty-lifted/v1"

    subject: Text
    authority: Text
    decision_no: Text | None = None
    lifted_for: LiftReason


class CaseClosed(AlertStepTaken, frozen=True, kw_only=True):
    """销号: nothing is left to do."""

    TOPIC: ClassVar[str] = "case-closed/v1"


STEPS_TAKEN: tuple[type[AlertStepTaken], ...] = (
    AlertAssigned,
    AlertCommented,
    AlertDismissed,
    AlertReopened,
    AlertConfirmed,
    Rectified,
    CaseTransferred,
    CaseOpened,
    CaseDisposed,
    RecoveryOrdered,
    Recovered,
    DishonestyListed,
    DishonestyLifted,
    CaseClosed,
)
"""What people do; in the order in which a life goes."""
