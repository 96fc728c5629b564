"""What the bench prints: one table, whose targets are told as they are."""

from pathlib import Path

from bench.figure import Figure, save, saved, table


def test_a_ratio_below_its_target_is_told_as_not_met() -> None:
    slow = Figure("append, SQLite", "8 writers", 1_500.0, "entries/s", "library", 1_000.0, 1.5, 2.0)

    line = table([slow]).splitlines()[-1]

    assert line == "| append, SQLite: 8 writers | 1,500 entries/s | 1,000 (library) | 1.50× | ≥ 2× NOT met |"


def test_a_figure_without_a_ratio_is_itself_compared_with_its_target() -> None:
    import_s = Figure("import", "whole process", 19.5, "s", target=20.0, at_most=True)
    without_a_target = Figure("import", "rate", 5_000.0, "rows/s")

    assert (import_s.met, import_s.aim) == (True, "≤ 20 s met")
    assert (without_a_target.met, without_a_target.aim) == (None, "")


def test_figures_that_were_saved_are_read_again_as_they_were(tmp_path: Path) -> None:
    figures = [Figure("growth", "1,000 events on 10,000", 0.5, "s", "the smallest", 0.5, 1.0, 1.5, at_most=True)]

    save(figures, tmp_path / "figures.json")

    assert saved(tmp_path / "figures.json") == figures
