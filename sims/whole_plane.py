"""Prior against complexity from 2^0 to below 2^-100: a tally, and estimates of what it cannot see.

Functions stratified by complexity (simple ones listed by walks over Lempel-Ziv histories, others drawn, and
decision lists, which cubic polynomials give with tiny priors) are estimated one by one: by splitting, by
orthants at infinite width, by a linear programme where P = 0. Simple functions far below the bound are the
map's blind spots; here no gap is censored.

Writes to results/whole_plane/: the figure, estimates (CSV; kept, so that a second run goes on), the gaps at
each simple K and a summary.

Usage: python sims/whole_plane.py [--samples N] [--per-value N] [--minutes M] [--seed N] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

import simplicity
from simplicity import complexity, plots, rare, theory
from simplicity.functions import from_integers, input_table, pack
from simplicity.maps import MLP, NNGP, PolynomialThreshold

RESULTS = Path(__file__).parents[1] / "results" / "whole_plane"
NETWORK = {"weight_std": math.sqrt(2), "bias_std": 0.2}
MAPS = {
    "mlp": lambda n: MLP(n, (40, 40), **NETWORK),
    "nngp": lambda n: NNGP.limit_of(MLP(n, (40, 40), **NETWORK)),
    "polynomial-degree-2": lambda n: PolynomialThreshold(n, degree=2),
    "polynomial-degree-3": lambda n: PolynomialThreshold(n, degree=3),
}
TITLES = {
    "mlp": "MLP (n, 40, 40, 1)",
    "nngp": "the same, infinitely wide",
    "polynomial-degree-2": "polynomial, degree 2",
    "polynomial-degree-3": "polynomial, degree 3",
}
SIMPLE = {5: 20.0, 7: 28.0}  # bits of K_LZ
COMPLEX_LEVELS = 8  # beyond, one function at each of so many values of K_LZ
DECISION_LISTS, RULES = 6, 100
TARGET_ERROR = 1.5  # bits
LEVEL = 0.95


def decision_list(n_inputs: int, generator: np.random.Generator) -> np.ndarray:
    """The first of a hundred rules to hold, each for three random literals, answers: 1, 0, 1, 0, …"""
    inputs, answers = input_table(n_inputs), np.full(2**n_inputs, -1)
    for rule in range(RULES):
        which, values = generator.choice(n_inputs, 3, replace=False), generator.integers(0, 2, 3)
        answers[(answers < 0) & (inputs[:, which] == values).all(axis=1)] = 1 - rule % 2
    return pack((answers > 0)[None])


def candidates(n_inputs: int, per_value: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Simple functions, so many of each K_LZ, and a few others up to random ones; the same for all maps."""
    lz76 = complexity.measure("lz76")
    listed = theory.simple_functions(n_inputs, SIMPLE[n_inputs])
    simple = rare.stratified(listed, lz76(listed, n_inputs), per_value, seed)
    generator = np.random.default_rng(seed)
    random = [int.from_bytes(generator.bytes(2**n_inputs // 8), "big") for _ in range(20)]
    drawn = theory.simple_functions_sample(n_inputs, 3 * SIMPLE[n_inputs], 2000, seed).functions
    others = np.unique(np.concatenate([drawn, from_integers(random, n_inputs)]), axis=0)
    values = lz76(others, n_inputs)
    levels = np.unique(values[values > SIMPLE[n_inputs]])
    wanted = levels[np.linspace(0, len(levels) - 1, COMPLEX_LEVELS).astype(int)]
    chosen = np.isin(values, wanted)
    another = np.random.default_rng(seed + 1)
    lists = [decision_list(n_inputs, another) for _ in range(DECISION_LISTS)]
    return simple, np.concatenate([rare.stratified(others[chosen], values[chosen], 1, seed), *lists])


def gaps(plane: rare.Plane, functions: np.ndarray, bound: theory.Bound) -> list[dict[str, object]]:
    """At each K_LZ of these functions, the median gap between the bound and log2 P, none of them censored."""
    place = {tuple(row): i for i, row in enumerate(plane.functions.tolist())}
    rows = np.array([place[key] for key in map(tuple, functions.tolist()) if key in place], dtype=int)
    table = []
    for value in np.unique(plane.complexity[rows]):
        at = rows[plane.complexity[rows] == value]
        gap = np.sort(bound(value) - plane.log2_prior[at])
        gap = gap[~np.isnan(gap)]
        if len(gap) == 0:
            continue
        # ends of the interval of the median are order statistics (functions taken as drawn at random)
        rank = int(stats.binom.ppf((1 - LEVEL) / 2, len(gap), 0.5))
        is_wide_enough = rank >= 1
        table.append(
            {
                "map": plane.label,
                "n_inputs": plane.n_inputs,
                "K_lz76": value,
                "functions": len(at),
                "with_number": len(gap),
                "median_gap": np.median(gap) if np.isfinite(gap).sum() > len(gap) / 2 else np.inf,
                "median_low": gap[rank - 1] if is_wide_enough else np.nan,
                "median_high": gap[-rank] if is_wide_enough else np.nan,
                "share_prior_0": float(np.isposinf(gap).mean()),
            }
        )
    return table


def main() -> None:
    """Sample, estimate, plot and tabulate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=float, default=1e6)
    parser.add_argument("--per-value", type=int, default=8, help="simple functions of each complexity")
    parser.add_argument("--minutes", type=float, default=30.0, help="for all estimates")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)

    figure, axes = plt.subplots(len(SIMPLE), len(MAPS), figsize=(12.4, 6.2), layout="constrained")
    settings = [(n, name, axes[i, j]) for i, n in enumerate(SIMPLE) for j, name in enumerate(MAPS)]
    settings.sort(
        key=lambda setting: (setting[1] == "mlp", setting[0])
    )  # the slowest last, with what is left
    rows, by_value, left = [], [], 60 * arguments.minutes
    for place, (n_inputs, name, ax) in enumerate(settings):
        result = simplicity.sample(MAPS[name](n_inputs), arguments.samples, seed=arguments.seed)
        simple, others = candidates(n_inputs, arguments.per_value, arguments.seed)
        start = time.perf_counter()
        plane = rare.complete(
            result,
            np.random.default_rng(arguments.seed).permutation(np.concatenate([simple, others])),
            path=folder / f"{name}-{n_inputs}.csv",
            seed=arguments.seed,
            target_error=TARGET_ERROR,
            budget_seconds=150.0,
            total_seconds=max(left, 0.0) / (len(settings) - place),
            progress=True,
        )
        left -= time.perf_counter() - start
        plots.whole_plane(
            plane, ax, bound=theory.predicted_bound(result), legend=ax is axes[0, 0] or ax is axes[0, 2]
        )
        ax.set_title(f"{TITLES[name]}, n = {n_inputs}")
        by_value += gaps(plane, simple, theory.a_priori_bound(n_inputs))
        estimated = ~plane.is_counted
        rows.append(
            {
                "map": plane.label,
                "n_inputs": n_inputs,
                "counted": int((~estimated).sum()),
                "estimated": int((estimated & np.isfinite(plane.log2_prior)).sum()),
                "prior_0": int(np.isneginf(plane.log2_prior).sum()),
                "without_number": int(np.isnan(plane.log2_prior).sum()),
                "lowest_log2_prior": float(plane.log2_prior[np.isfinite(plane.log2_prior)].min()),
                "seconds": time.perf_counter() - start,
            }
        )
    for row in axes:
        lowest = min(ax.get_ylim()[0] for ax in row)
        for ax in row:
            ax.set_ylim(lowest, 4)
            ax.set_ylabel("log2 prior" if ax is row[0] else "")

    for table, file in ((pd.DataFrame(by_value), "gaps.csv"), (pd.DataFrame(rows), "summary.csv")):
        table = table.sort_values(["n_inputs", "map"], kind="stable")
        table.to_csv(folder / file, index=False, float_format="%.6g")
        print(table.to_string(index=False, float_format=lambda value: f"{value:.3g}"))
    for suffix in ("png", "pdf"):
        plots.save(figure, folder / f"whole_plane.{suffix}")
    print("gaps: below the a priori line, the same for all maps; the median's interval is over functions")
    print(f"saved to {folder}")


if __name__ == "__main__":
    main()
