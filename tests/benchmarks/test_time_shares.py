"""The picture is drawn from times, and the times are measured."""

import matplotlib
import matplotlib.pyplot as plt

from benchmarks import time_shares
from simplicity.maps import MLP


def test_figure_of_times():
    matplotlib.use("agg")
    drawing = time_shares.figure({"one": dict.fromkeys(time_shares.PARTS, 1e-7)})
    drawing.canvas.draw()
    widths = [bar.get_width() for bar in drawing.axes[0].patches]
    assert len(widths) == 3 and abs(sum(widths) - 100) < 1e-9
    assert any(text.get_text() == "300 ns" for text in drawing.axes[0].texts)
    plt.close(drawing)


def test_parts_take_time(monkeypatch):
    monkeypatch.setattr(time_shares, "_SLICE", 1e-3)
    monkeypatch.setattr(time_shares, "_REPEATS", 3)
    parts = time_shares.seconds_by_part(MLP(4, (5,)), 4)
    assert list(parts) == list(time_shares.PARTS)
    assert 0 < parts["random numbers"] < 1e-5 and 0 < parts["tally"] < 1e-5
