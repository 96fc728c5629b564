"""Subsidies: what a programme grants. What was paid is `domain.disbursement`."""

from datetime import date
from typing import ClassVar

from msgspec import field

from domain.event import Event, Kind
from domain.kinds import Count, PositiveFen, Text


class ProgrammeDefined(Event, frozen=True, kw_only=True):
    """补贴清单: the terms of one programme, or one standard of it in force from a day.

    A row of 补贴目录 fills the terms, a row of 补贴标准 fills `variant`, `rate_fen`, `from` and
    `until`; both are versions of what the programme grants.

    programme:              项目名称, the key.
    programme_code:         项目代码.
    unit:                   个人 or 户.
    period_kind:            月, 季, 年 or 一次性.
    max_per_period:         claims that one period allows.
    amount_rule:            定额, 数量×标准, 上限 or 据实.
    excludes:               programmes that exclude it; 财政供养 means the payroll.
    needs_notice:           whether it may be paid only after a notice.
    notice_days:            calendar days of the notice, until minus from.
    requires_roster:        whether the payee must stand on the roster.
    requires_entitlement:   whether the payee must stand on the list of those entitled.
    carry_over_after_exit:  leaving poverty does not stop it.
    posthumous:             a funeral grant; FAL-01 never applies.
    pay_mode:               发放方式.
    deadline_days:          days after the period's end by which payment is due.
    purpose_code:           what the money is for; a payment takes it over.
    max_per_year:           limit per person and year.
    variant:                档次: which of several standards.
    rate_fen:               fen per unit and period; for 上限 the ceiling.
    starts_on (`from`):     first period start to which the rate applies.
    until:                  its last day.
    """

    TOPIC: ClassVar[str] = "programme-defined/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    programme: Text
    programme_code: Text | None = None
    unit: Text | None = None
    period_kind: Text | None = None
    max_per_period: Count | None = None
    amount_rule: Text | None = None
    excludes: tuple[Text, ...] = ()
    needs_notice: bool | None = None
    notice_days: Count | None = None
    requires_roster: bool | None = None
    requires_entitlement: bool | None = None
    carry_over_after_exit: bool | None = None
    posthumous: bool | None = None
    pay_mode: Text | None = None
    deadline_days: Count | None = None
    purpose_code: Text | None = None
    max_per_year: Count | None = None
    variant: Text | None = None
    rate_fen: PositiveFen | None = None
    starts_on: date | None = field(default=None, name="from")
    until: date | None = None
