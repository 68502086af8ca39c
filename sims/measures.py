"""The prior of a multilayer perceptron against six complexity measures, with rank correlations.

Writes to results/measures/: the figure (PNG and PDF), a table of Spearman rank correlations of log2 P with
every measure that can be asked for 7 inputs (CSV, also printed) and the tally (Parquet; kept, so that a
second run only plots). The six drawn are of different kinds: a string's history (lz76), the ones alone
(entropy), the cube's edges (average_sensitivity, critical_sample_ratio), algebra (anf_monomials) and the
size of a program (bdd_nodes).

Correlations are over the functions of 10 or more independent hits. In a million samples without readouts
these are little more than the constants and the functions with one or two ones, which no measure can tell
apart in many ways; so 64 readouts are drawn for each of 250,000 hidden draws.

Usage: python sims/measures.py [--samples N] [--readouts R] [--seed N] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

import simplicity
from simplicity import plots, theory
from simplicity.complexity import MEASURES

RESULTS = Path(__file__).parents[1] / "results" / "measures"
MAP = simplicity.maps.MLP(7, (40, 40))
DRAWN = ("lz76", "entropy", "average_sensitivity", "critical_sample_ratio", "anf_monomials", "bdd_nodes")
FEWEST_HITS = 10  # of a function that a correlation counts
FEWEST_HITS_DRAWN = 2  # most functions came up once and would only fill the floor


def main() -> None:
    """Sample, tabulate and plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=float, default=1.6e7)
    parser.add_argument("--readouts", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)

    tally = folder / "mlp-40-40.parquet"
    simplicity.sample(
        MAP,
        arguments.samples,
        seed=arguments.seed,
        readouts=arguments.readouts,
        path=tally,
        progress=True,
    )
    resolved = simplicity.load(tally, min_count=FEWEST_HITS)
    rows = []
    for name, measure in MEASURES.items():
        if measure.obstacle(MAP.n_inputs):
            continue
        found = theory.rank_correlation(resolved, name, FEWEST_HITS)
        rows.append(
            {
                "measure": name,
                "units": measure.units,
                "is_exact": measure.is_exact(MAP.n_inputs),
                "spearman": found.value,
                "low_95": found.low,
                "high_95": found.high,
                "functions": found.n_functions,
                "fewest_hits": found.min_hits,
            }
        )
    table = pd.DataFrame(rows).sort_values("spearman")
    table.to_csv(folder / "correlations.csv", index=False, float_format="%.4f")
    print(table.to_string(index=False, float_format=lambda value: f"{value:.3f}"))

    figure = plots.compare_measures(simplicity.load(tally, min_count=FEWEST_HITS_DRAWN), DRAWN)
    for suffix in ("png", "pdf"):
        plots.save(figure, folder / f"measures.{suffix}")
    print(f"saved to {folder}")


if __name__ == "__main__":
    main()
