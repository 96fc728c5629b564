"""FAL-01: a subsidy is paid to somebody who had died."""

from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from projections.rules.duplicates.same_person_programme_period import persons_paid_under
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import DEATHS
