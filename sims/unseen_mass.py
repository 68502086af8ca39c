"""How much prior is unseen after so many samples, map against map, at n = 4 and n = 7.

Writes to results/unseen_mass/: the figure (PNG and PDF), the curves and a summary (CSV, also printed). The
solid part of a curve is rarefied from the sample (unbiased), the dashed part extrapolated to three times as
many. At n = 4 crosses show the truth where it is known: the mass that a much larger independent sample
finds outside the first functions, and for the null map the exact expectation.

Usage: python sims/unseen_mass.py [--samples N] [--seed N] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

import simplicity
from simplicity import plots
from simplicity.maps import (
    MLP,
    BooleanCircuit,
    ExpressionTree,
    LookupTable,
    Perceptron,
    PolynomialCurve,
    PolynomialThreshold,
)
from simplicity.plots import style

RESULTS = Path(__file__).parents[1] / "results" / "unseen_mass"


def maps(n_inputs: int) -> dict[str, simplicity.ParameterFunctionMap]:
    """One map of each family."""
    return {
        "perceptron": Perceptron(n_inputs),
        "MLP 40-40": MLP(n_inputs, (40, 40)),
        "polynomial, degree 2": PolynomialThreshold(n_inputs, degree=2),
        "polynomial, degree 3": PolynomialThreshold(n_inputs, degree=3),
        "polynomial curve": PolynomialCurve(n_inputs, degree=10),
        "expression tree": ExpressionTree(n_inputs),
        "circuit": BooleanCircuit(n_inputs, n_gates=32),
        "null model": LookupTable(n_inputs),
    }


def truth(pf_map, sizes: np.ndarray, n_samples: int, seed: int) -> np.ndarray:
    """Unseen mass after samples of the seed, by a large sample of another; exact for the null map."""
    if isinstance(pf_map, LookupTable):
        return (1 - 2.0 ** -(2**pf_map.n_inputs)) ** sizes
    large = simplicity.sample(pf_map, n_samples, seed=seed + 1)
    missed = []
    for size in sizes:
        seen = simplicity.sample(pf_map, int(size), seed=seed).functions[:, 0]
        missed.append(large.prior[~np.isin(large.functions[:, 0], seen)].sum())
    return np.array(missed)


@style.styled
def figure(curves: pd.DataFrame, truths: pd.DataFrame):
    """A panel each n."""
    made, axes = plt.subplots(1, 2, figsize=(7.2, 3.4), sharey=True, layout="constrained")
    names = curves["map"].unique()
    colours = dict(zip(names, sns.color_palette("colorblind", len(names)), strict=True))
    for ax, (n_inputs, of_n) in zip(axes, curves.groupby("n_inputs"), strict=True):
        for name, curve in of_n.groupby("map", sort=False):
            shown = curve[curve["unseen_mass"] > 0]
            inside = shown[shown["kind"] == "rarefied"]
            beyond = shown[shown["kind"] == "extrapolated"]
            ax.plot(inside["n_samples"], inside["unseen_mass"], color=colours[name], label=name)
            ax.plot(beyond["n_samples"], beyond["unseen_mass"], color=colours[name], linestyle="--")
        known = truths[(truths["n_inputs"] == n_inputs) & (truths["unseen_mass"] > 0)]
        for name, points in known.groupby("map"):
            ax.plot(points["n_samples"], points["unseen_mass"], "x", color=colours[name], markersize=4)
        ax.set(xscale="log", yscale="log", ylim=(1e-6, 1.5))
        style.label_axes(ax, "samples", "", f"n = {n_inputs}")
    axes[0].set_ylabel("expected unseen prior [probability]")
    axes[1].legend(loc="lower left", frameon=False, fontsize=6)
    return made


def main() -> None:
    """Sample, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    curves, truths, rows = [], [], []
    for n_inputs in (4, 7):
        for name, pf_map in maps(n_inputs).items():
            result = simplicity.sample(pf_map, arguments.samples, seed=arguments.seed)
            interval, most = result.unseen_mass_interval(), result.richness()
            rows.append(
                {
                    "n_inputs": n_inputs,
                    "map": name,
                    "samples": result.n_samples,
                    "unseen_mass": result.unseen_mass,
                    "low": float(interval.low),
                    "high": float(interval.high),
                    "functions_seen": most.seen,
                    "functions_at_least": most.at_least,
                    "functions_at_least_low": most.low,
                    "log2_reachable": result.recipe["log2_reachable"],
                    "reachable_is_exact": result.recipe["reachable_is_exact"],
                }
            )
            curves.append(result.coverage_curve().assign(map=name, n_inputs=n_inputs))
            if n_inputs == 4:
                sizes = np.array([10, 100, 1000, 10_000, 100_000])
                known = truth(pf_map, sizes, 3 * arguments.samples, arguments.seed)
                truths.append(
                    pd.DataFrame(
                        {"n_samples": sizes, "unseen_mass": known, "map": name, "n_inputs": n_inputs}
                    )
                )
    table = pd.DataFrame(rows)
    print(table.to_string(index=False))
    table.to_csv(arguments.folder / "summary.csv", index=False, float_format="%.6g")
    together = pd.concat(curves)
    together.to_csv(arguments.folder / "curves.csv", index=False, float_format="%.6g")
    drawn = figure(together, pd.concat(truths))
    for ending in ("png", "pdf"):
        plots.save(drawn, arguments.folder / f"unseen_mass.{ending}")


if __name__ == "__main__":
    main()
