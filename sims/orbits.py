"""How much rarer a prior the same samples resolve when equally probable functions share their counts.

Samples a (7, 40, 40, 1) network and sets the prior of single functions against that of members of orbits
(input permutations and output negation). Writes to results/orbits/: the figure (PNG and PDF) and a table
(CSV, also printed). K_LZ differs between the members of an orbit: the right panel shows each function that
came up at its own K_LZ, with the prior of a member of its orbit.

Usage: python sims/orbits.py [--samples N] [--seed N] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import simplicity
from simplicity import complexity, plots
from simplicity.maps import MLP
from simplicity.plots import style

RESULTS = Path(__file__).parents[1] / "results" / "orbits"
RESOLVED = 30


def table(result: simplicity.Result, orbits) -> pd.DataFrame:
    """What is resolved without orbits and with them."""
    single, together = result.counts >= RESOLVED, orbits.counts >= RESOLVED
    interval, of_member = result.interval(), orbits.interval()
    least = np.flatnonzero(single)[result.prior[single].argmin()]
    least_class = np.flatnonzero(together)[orbits.prior[together].argmin()]
    smallest = np.array([result.prior[least], orbits.prior[least_class]])
    return pd.DataFrame(
        {
            "method": ["functions", "members of orbits"],
            "samples": result.n_samples,
            "resolved_functions": [int(single.sum()), int(orbits.sizes[together].sum())],
            "smallest_resolved_prior": smallest,
            "low": [interval.low[least], of_member.low[least_class]],
            "high": [interval.high[least], of_member.high[least_class]],
            "log2_smallest": np.log2(smallest).round(2),
            "times_smaller": smallest[0] / smallest,
        }
    )


@style.styled
def figure(result: simplicity.Result, orbits):
    """Prior against K_LZ: functions by themselves, and the same functions by orbit."""
    made, axes = plt.subplots(1, 2, figsize=(7.2, 3.6), sharex=True, sharey=True, layout="constrained")
    values = complexity.measure("lz76")(result.functions, result.n_inputs)
    panels = [
        ("each function by itself", result.prior, result.counts),
        ("the same functions, by orbit", orbits.prior[orbits.class_of], orbits.counts[orbits.class_of]),
    ]
    generator = np.random.Generator(np.random.Philox(key=0))
    shift = generator.uniform(-0.9, 0.9, len(values))  # K is discrete
    for ax, (title, prior, hits) in zip(axes, panels, strict=True):
        few = hits < RESOLVED
        ax.set_yscale("log", base=2)
        marks = {"s": 1.5, "linewidths": 0, "rasterized": True}
        ax.scatter(values[few] + shift[few], prior[few], color=style.INTERVAL, alpha=0.15, **marks)
        ax.scatter(values[~few] + shift[~few], prior[~few], color=style.DATA, alpha=0.5, **marks)
        ax.axhline(result.floor, color=style.FLOOR, linestyle=":", linewidth=1)
        least = prior[~few].min()
        ax.axhline(least, color=style.FITTED, linewidth=0.8)
        ax.annotate(
            f"smallest with ≥ {RESOLVED} hits: $2^{{{np.log2(least):.1f}}}$",
            (1, least), (-2, 3), xycoords=("axes fraction", "data"), textcoords="offset points",
            ha="right", color=style.FITTED, fontsize=7,
        )  # fmt: skip
        ax.annotate(
            "1/N", (0, result.floor), (2, 2), xycoords=("axes fraction", "data"),
            textcoords="offset points", color=style.FLOOR, fontsize=7,
        )  # fmt: skip
        style.label_axes(ax, r"$K_{\mathrm{LZ}}$ of the function [bits]", "", title)
    axes[0].set_ylabel("prior P(f) of one function [probability]")
    for name, colour in ((f"≥ {RESOLVED} hits", style.DATA), (f"< {RESOLVED} hits", style.INTERVAL)):
        axes[1].scatter([], [], s=12, color=colour, label=name)
    axes[1].legend(loc="upper right", frameon=False)
    made.suptitle(f"{result.label}: {result.n_samples:,} samples", fontsize=9)
    return made


def main() -> None:
    """Sample, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    path = arguments.folder / "mlp-40-40.parquet"
    result = simplicity.sample(MLP(7, (40, 40)), arguments.samples, seed=arguments.seed, path=path)
    orbits = result.by_orbit()
    found = table(result, orbits)
    found.to_csv(arguments.folder / "orbits.csv", index=False, float_format="%.6g")
    print(found.to_string(index=False))
    drawn = figure(result, orbits)
    for ending in ("png", "pdf"):
        plots.save(drawn, arguments.folder / f"orbits.{ending}")


if __name__ == "__main__":
    main()
