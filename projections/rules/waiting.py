"""Rules of DOMAIN §4 that no sheet of FORMATS feeds yet. They are listed, so that their silence is not cleanliness."""

from projections.rules.rule import ORANGE, YELLOW, Waiting

WAITING: tuple[Waiting, ...] = (
    Waiting("ACC-04", "付前改卡", "late switch of account", ORANGE, ("account_changes",)),
    Waiting("CON-02", "竞标关联", "linked or identical bids", ORANGE, ("bids",)),
    Waiting("COV-03", "应纳未纳", "eligible, not listed", YELLOW, ("risk_lists",)),
    Waiting("DIV-06", "优先对象漏列", "priority households left out", YELLOW, ("consents",)),
    Waiting("FAL-08", "数量虚报", "quantity overstated", ORANGE, ("land_registers",)),
    Waiting("FAL-11", "公益岗吃空饷", "no-show post", ORANGE, ("post_attendance",)),
    Waiting("LNM-14", "利率超限", "rate cap", YELLOW, ("loan_prime_rates",)),
)
"""By id; `waits_for` names the sheets that would feed them."""
