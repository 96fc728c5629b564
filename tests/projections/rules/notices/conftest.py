"""Only the rules of this family run in its tests."""

import pytest

from projections.rules import notices


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rules of the family."""
    return tuple(rule.terms.rule_id for rule in notices.RULES)
