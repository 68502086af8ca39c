"""Prior against complexity for one map of each family: every function that came up in a million samples.

Writes to results/architectures/: the figure (PNG and PDF), a summary table (CSV, also printed) and the
tallies (Parquet; kept, so that a second run only plots).

Usage: python sims/architectures.py [--samples N] [--seed N] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd

import simplicity
from simplicity import complexity, plots, theory
from simplicity.maps import (
    MLP,
    BooleanCircuit,
    ExpressionTree,
    LookupTable,
    Perceptron,
    PolynomialCurve,
    PolynomialThreshold,
)

RESULTS = Path(__file__).parents[1] / "results" / "architectures"
N_INPUTS = 7
MAPS = {
    "perceptron": Perceptron(N_INPUTS),
    "mlp-40": MLP(N_INPUTS, (40,)),
    "mlp-40-40": MLP(N_INPUTS, (40, 40)),
    "polynomial-degree-2": PolynomialThreshold(N_INPUTS, degree=2),
    "polynomial-degree-3": PolynomialThreshold(N_INPUTS, degree=3),
    "polynomial-curve": PolynomialCurve(N_INPUTS, degree=10),
    "expression-tree": ExpressionTree(N_INPUTS),
    "circuit": BooleanCircuit(N_INPUTS, n_gates=32),
    "null-model": LookupTable(N_INPUTS),
}


def sampled(name: str, n_samples: int, seed: int, folder: Path) -> tuple[simplicity.Result, float]:
    """The tally of a map, and the samples a second that it took (compilation aside)."""
    path = folder / f"{name}.parquet"
    if not path.exists():
        simplicity.sample(MAPS[name], 1000, seed=seed)  # compiles
    result = simplicity.sample(MAPS[name], n_samples, seed=seed, path=path, progress=True)
    log = path.with_name(path.name + ".log.json")
    if not log.exists():
        return result, np.nan
    times = json.loads(log.read_text())
    return result, times["samples_in_this_run"] / times["seconds"]


def summary(result: simplicity.Result, samples_per_second: float) -> dict[str, object]:
    """One row of the table."""
    values = complexity.measure("lz76")(result.functions, result.n_inputs)
    fitted = theory.fitted_bound(result)
    predicted = theory.predicted_bound(result)
    return {
        "map": result.label,
        "samples": result.n_samples,
        "distinct": len(result),
        "unseen_mass": result.unseen_mass,
        "top_prior": result.prior[0],
        "predicted_a": predicted.a,
        "fitted_a": fitted.a if fitted else np.nan,
        "fitted_b": fitted.b if fitted else np.nan,
        "prior_below_median_K": result.prior[values < np.median(values)].sum(),
        "samples_per_second": np.round(samples_per_second),
    }


def main() -> None:
    """Sample, plot and tabulate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=float, default=1e6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)

    results, rows = [], []
    for name in MAPS:
        result, speed = sampled(name, arguments.samples, arguments.seed, folder)
        results.append(result)
        rows.append(summary(result, speed))

    table = pd.DataFrame(rows)
    table.to_csv(folder / "summary.csv", index=False, float_format="%.6g")
    figure = plots.compare(results)
    for suffix in ("png", "pdf"):
        plots.save(figure, folder / f"architectures.{suffix}")
    print(table.to_string(index=False, float_format=lambda value: f"{value:.4g}"))
    print("prior_below_median_K: prior of functions less complex than half of those that came up")
    print(f"saved to {folder}")


if __name__ == "__main__":
    main()
