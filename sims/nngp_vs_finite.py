"""Finite networks against infinite width: log2 P of a few functions as the hidden layer widens.

Networks of one hidden layer on four inputs. Filled points are counted (clustered by hidden draw); hollow
ones, where counting does not see the function, are estimated by splitting, from width 80 on by averages of
conditional orthants; dashed lines are orthants of the Gaussian process.

Writes the figure (PNG and PDF) and a table (CSV) to results/nngp_vs_finite/.

Usage: python sims/nngp_vs_finite.py [--samples N] [--seed N] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

import simplicity
from simplicity import plots
from simplicity.maps import MLP, NNGP
from simplicity.rare import Estimate, nngp_log2_prior, probability

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


def main() -> None:
    """Estimate, tabulate and plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=float, default=1e6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)

    process = NNGP.limit_of(network(WIDTHS[0]))
    limits = dict(
        zip(
            FUNCTIONS,
            nngp_log2_prior(process, list(FUNCTIONS.values()), target_error=0.02, seed=arguments.seed),
            strict=True,
        )
    )
    by_width = [at_width(width, int(arguments.samples), arguments.seed) for width in WIDTHS]
    estimates = {name: [found[k] for found in by_width] for k, name in enumerate(FUNCTIONS)}

    rows = [row(name, w, e) for name, ofs in estimates.items() for w, e in zip(WIDTHS, ofs, strict=True)]
    rows += [row(name, float("inf"), limit) for name, limit in limits.items()]
    table = pd.DataFrame(rows)
    table.to_csv(arguments.folder / "priors.csv", index=False, float_format="%.5g")
    print(table.pivot(index="function", columns="width", values="log2_prior").round(2).to_string())
    ax = plots.prior_vs_width(WIDTHS, estimates, limits, title="relu networks (4, width, 1)")
    for suffix in ("png", "pdf"):
        plots.save(ax.figure, arguments.folder / f"nngp_vs_finite.{suffix}")
    print(f"saved to {arguments.folder}")


if __name__ == "__main__":
    main()
