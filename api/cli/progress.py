"""A progress bar on standard error, for people at a terminal."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

STAGES = {
    "check": "检查 check",
    "record": "入账 record",
    "project": "归集 project",
    "verify": "核验 verify",
    "mirror": "镜像 mirror",
    "compare": "对照 compare",
    "views": "视图 views",
}


class Bar:
    """Callable as an import's progress: (stage, file, done, of)."""

    def __init__(self, *, hidden: bool = False) -> None:
        """Show the bar unless `hidden`, or standard error is no terminal."""
        console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=hidden or not console.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, stage: str, file: str, done: int, of: int) -> None:
        """Move the bar."""
        self._progress.update(
            self._task, description=f"{STAGES.get(stage, stage)} {file}", completed=done, total=of or None
        )
