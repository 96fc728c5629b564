"""History: what became of one household, person, loan, fund, payment, contract, notice, account or village.

`subject.py` is the shape; each subject's file says which rows touch it and which parts its state is made of;
`telling.py` says what each kind of row tells of which day.
"""

from projections.history.reader import Reader
from projections.history.replaying import SUBJECTS, replay

__all__ = ["SUBJECTS", "Reader", "replay"]
