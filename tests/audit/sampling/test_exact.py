"""Rates are what they print as."""

from decimal import Decimal
from fractions import Fraction

import pytest

from audit.sampling.exact import exact


@pytest.mark.parametrize("value", [0.05, "0.05", "5e-2", "1/20", Decimal("0.05"), Fraction(1, 20)])
def test_one_twentieth_is_one_twentieth_however_it_is_given(value: float) -> None:
    assert exact(value, "rate") == Fraction(1, 20)


@pytest.mark.parametrize("value", ["five", "1/0", float("nan"), float("inf"), Decimal("NaN"), None])
def test_what_is_no_finite_number_is_refused_by_its_name(value: float) -> None:
    with pytest.raises(ValueError, match="The tolerable rate must be a number"):
        exact(value, "tolerable rate")
