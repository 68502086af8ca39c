"""Finite networks against infinite width: log2 P of a few functions as the hidden layer widens.

Networks of one hidden layer on four inputs. Filled points are counted (clustered by hidden draw); hollow
ones, where counting does not see the function, are estimated by splitting, from width 80 on by averages of
conditional orthants; dashed lines are orthants of the Gaussian process.

Writes the figure (PNG and PDF) and a table (CSV) to results/nngp_vs_finite/.

Usage: python sims/nngp_vs_finite.py [--samples N] [--seed N] [--folder FOLDER] [--redraw]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

import simplicity
from simplicity import plots
from simplicity.maps import MLP, NNGP
from simplicity.rare import Estimate, nngp_log2_prior, probability
from simplicity.rare.estimate import NO_INTERVAL

RESULTS = Path(__file__).parents[1] / "results" / "nngp_vs_finite"
WIDTHS = [10, 20, 40, 80, 160, 320, 640, 1280]
NARROWEST_CONDITIONAL = 80  # below, the shares of hidden layers spread too much, or are singular
FUNCTIONS = {
    "constant 0": "0",
    "x1": "x1",
    "majority of 3": "maj(x1,x2,x3)",
    "x1 ^ x2": "x1 ^ x2",
    "parity of 3": "parity(x1,x2,x3)",
    "random": "0110001110100101",
}


def network(width: int) -> MLP:
    """One hidden layer of rectifiers on four inputs."""
    return MLP(4, (width,), weight_std=2**0.5, bias_std=0.2)


def at_width(width: int, n_samples: int, seed: int) -> list[Estimate]:
    """Every function under one network: from a tally, by conditional orthants, or by splitting if narrow."""
    result = simplicity.sample(network(width), n_samples, seed=seed, readouts=64)
    functions = list(FUNCTIONS.values())
    settings = {"seed": seed, "target_error": 0.2, "budget_seconds": 10}
    estimates = probability(network(width), functions, method="count", result=result, **settings)
    rarer = "conditional" if width >= NARROWEST_CONDITIONAL else "splitting"
    return [
        found
        if found.status == "converged"
        else probability(network(width), function, method=rarer, **settings)
        for function, found in zip(functions, estimates, strict=True)
    ]


def row(name: str, width: float, estimate: Estimate) -> dict[str, object]:
    """One row of the table."""
    return {
        "function": name,
        "width": width,
        "log2_prior": estimate.log2_prior,
        "standard_error": estimate.standard_error,
        "method": estimate.method,
        "status": estimate.status,
    }


def measured(n_samples: int, seed: int) -> pd.DataFrame:
    """Every function at every width, and at infinite width."""
    process = NNGP.limit_of(network(WIDTHS[0]))
    limits = nngp_log2_prior(process, list(FUNCTIONS.values()), target_error=0.02, seed=seed)
    by_width = [at_width(width, n_samples, seed) for width in WIDTHS]
    rows = [
        row(name, width, found[k])
        for k, name in enumerate(FUNCTIONS)
        for width, found in zip(WIDTHS, by_width, strict=True)
    ]
    rows += [row(name, float("inf"), limit) for name, limit in zip(FUNCTIONS, limits, strict=True)]
    return pd.DataFrame(rows)


def figure(table: pd.DataFrame) -> Figure:
    """The table, drawn."""
    estimates = {
        name: [
            Estimate(one.log2_prior, one.standard_error, NO_INTERVAL, one.method, one.status)
            for one in rows.itertuples()
        ]
        for name, rows in table.groupby("function", sort=False)
    }
    finite = {name: found[:-1] for name, found in estimates.items()}
    limits = {name: found[-1] for name, found in estimates.items()}
    return plots.prior_vs_width(WIDTHS, finite, limits, title="relu networks (4, width, 1)").figure


def main() -> None:
    """Estimate, tabulate and plot; or plot what is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=float, default=1e6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    parser.add_argument(
        "--redraw", action="store_true", help="draw the table in the folder, estimate nothing"
    )
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    path = arguments.folder / "priors.csv"
    if not arguments.redraw:
        measured(int(arguments.samples), arguments.seed).to_csv(path, index=False, float_format="%.5g")
    table = pd.read_csv(path)
    print(table.pivot(index="function", columns="width", values="log2_prior").round(2).to_string())
    for suffix in ("png", "pdf"):
        plots.save(figure(table), arguments.folder / f"nngp_vs_finite.{suffix}")
    print(f"saved to {arguments.folder}")


if __name__ == "__main__":
    main()
