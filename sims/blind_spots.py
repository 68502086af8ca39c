"""Which simple functions a map hardly ever gives: perceptron, networks, polynomial fits, programs, null map.

Two lists of simple functions for each of 4 and 7 inputs: all functions of four inputs, by K_LZ and by
formula size; all of seven inputs with K_LZ <= 28 bits, and all sums modulo 2 of at most two products of
inputs. All maps get the same number of samples, but the priors of expression trees and of the null map
at four inputs are exact. Writes to results/blind_spots/: a figure a list (PNG and PDF), the prior by
complexity of all maps at seven inputs, and tables (CSV): gaps.csv, most_blind.csv, and answer.csv, which says
at each complexity whether networks or polynomial fits have the smaller median gap and the larger share
reached. Its intervals hold all at once, at 95 %.

Usage: python sims/blind_spots.py [--samples N4 N7] [--seed N] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
from itertools import product
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
EXACT_AT_4 = ("expression-tree", "null-model")


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


def reachable_share(pf_map: simplicity.ParameterFunctionMap) -> float:
    """Share of *all* functions that the map can give at all, where their number is known exactly."""
    number = simplicity.sample(pf_map, 1, seed=0).recipe
    if not number["reachable_is_exact"]:
        return np.nan
    return float(2.0 ** (number["log2_reachable"] - 2**pf_map.n_inputs))


def answers(found: dict[str, dict[str, theory.Gaps]]) -> pd.DataFrame:
    """Networks against polynomial fits at each complexity, by intervals that hold all at once.

    An interval a network or fit, complexity and kind (median, share): Bonferroni over all of them.
    """
    compared = (*NETWORKS, *FITS)
    n_intervals = 2 * len(compared) * sum(len(gaps[compared[0]].levels) for gaps in found.values())
    level = 1 - (1 - LEVEL) / n_intervals
    rows = []
    for list_name, gaps in found.items():
        tables = {name: gaps[name].table(level).query("scope == 'K'") for name in compared}
        for network, fit in product(NETWORKS, FITS):
            for (_, ours), (_, theirs) in zip(
                tables[network].iterrows(), tables[fit].iterrows(), strict=True
            ):
                rows.append(
                    {
                        "list": list_name,
                        "complexity": ours["complexity"],
                        "functions": int(ours["functions"]),
                        "network": network,
                        "fit": fit,
                        "smaller_median_gap": _lower(
                            ours["median_at_least"],
                            ours["median_at_most"],
                            theirs["median_at_least"],
                            theirs["median_at_most"],
                        ),
                        "median_gap_network": _text(ours),
                        "median_gap_fit": _text(theirs),
                        "larger_share_reached": _lower(
                            -ours["share_high"],
                            -ours["share_low"],
                            -theirs["share_high"],
                            -theirs["share_low"],
                        ),
                        "share_network": ours["share_reached"],
                        "share_network_low": ours["share_low"],
                        "share_network_high": ours["share_high"],
                        "share_fit": theirs["share_reached"],
                        "share_fit_low": theirs["share_low"],
                        "share_fit_high": theirs["share_high"],
                        "level_of_each_interval": level,
                    }
                )
    return pd.DataFrame(rows)


def _lower(low: float, high: float, other_low: float, other_high: float) -> str:
    """Of two intervals, a network's and a fit's."""
    return "network" if high < other_low else "fit" if other_high < low else "not resolved"


def _text(row: pd.Series) -> str:
    sign = "> " if row["median_is_lower_bound"] else ""
    return f"{sign}{row['median_gap']:.2f} ({row['median_at_least']:.2f} to {row['median_at_most']:.2f})"


def main() -> None:
    """Sample, tabulate and plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=float, nargs=2, default=(2e7, 3e6), help="at four and seven inputs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)

    functions = {name: theory.simple_functions(n, most, of) for name, (n, of, most) in LISTS.items()}
    found: dict[str, dict[str, theory.Gaps]] = {name: {} for name in LISTS}
    tables, blind, by_complexity = [], [], {}
    for n_inputs, n_samples in zip((4, 7), arguments.samples, strict=True):
        for name, pf_map in maps_of(n_inputs).items():
            is_exact = n_inputs == 4 and name in EXACT_AT_4
            if is_exact:
                source = theory.exact.exact_prior(pf_map)
            else:
                source = simplicity.sample(pf_map, int(n_samples), seed=arguments.seed)
            for list_name in (one for one in LISTS if LISTS[one][0] == n_inputs):
                gaps = theory.gaps(source, functions[list_name], LISTS[list_name][1])
                found[list_name][name] = gaps
                head = {
                    "list": list_name,
                    "map": name,
                    "samples": np.inf if is_exact else n_samples,
                    "share_of_all_reachable": reachable_share(pf_map),
                }
                tables.append(gaps.table(LEVEL).assign(**head))
                blind.append(gaps.most_blind(10).assign(list=list_name, map=name))
            if n_inputs == 7:
                by_complexity[name] = source
            print(f"{n_inputs} inputs: {source!r}", flush=True)

    answer = answers(found)
    most_blind = pd.concat(blind, ignore_index=True)
    for name, data in (
        ("gaps", pd.concat(tables, ignore_index=True)),
        ("most_blind", most_blind),
        ("answer", answer),
    ):
        data.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g")
    figures = {
        name: plots.blind_spots(list(of_map.values()), titles=_titles(name, of_map), level=LEVEL)
        for name, of_map in found.items()
    }
    axes = plots.prior_by_complexity(list(by_complexity.values()), titles=list(by_complexity))
    figures["n7-prior-by-complexity"] = axes.figure
    for name, figure in figures.items():
        for suffix in ("png", "pdf"):
            plots.save(figure, folder / f"{name}.{suffix}")
    verdicts = answer.groupby(["list", "network", "fit"], sort=False)
    for column in ("smaller_median_gap", "larger_share_reached"):
        print(f"\n{column}: number of complexities")
        print(verdicts[column].value_counts().unstack(fill_value=0).to_string())
    print(f"saved to {folder}")


def _titles(list_name: str, of_map: dict[str, theory.Gaps]) -> list[str]:
    exact = EXACT_AT_4 if LISTS[list_name][0] == 4 else ()
    return [f"{name} (exact)" if name in exact else name for name in of_map]


if __name__ == "__main__":
    main()
