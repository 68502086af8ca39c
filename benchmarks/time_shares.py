"""Where the time of a sampled function goes: random numbers, the map, the tally.

Usage: python -m benchmarks.time_shares

Writes docs/time_shares.png.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from benchmarks.timing import Task, calls_to_last, seconds_a_unit
from simplicity.functions import words_of
from simplicity.maps import MLP, BooleanCircuit, ExpressionTree, Perceptron, PolynomialThreshold
from simplicity.maps.base import ParameterFunctionMap
from simplicity.plots import save
from simplicity.plots.style import label_axes, styled
from simplicity.sampling import Engine, Tally
from simplicity.spaces import Spaces

PATH = Path(__file__).parents[1] / "docs" / "time_shares.png"
PARTS = ("random numbers", "map", "tally")
_MAPS: dict[str, tuple[ParameterFunctionMap, int]] = {  # map, readouts
    "perceptron": (Perceptron(7), 1),
    "polynomial, degree 3": (PolynomialThreshold(7, 3), 1),
    "circuit, 32 gates": (BooleanCircuit(7, 32), 1),
    "MLP (7, 40, 40, 1), 64 readouts": (MLP(7, (40, 40)), 64),
    "And/Or tree": (ExpressionTree(7), 1),
    "MLP (7, 64, 1)": (MLP(7, (64,)), 1),
    "MLP (7, 40, 40, 1)": (MLP(7, (40, 40)), 1),
}
_REPEATS = 15
_SLICE = 0.05


def _seconds(task: Task) -> float:
    """Median processor time a unit."""
    task.call()
    calls = calls_to_last(task, _SLICE)
    return float(np.median([seconds_a_unit(task, calls) for _ in range(_REPEATS)]))


def seconds_by_part(pf_map: ParameterFunctionMap, readouts: int) -> dict[str, float]:
    """Seconds a function of each part; the map's are what is left of sampling without the random numbers."""
    engine = Engine(pf_map, 0, readouts)
    _, count = next(engine.blocks(0, 2**62))
    draws = np.arange(count // readouts, dtype=np.uint64)
    words, undefined = engine.samples(0, count)
    tally = Tally(words_of(pf_map.n_inputs), clustered=readouts > 1)

    spaces = Spaces()

    def random_numbers() -> None:
        pf_map.noise.rows(0, draws, space=spaces["noise"])
        if readouts > 1 and pf_map.readout is not None:
            pf_map.noise.rows(0, draws, 1, (readouts - 1) * pf_map.readout.size, spaces["further noise"])

    numbers = _seconds(Task(random_numbers, count))
    sampling = _seconds(Task(lambda: engine.samples(0, count, reuse=True), count))
    counting = _seconds(Task(lambda: tally.add_samples(words, undefined, readouts), count))
    return dict(zip(PARTS, (numbers, max(sampling - numbers, 0.0), counting), strict=True))


@styled
def figure(seconds: dict[str, dict[str, float]]) -> Figure:
    """A bar a map, cut into its parts' shares; its end says what a function costs."""
    drawing, ax = plt.subplots(figsize=(6.0, 2.6), layout="constrained")
    colours = [sns.color_palette("colorblind")[k] for k in (0, 1, 2)]
    for row, parts in enumerate(seconds.values()):
        whole = sum(parts.values())
        left = 0.0
        for part, colour in zip(PARTS, colours, strict=True):
            share = 100 * parts[part] / whole
            ax.barh(row, share, left=left, color=colour, label=part if row == 0 else None)
            if share > 6:
                ax.text(
                    left + share / 2, row, f"{share:.0f}", color="white", ha="center", va="center", size=7
                )
            left += share
        text = f"{1e6 * whole:.3g} µs" if whole >= 1e-6 else f"{1e9 * whole:.0f} ns"
        ax.text(101, row, text, va="center", size=7)
    ax.set_yticks(range(len(seconds)), list(seconds))
    ax.set_xlim(0, 112)
    ax.set_xticks(range(0, 101, 20))
    label_axes(ax, "share of the time of a function, %", "", "Where the time goes, one thread, n = 7")
    drawing.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return drawing


def main() -> None:
    """Measure and draw."""
    seconds = {name: seconds_by_part(*one) for name, one in _MAPS.items()}
    save(figure(seconds), PATH)
    for name, parts in seconds.items():
        print(name, *(f"{part}: {1e9 * cost:.4g} ns" for part, cost in parts.items()))
    print(f"saved to {PATH}")


if __name__ == "__main__":
    main()
