"""Prior against complexity from 2^0 to below 2^-100: a tally, and splitting for what it cannot see.

For each map and number of inputs, functions stratified by complexity (simple ones listed by walks over
Lempel-Ziv histories, others as they come uniformly) are estimated one by one. Simple functions far below the
bound are the map's blind spots; without censoring, their share is known at every depth.

Writes to results/whole_plane/: the figure, estimates (CSV; kept, so that a second run goes on) and a table.

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

import simplicity
from simplicity import complexity, plots, rare, theory
from simplicity.functions import from_integers
from simplicity.maps import MLP, PolynomialThreshold

RESULTS = Path(__file__).parents[1] / "results" / "whole_plane"
MAPS = {
    "mlp": lambda n: MLP(n, (40, 40), weight_std=math.sqrt(2), bias_std=0.2),
    "polynomial-degree-2": lambda n: PolynomialThreshold(n, degree=2),
    "polynomial-degree-3": lambda n: PolynomialThreshold(n, degree=3),
}
SIMPLE = {5: 17.5, 7: 21.0}  # all functions up to this K_LZ are candidates
BELOW = (5, 10, 20, 40)  # bits


def candidates(n_inputs: int, per_value: int, seed: int) -> np.ndarray:
    """A few functions of every K_LZ, the same ones for all maps."""
    lz76 = complexity.measure("lz76")
    simple = theory.simple_functions(n_inputs, SIMPLE[n_inputs])
    generator = np.random.default_rng(seed)
    others = [int.from_bytes(generator.bytes(2**n_inputs // 8), "big") for _ in range(per_value)]
    drawn = theory.simple_functions_sample(n_inputs, 3 * SIMPLE[n_inputs], 2000, seed).functions
    listed = np.concatenate([simple, drawn, from_integers(others, n_inputs)])
    listed = np.unique(listed, axis=0)
    chosen = rare.stratified(listed, lz76(listed, n_inputs), per_value, seed)
    return generator.permutation(chosen)  # where time is short, some of every complexity are done


def shares(plane: rare.Plane, bound: theory.Bound) -> dict[str, object]:
    """Of the simplest estimated functions, how many lie so many bits below the bound, or have prior 0."""
    simple = plane.complexity <= SIMPLE[plane.n_inputs]
    chosen = simple & ~plane.is_counted & ~np.isnan(plane.log2_prior)
    depth = -bound.a * plane.complexity[chosen] - bound.b - plane.log2_prior[chosen]
    row: dict[str, object] = {
        "map": plane.label,
        "n_inputs": plane.n_inputs,
        "simple_unseen": int(chosen.sum()),
    }
    row |= {
        f"share_{bits}_bits_below": float((depth > bits).mean()) if chosen.any() else np.nan for bits in BELOW
    }
    row["share_prior_0"] = float(np.isneginf(plane.log2_prior[chosen]).mean()) if chosen.any() else np.nan
    row["lowest_log2_prior"] = float(plane.log2_prior[np.isfinite(plane.log2_prior)].min())
    row["without_number"] = int(np.isnan(plane.log2_prior).sum())
    return row


def main() -> None:
    """Sample, estimate, plot and tabulate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=float, default=1e6)
    parser.add_argument("--per-value", type=int, default=3, help="functions of each complexity")
    parser.add_argument("--minutes", type=float, default=8.0, help="for all estimates")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)

    settings = [(n, name) for n in sorted(SIMPLE, reverse=True) for name in MAPS]
    figure, axes = plt.subplots(len(SIMPLE), len(MAPS), figsize=(9.6, 6.2), layout="constrained")
    rows, left = [], 60 * arguments.minutes
    for place, ((n_inputs, name), ax) in enumerate(zip(settings, axes.ravel(), strict=True)):
        result = simplicity.sample(MAPS[name](n_inputs), arguments.samples, seed=arguments.seed)
        start = time.perf_counter()
        plane = rare.complete(
            result,
            candidates(n_inputs, arguments.per_value, arguments.seed),
            path=folder / f"{name}-{n_inputs}.csv",
            seed=arguments.seed,
            target_error=1.0,
            total_seconds=max(left, 0.0) / (len(settings) - place),
            progress=True,
        )
        left -= time.perf_counter() - start
        bound = theory.predicted_bound(result)
        plots.whole_plane(plane, ax, bound=bound, legend=place == 0)
        rows.append(shares(plane, bound))

    table = pd.DataFrame(rows)
    table.to_csv(folder / "summary.csv", index=False, float_format="%.6g")
    for suffix in ("png", "pdf"):
        plots.save(figure, folder / f"whole_plane.{suffix}")
    print(table.to_string(index=False, float_format=lambda value: f"{value:.3g}"))
    print(
        "shares: of the simple functions estimated (K_LZ up to the limit), so far below the predicted bound"
    )
    print(f"saved to {folder}")


if __name__ == "__main__":
    main()
