"""bench-quick fails where a row has become slow, and the committed figures belong to the rows there are."""

import json

import pytest

from benchmarks import __main__ as command
from benchmarks import quick, report
from benchmarks.contests import Contest
from benchmarks.limits import Work
from benchmarks.rows import HAS_TORCH, ROWS, Row, available
from benchmarks.timing import Effort, Task

EFFORT = Effort(repeats=3, slice_seconds=0.001, row_seconds=1.0)


def row_of_ratio(ratio):
    """A row whose baseline does ``ratio`` times the work."""

    def work(size):
        return Task(lambda: sum(range(size)), 1)

    return Row("sums", "sums", None, lambda: Contest(work(2000), {"": work(2000 * ratio)}, Work()))


def test_a_row_of_half_its_ratio_is_named(capsys):
    rows = {"good": row_of_ratio(8), "slow": row_of_ratio(8), "new": row_of_ratio(8)}
    complaints = quick.check(rows, {"good": 8.0, "slow": 80.0}, EFFORT)
    assert [text.split(":")[0] for text in complaints] == ["slow", "new"]
    assert "below half of the committed 80.0" in complaints[0]
    assert "SLOW" in capsys.readouterr().out


@pytest.mark.parametrize(("committed", "status"), [(1e6, 1), (1e-6, 0)])
def test_exit_status(committed, status, monkeypatch, capsys):
    monkeypatch.setitem(ROWS, "sums", row_of_ratio(4))
    monkeypatch.setattr(quick, "committed_ratios", lambda: {"sums": committed})
    assert command.main(["sums", "--quick", "--repeats", "3"]) == status
    assert ("bench-quick failed" in capsys.readouterr().err) == bool(status)


def test_unknown_rows_and_repeats_are_refused(capsys):
    for arguments in (["mpl"], ["mlp", "--repeats", "0"]):
        with pytest.raises(SystemExit):
            command.main(arguments)
    error = capsys.readouterr().err
    assert "row must be one of mlp, " in error and "--repeats must be at least 1, got 0" in error


def test_a_missing_file_of_ratios_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match="make bench"):
        quick.committed_ratios(tmp_path / "ratios.json")


def test_committed_figures_are_of_these_rows():
    committed = quick.committed_ratios()
    assert set(ROWS) - {"mlp-torch"} <= set(committed) <= set(ROWS)
    assert all(ratio > 0 for ratio in committed.values())
    text = report.RESULTS.read_text(encoding="utf-8")
    assert "do not edit" in text and all(f"`{name}`" in text for name in committed)


def test_ratios_are_written_as_they_are_read(tmp_path):
    path = tmp_path / "ratios.json"
    path.write_text(json.dumps({"machine": {}, "ratios": {"mlp": 6.5}}))
    assert quick.committed_ratios(path) == {"mlp": 6.5}


def test_without_torch_its_row_is_left_out(monkeypatch):
    monkeypatch.setattr("benchmarks.rows.HAS_TORCH", False)
    assert "mlp-torch" not in available([])
    monkeypatch.setattr("benchmarks.rows.HAS_TORCH", True)
    assert set(available([])) == set(ROWS)
    assert isinstance(HAS_TORCH, bool)
