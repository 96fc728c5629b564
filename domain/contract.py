"""Construction and supply contracts (合同) of projects, and their amendments."""

from datetime import date
from typing import ClassVar

from domain.event import Event
from domain.kinds import PositiveFen, Text, Uscc


class ContractRow(Event, frozen=True, kw_only=True):
    """What every row of 合同台账 states.

    contract_no:         合同编号, the key.
    project_no:          the project that it belongs to.
    supplier_name:       供应商.
    supplier_uscc:       its credit code.
    method:              公开招标, 邀请招标, 竞争性谈判, 询价 or 直接委托.
    amount_fen:          合同金额.
    signed_on:           签订日期; `occurred_on` is the same day.
    recurring:           whether it is a monthly supply.
    amended_amount_fen:  变更后金额; replaces the amount from 变更日期 on.
    amended_on:          变更日期.
    """

    contract_no: Text
    project_no: Text
    supplier_name: Text | None = None
    supplier_uscc: Uscc | None = None
    method: Text | None = None
    amount_fen: PositiveFen
    signed_on: date
    recurring: bool | None = None
    amended_amount_fen: PositiveFen | None = None
    amended_on: date | None = None


class ContractSigned(ContractRow, frozen=True, kw_only=True):
    """签订合同: the first row of a contract, or a later one without a newly stated amendment."""

    TOPIC: ClassVar[str] = "contract-signed/v1"


class ProjectChanged(ContractRow, frozen=True, kw_only=True):
    """合同变更: the contract as newly stated, amended; `occurred_on` is 变更日期 (FORMATS §16)."""

    TOPIC: ClassVar[str] = "project-changed/v1"
