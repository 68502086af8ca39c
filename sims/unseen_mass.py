"""How much prior is unseen after so many samples, map against map, at n = 4 and n = 7.

Writes to results/unseen_mass/: the figure (PNG and PDF), the curves, the truths and a summary (CSV, also
printed). The solid part of a curve is rarefied from the sample (unbiased), the dashed part extrapolated to
three times as many; bands are 95 % intervals of the sampling error. At n = 4 crosses show the truth where it
is known: the mass that a three times larger independent sample finds outside the first functions, with its
95 % interval, and for the null map the exact expectation.

Usage: python sims/unseen_mass.py [--samples N] [--seed N] [--folder FOLDER] [--redraw]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

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
from simplicity.richness import Abundances, extrapolated, rarefied
from simplicity.statistics import binomial_interval

RESULTS = Path(__file__).parents[1] / "results" / "unseen_mass"
TABLES = ("curves", "truths", "summary")


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


def truth(pf_map, sizes: np.ndarray, n_samples: int, seed: int) -> pd.DataFrame:
    """Unseen mass after samples of the seed, by a large sample of another; exact for the null map."""
    if isinstance(pf_map, LookupTable):
        exact = (1 - 2.0 ** -(2**pf_map.n_inputs)) ** sizes
        return pd.DataFrame({"n_samples": sizes, "unseen_mass": exact, "low": exact, "high": exact})
    large = simplicity.sample(pf_map, n_samples, seed=seed + 1)
    missed = []
    for size in sizes:
        seen = simplicity.sample(pf_map, int(size), seed=seed).functions[:, 0]
        missed.append(large.counts[~np.isin(large.functions[:, 0], seen)].sum())
    interval = binomial_interval(missed, n_samples)
    return pd.DataFrame(
        {
            "n_samples": sizes,
            "unseen_mass": np.array(missed) / n_samples,
            "low": interval.low,
            "high": interval.high,
        }
    )


def standard_errors(curve: pd.DataFrame, abundances: Abundances) -> np.ndarray:
    """Of the curve of independent samples, by the jackknife: each of them is left out once.

    What leaving one out does depends on how often its function came up, k times: k - 1 are left.
    """
    seen, n_left = abundances.counts, abundances.n_samples - 1
    inside = np.minimum(curve["n_samples"][curve["kind"] == "rarefied"], n_left - 1)
    beyond = curve["n_samples"][curve["kind"] == "extrapolated"]
    once, twice = (int(abundances.functions[seen == k].sum()) for k in (1, 2))

    def rarefied_part(k: int) -> np.ndarray:
        """What a function seen so often adds to the sum."""
        one = np.array([k])
        return rarefied(Abundances(one, one, np.array([1]), n_left, 1), inside)[1] if k else 0.0 * inside

    def extrapolated_without(k: int) -> np.ndarray:
        left = np.array([once - (k == 1) + (k == 2), twice - (k == 2) + (k == 3)])
        return extrapolated(Abundances(np.array([1, 2]), np.array([1, 2]), left, n_left, 1), beyond)

    changes = [
        np.concatenate([rarefied_part(k - 1) - rarefied_part(k), extrapolated_without(k)]) for k in seen
    ]
    weights = seen * abundances.functions / abundances.n_samples
    return np.sqrt(n_left * (weights @ (np.array(changes) - weights @ np.array(changes)) ** 2))


def with_intervals(curve: pd.DataFrame, abundances: Abundances) -> pd.DataFrame:
    """The curve with 95 % limits, normal on the scale of logarithms; none where nothing is lonely."""
    error = standard_errors(curve, abundances)
    with np.errstate(invalid="ignore"):
        factor = np.exp(1.96 * np.where(error > 0, error / curve["unseen_mass"], 0.0))
    return curve.assign(
        low=curve["unseen_mass"] / factor, high=np.minimum(curve["unseen_mass"] * factor, 1.0)
    )


@style.styled
def figure(curves: pd.DataFrame, truths: pd.DataFrame, n_samples: int):
    """A panel each n."""
    made, axes = plt.subplots(1, 2, figsize=(7.2, 4.0), sharey=True, layout="constrained")
    names = curves["map"].unique()
    colours = dict(zip(names, sns.color_palette("colorblind", len(names)), strict=True))
    for ax, (n_inputs, of_n) in zip(axes, curves.groupby("n_inputs"), strict=True):
        for name, curve in of_n.groupby("map", sort=False):
            shown = curve[curve["unseen_mass"] > 0]
            ax.fill_between(
                shown["n_samples"], shown["low"], shown["high"], color=colours[name], alpha=0.25, lw=0
            )
            for kind, line in (("rarefied", "-"), ("extrapolated", "--")):
                part = shown[shown["kind"] == kind]
                ax.plot(part["n_samples"], part["unseen_mass"], line, color=colours[name])
        known = truths[(truths["n_inputs"] == n_inputs) & (truths["unseen_mass"] > 0)]
        for name, points in known.groupby("map"):
            mass = points["unseen_mass"]
            ax.errorbar(
                points["n_samples"], mass, [mass - points["low"], points["high"] - mass], fmt="x",
                color=colours[name], markersize=4, elinewidth=0.8, zorder=3,
            )  # fmt: skip
        ax.set(xscale="log", yscale="log", ylim=(1e-6, 1.5))
        style.label_axes(ax, "samples", "", f"n = {n_inputs}")
    axes[0].set_ylabel("expected unseen prior [probability]")
    maps_shown = [Line2D([], [], color=colour, label=name) for name, colour in colours.items()]
    axes[1].legend(handles=maps_shown, loc="lower left", frameon=False, fontsize=6)
    black = {"color": style.PREDICTED}
    meanings = [
        Line2D([], [], **black, label=f"rarefied from {n_samples:,} samples"),
        Line2D([], [], **black, linestyle="--", label="extrapolated"),
        Patch(**black, alpha=0.25, lw=0, label="95 % interval of the sampling error"),
        Line2D([], [], **black, linestyle="", marker="x", markersize=4,
               label=f"outside the first samples, by {3 * n_samples:,} others, 95 % bars (null: exact)"),
    ]  # fmt: skip
    made.legend(handles=meanings, loc="outside lower center", ncols=2, frameon=False)
    return made


def measure(folder: Path, n_samples: int, seed: int) -> None:
    """Sample, print, write the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    curves, truths, rows = [], [], []
    for n_inputs in (4, 7):
        for name, pf_map in maps(n_inputs).items():
            result = simplicity.sample(pf_map, n_samples, seed=seed)
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
            curve = with_intervals(result.coverage_curve(), result.abundances)
            curves.append(curve.assign(map=name, n_inputs=n_inputs))
            if n_inputs == 4:
                sizes = np.array([10, 100, 1000, 10_000, 100_000])
                known = truth(pf_map, sizes, 3 * n_samples, seed)
                truths.append(known.assign(map=name, n_inputs=n_inputs))
    tables = pd.concat(curves), pd.concat(truths), pd.DataFrame(rows)
    print(tables[-1].to_string(index=False))
    for name, table in zip(TABLES, tables, strict=True):
        table.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g")


def main() -> None:
    """Sample, print, draw; or draw what is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    parser.add_argument("--redraw", action="store_true", help="draw the tables in the folder, sample nothing")
    arguments = parser.parse_args()
    if not arguments.redraw:
        measure(arguments.folder, arguments.samples, arguments.seed)
    curves, truths, table = (pd.read_csv(arguments.folder / f"{name}.csv") for name in TABLES)
    drawn = figure(curves, truths, int(table["samples"].iloc[0]))
    for ending in ("png", "pdf"):
        plots.save(drawn, arguments.folder / f"unseen_mass.{ending}")


if __name__ == "__main__":
    main()
