"""Organisations' accounts and the posts that people hold."""

from datetime import date
from typing import ClassVar

from domain.event import Event
from domain.kinds import AccountRef, PersonRef, Text, Uscc


class OrgAccountRegistered(Event, frozen=True, kw_only=True):
    """单位账户登记: one bank account of one organisation, or what is newly stated of it.

    org_code:         单位代码.
    org_name:         单位名称.
    org_kind:         县财政, 镇财政, 村集体, 合作社 …
    uscc:             the organisation's credit code.
    village:          the village to which it belongs.
    account_no:       reference of the account.
    reconciled:       whether its statement is compared with the ledger (LED-01).
    legal_person_id:  reference of the person in charge.
    """

    TOPIC: ClassVar[str] = "org-account-registered/v1"

    org_code: Text
    org_name: Text
    org_kind: Text
    uscc: Uscc | None = None
    village: Text | None = None
    account_no: AccountRef
    reconciled: bool
    legal_person_id: PersonRef | None = None


class StaffPostRegistered(Event, frozen=True, kw_only=True):
    """任职: one post held by one person, or what is newly stated of it.

    staff_no:       工号, unique per person; other sheets' 经办人, 审批人 … become this number.
    id_no:          reference of the person; the name is sealed.
    org:            单位: where the post is.
    post:           职务.
    role:           the role of DOMAIN §1 that the post gives.
    serving_from:   first day of the post.
    serving_until:  last day of the post.
    """

    TOPIC: ClassVar[str] = "staff-post-registered/v1"

    staff_no: Text
    id_no: PersonRef
    org: Text
    post: Text
    role: Text
    serving_from: date
    serving_until: date | None = None
