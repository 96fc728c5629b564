"""What an office does with one thing: the events of one stream in their order."""

from collections.abc import Callable

from tests.projections.township import Township

Step = Callable[[Township], int]
"""One row told; gives its position."""

Doings = dict[str, tuple[Step, ...]]
"""By what happens, in words, so that a history that breaks a table reads like a story."""
