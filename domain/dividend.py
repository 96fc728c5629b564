"""Dividends: asset-income contracts, shares, what the village received and what it paid on."""

from datetime import date
from typing import ClassVar

from msgspec import field

from domain.event import Event, Kind
from domain.kinds import AccountRef, Count, Fen, PersonRef, PositiveFen, Ppm, Quantity, SignedFen, Text, Uscc


class AssetContractSigned(Event, frozen=True, kw_only=True):
    """资产收益合同: the terms under which principal earns dividends, or what is newly stated of them.

    contract_no:       合同编号, the key.
    operator_name:     经营主体.
    operator_uscc:     its credit code.
    village:           the village that owns the asset.
    principal_fen:     what was invested.
    guaranteed_ppm:    guaranteed return a year.
    share_ppm:         share of reported profit on top.
    reserve_ppm:       agreed 公益金 that the village keeps.
    day_count:         整年, ACT365 or ACT360.
    pay_day:           `MM-DD`.
    starts_on, until:  起始日 and 到期日 (last day); sealed as `from` and `until`.
    total_shares:      decimal text.
    """

    TOPIC: ClassVar[str] = "asset-contract-signed/v1"

    contract_no: Text
    operator_name: Text
    operator_uscc: Uscc
    village: Text
    principal_fen: PositiveFen
    guaranteed_ppm: Ppm
    share_ppm: Ppm | None = None
    reserve_ppm: Ppm | None = None
    day_count: Text
    pay_day: Text
    starts_on: date = field(name="from")
    until: date
    total_shares: Quantity


class PrincipalReturned(Event, frozen=True, kw_only=True):
    """本金收回: principal of a contract came back, all of it or a part.

    contract_no:  合同编号.
    amount_fen:   what came back, above zero.
    returned_on:  收回日期; `occurred_on` is the same day.
    bank_ref:     流水号 of the bank, where there is one.
    """

    TOPIC: ClassVar[str] = "principal-returned/v1"

    contract_no: Text
    amount_fen: PositiveFen
    returned_on: date
    bank_ref: Text | None = None


class AssetContractDefaulted(Event, frozen=True, kw_only=True):
    """违约: the operator does not pay or return what was agreed; the reason is sealed.

    contract_no:  合同编号.
    """

    TOPIC: ClassVar[str] = "asset-contract-defaulted/v1"

    contract_no: Text


class DividendsDistributed(Event, frozen=True, kw_only=True):
    """分红方案: dividends of a period that were entered together; each line is an event of its own beside this one.

    contract_no:   合同编号.
    period:        the period that they are paid for.
    pool_due_fen:  应分总额 to households, 公益金 taken off.
    amount_fen:    what these lines come to.
    line_count:    how many lines there are.
    """

    TOPIC: ClassVar[str] = "dividends-distributed/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    contract_no: Text
    period: Text
    pool_due_fen: PositiveFen
    amount_fen: PositiveFen
    line_count: Count


class ShareRow(Event, frozen=True, kw_only=True):
    """What every row of 股东名册 states.

    contract_no:       the contract whose shares they are.
    household_no:      户编号 of the holder.
    id_no:             reference of the holder; the name is sealed.
    shares:            decimal text.
    starts_on, until:  起 and 止 (last day); sealed as `from` and `until`.
    resolution:        the decision behind a reallocation.
    """

    contract_no: Text
    household_no: Text
    id_no: PersonRef
    shares: Quantity
    starts_on: date = field(name="from")
    until: date | None = None
    resolution: Text | None = None


class SharesHeld(ShareRow, frozen=True, kw_only=True):
    """持股: one holding for one interval."""

    TOPIC: ClassVar[str] = "shares-held/v1"


class SharesChanged(ShareRow, frozen=True, kw_only=True):
    """股份变更: the holding as newly stated."""

    TOPIC: ClassVar[str] = "shares-changed/v1"


class DividendReceived(Event, frozen=True, kw_only=True):
    """分红到账: the village received from the operator.

    bank_ref:     流水号, the key.
    contract_no:  the contract that it is paid under.
    period:       the period that it is paid for.
    amount_fen:   what arrived, above zero.
    to_account:   reference of the village's account.
    received_on:  到账日期.
    """

    TOPIC: ClassVar[str] = "dividend-received/v1"

    bank_ref: Text
    contract_no: Text
    period: Text
    amount_fen: PositiveFen
    to_account: AccountRef | None = None
    received_on: date


class DividendPaid(Event, frozen=True, kw_only=True):
    """分红发放: one line paid to one household.

    contract_no:     the contract that it is paid under.
    operator_name:   经营主体, as the line states it.
    operator_uscc:   its credit code.
    principal_fen:   本金 as the line states it.
    guaranteed_ppm:  guaranteed return a year, as the line states it.
    period:          the period that it is paid for.
    pool_due_fen:    应分总额 to households, 公益金 taken off.
    household_no:    户编号 of the payee.
    id_no:           reference of the payee; the name is sealed.
    shares:          shares held, decimal text.
    paid_fen:        实分, what was paid.
    paid_on:         发放日期; `occurred_on` is the same day.
    account_no:      reference of the account that received it.
    holder_matches:  whether the account's holder bears the payee's name.
    signed_by_id:    reference of who signed for it, when not the payee.
    bank_ref:        流水号; blank in the sheet: `DIV/contract/period/household_no`.
    """

    TOPIC: ClassVar[str] = "dividend-paid/v1"

    contract_no: Text
    operator_name: Text | None = None
    operator_uscc: Uscc | None = None
    principal_fen: Fen | None = None
    guaranteed_ppm: Ppm | None = None
    period: Text
    pool_due_fen: Fen | None = None
    household_no: Text | None = None
    id_no: PersonRef | None = None
    shares: Quantity | None = None
    paid_fen: PositiveFen
    paid_on: date
    account_no: AccountRef | None = None
    holder_matches: bool | None = None
    signed_by_id: PersonRef | None = None
    bank_ref: Text


class OperatorReport(Event, frozen=True, kw_only=True):
    """What every row of 经营报告 states: one period of one contract.

    contract_no:  合同编号.
    period:       期.
    profit_fen:   利润, of either sign.
    status:       正常, 异常 or 注销.
    reported_on:  报告日期; `occurred_on` is the same day.
    """

    contract_no: Text
    period: Text
    profit_fen: SignedFen
    status: Text
    reported_on: date


class ProfitReported(OperatorReport, frozen=True, kw_only=True):
    """经营报告: the first row of a period, or a later one with another profit."""

    TOPIC: ClassVar[str] = "profit-reported/v1"


class OperatorStatusReported(OperatorReport, frozen=True, kw_only=True):
    """经营跟踪: the row as newly stated, of which only the operator's state changed."""

    TOPIC: ClassVar[str] = "operator-status-reported/v1"
