"""Which simple functions a map hardly ever gives: perceptron, networks, polynomial fits, programs, null map.

Two lists of simple functions for each of 4 and 7 inputs: all functions of four inputs, by K_LZ and by
formula size; all of seven inputs with K_LZ <= 28 bits, and all sums modulo 2 of at most two products of
inputs. All maps get the same number of samples. Writes to results/blind_spots/: a figure a list (PNG and
PDF), the table of gaps, the most blind functions, and differences between networks and polynomial fits with
intervals (CSV).

Usage: python sims/blind_spots.py [--samples N] [--seed N] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import simplicity
from simplicity import plots, theory
from simplicity.maps import MLP, BooleanCircuit, ExpressionTree, LookupTable, Perceptron, PolynomialThreshold

RESULTS = Path(__file__).parents[1] / "results" / "blind_spots"
LEVEL = 0.95
LISTS = {  # name: inputs, measure, largest complexity
    "n4-lz76": (4, "lz76", 30.0),
    "n4-formula_size": (4, "formula_size", np.inf),
    "n7-lz76": (7, "lz76", 28.0),
    "n7-anf_monomials": (7, "anf_monomials", 2.0),
}
NETWORKS, FITS = ("mlp-40", "mlp-40-40"), ("polynomial-degree-2", "polynomial-degree-3")
READOUTS = 64  # of networks: many last layers for one set of hidden layers


def maps_of(n_inputs: int) -> dict[str, simplicity.ParameterFunctionMap]:
    """The maps compared."""
    return {
        "perceptron": Perceptron(n_inputs),
        "mlp-40": MLP(n_inputs, (40,)),
        "mlp-40-40": MLP(n_inputs, (40, 40)),
        "polynomial-degree-2": PolynomialThreshold(n_inputs, degree=2),
        "polynomial-degree-3": PolynomialThreshold(n_inputs, degree=3),
        "expression-tree": ExpressionTree(n_inputs),
        "circuit": BooleanCircuit(n_inputs, n_gates=32),
        "null-model": LookupTable(n_inputs),
    }


def reachable_share(result: simplicity.Result, n_functions: float) -> float:
    """Share of *all* functions that the map can give at all, where their number is known exactly."""
    recipe = result.recipe
    return 2 ** (recipe["log2_reachable"] - np.log2(n_functions)) if recipe["reachable_is_exact"] else np.nan


def difference(
    list_name: str, scope: pd.Series, other: pd.Series, network: str, fit: str
) -> dict[str, object]:
    """A network against a polynomial fit in one row of their tables: are there fewer blind spots?"""

    def reach(row: pd.Series) -> float:
        return max(row["share_high"] - row["share_reached"], row["share_reached"] - row["share_low"])

    share = scope["share_reached"] - other["share_reached"]
    error = np.hypot(reach(scope), reach(other))  # independent samples
    separate = (
        "network"
        if scope["median_high"] < other["median_low"]
        else "fit"
        if other["median_high"] < scope["median_low"]
        else "overlap"
    )
    return {
        "list": list_name,
        "scope": scope["scope"],
        "complexity": scope["complexity"],
        "network": network,
        "fit": fit,
        "share_network": scope["share_reached"],
        "share_fit": other["share_reached"],
        "difference": share,
        "difference_low": share - error,
        "difference_high": share + error,
        "median_gap_network": _median(scope),
        "median_gap_fit": _median(other),
        "tighter_by_intervals": separate,
    }


def _median(row: pd.Series) -> str:
    sign = "> " if row["median_is_lower_bound"] else ""
    return f"{sign}{row['median_gap']:.2f} ({row['median_low']:.2f} to {row['median_high']:.2f})"


def main() -> None:
    """Sample, tabulate and plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=float, default=1e6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    n_samples = int(arguments.samples) // READOUTS * READOUTS

    functions = {name: theory.simple_functions(n, most, of) for name, (n, of, most) in LISTS.items()}
    found: dict[str, dict[str, theory.Gaps]] = {name: {} for name in LISTS}
    tables, blind = [], []
    for n_inputs in sorted({n for n, _, _ in LISTS.values()}):
        for name, pf_map in maps_of(n_inputs).items():
            readouts = READOUTS if name in NETWORKS else 1
            result = simplicity.sample(pf_map, n_samples, seed=arguments.seed, readouts=readouts)
            for list_name in (one for one in LISTS if LISTS[one][0] == n_inputs):
                gaps = theory.gaps(result, functions[list_name], LISTS[list_name][1])
                found[list_name][name] = gaps
                head = {"list": list_name, "map": name}
                reachable = reachable_share(result, 2.0**2**n_inputs)
                tables.append(gaps.table(LEVEL).assign(**head, share_of_all_reachable=reachable))
                blind.append(gaps.most_blind(10).assign(**head))
                print(f"{list_name}: {result!r}", flush=True)

    table, most_blind = pd.concat(tables, ignore_index=True), pd.concat(blind, ignore_index=True)
    rows = []
    for list_name in LISTS:
        by_map = {
            name: part.set_index(["scope", "complexity"])
            for name, part in table[table["list"] == list_name].groupby("map")
        }
        for network in NETWORKS:
            for fit in FITS:
                for place in by_map[network].index:
                    scope, other = (by_map[m].loc[[place]].reset_index().iloc[0] for m in (network, fit))
                    rows.append(difference(list_name, scope, other, network, fit))
    differences = pd.DataFrame(rows)
    for name, data in (("gaps", table), ("most_blind", most_blind), ("differences", differences)):
        data.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g")
    for list_name, gaps_of in found.items():
        figure = plots.blind_spots(list(gaps_of.values()), titles=list(gaps_of), level=LEVEL)
        for suffix in ("png", "pdf"):
            plots.save(figure, folder / f"{list_name}.{suffix}")
    print(differences[differences["scope"] == "all"].to_string(index=False, float_format="{:.4f}".format))
    print(f"saved to {folder}")


if __name__ == "__main__":
    main()
