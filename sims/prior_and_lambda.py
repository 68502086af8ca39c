"""Prior, complexity and learning coefficient of every Boolean function of three inputs under one MLP.

Functions that permuting inputs or negating the output turns into each other have one prior and one
lambda(eps): 40 classes make up all 256 functions, so nothing is selected. The prior is counted, averaged over
each class, or by splitting where it is too small; lambda(eps) is the slope of the volume of squared error to
±1 targets; K_LZ, which differs within a class, is averaged over it.

Writes to results/prior_and_lambda/: the figure of the three against each other, a figure of volumes of
losses whose coefficients are known (PNG and PDF each), and the tables (CSV).

Usage: python sims/prior_and_lambda.py [--samples N] [--particles N] [--seed N] [--folder FOLDER] [--redraw]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from scipy import stats

import simplicity
from simplicity import functions, plots, rare, slt
from simplicity.plots.style import label_axes, styled

RESULTS = Path(__file__).parents[1] / "results" / "prior_and_lambda"
MAP = simplicity.maps.MLP(n_inputs=3, hidden_widths=(10,))
SCALE = (1e-4, 1e-2)  # of eps
TALLIES = 8  # independent, for the errors of the priors
LARGEST_ERROR = 0.2  # in bits, of a prior that is counted; smaller priors are estimated by splitting
KNOWN = [
    (slt.losses.sum_of_powers([2]), slt.exact.sum_of_powers([2]), "w²"),
    (slt.losses.normal_crossing([1, 1]), slt.exact.normal_crossing([1, 1]), "w₁²w₂²"),
    (slt.losses.sum_of_powers([2, 4, 6]), slt.exact.sum_of_powers([2, 4, 6]), "w₁²+w₂⁴+w₃⁶"),
    (slt.losses.reduced_rank(3, 2, 3, 1), slt.exact.reduced_rank(3, 2, 3, 1), "reduced rank 3-2-3, r = 1"),
    (
        slt.losses.deep_linear([3, 2, 2, 3], 1),
        slt.exact.deep_linear([3, 2, 2, 3], 1),
        "linear 3-2-2-3, r = 1",
    ),
]


def classes() -> pd.DataFrame:
    """Every function with the representative of its class under permutation and complement, and its K_LZ."""
    n = MAP.n_inputs
    every = functions.from_integers(range(2 ** (2**n)), n)
    forms, _ = functions.canonical_forms(every, n, permutation=True, complement=True)
    return pd.DataFrame(
        {
            "function": functions.to_strings(forms, n),
            "member": functions.to_strings(every, n),
            "complexity": simplicity.complexity.measure("lz76")(every, n),
        }
    )


def counted(members: pd.DataFrame, n_samples: int, seed: int) -> pd.DataFrame:
    """log2 of the prior of one function of each class, with its standard error from independent tallies."""
    columns = []
    for tally in range(TALLIES):
        result = simplicity.sample(MAP, n_samples // TALLIES // 64 * 64, seed=seed + tally, readouts=64)
        prior = pd.Series(result.prior, index=functions.to_strings(result.functions, MAP.n_inputs))
        columns.append(members.member.map(prior).fillna(0.0).groupby(members.function).mean())
    priors = pd.concat(columns, axis=1)
    mean, error = priors.mean(axis=1), priors.std(axis=1, ddof=1) / np.sqrt(TALLIES)
    table = pd.DataFrame(
        {"log2_prior": np.nan, "log2_prior_error": np.nan, "method": "counted"}, index=mean.index
    )
    seen = error < LARGEST_ERROR * np.log(2) * mean
    table.loc[seen, "log2_prior"] = np.log2(mean[seen])
    table.loc[seen, "log2_prior_error"] = error[seen] / mean[seen] / np.log(2)
    for function in table.index[~seen]:
        found = rare.probability(
            MAP, function, method="splitting", seed=seed, target_error=LARGEST_ERROR, budget_seconds=None
        )
        table.loc[function] = (found.log2_prior, found.standard_error, found.method)
    return table


def measured(function: str, particles: int, seed: int) -> dict[str, object]:
    """lambda(eps) of a function under the map, and the volumes that it is made of."""
    found = slt.learning_coefficient(
        MAP, function=function, smallest=SCALE[0], eps_range=SCALE, particles=particles, seed=seed
    )
    curve = found.curve
    reached = not np.isnan(found.value)
    return {
        "function": function,
        "name": functions.names(functions.from_strings([function]), MAP.n_inputs)[0],
        "lambda": found.value,
        "lambda_error": found.standard_error,
        "lambda_low": found.interval[0],
        "lambda_high": found.interval[1],
        "log2_volume": curve.at(SCALE[0]).log2_volume if reached else np.nan,
        "log2_volume_error": curve.at(SCALE[0]).standard_error if reached else np.nan,
        "ancestors": curve.ancestors,
        "status": found.status,
    }


def rank_correlations(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Spearman's correlation of each two of the three, with a bootstrap interval over classes."""
    generator = np.random.default_rng(seed)
    rows = []
    for x, y in (("complexity", "log2_prior"), ("complexity", "lambda"), ("log2_prior", "lambda")):
        values = table[[x, y]].dropna().to_numpy()
        again = [stats.spearmanr(*generator.choice(values, len(values)).T).statistic for _ in range(2000)]
        low, high = np.quantile(again, [0.025, 0.975])
        rows.append((x, y, len(values), stats.spearmanr(*values.T).statistic, low, high))
    return pd.DataFrame(rows, columns=["x", "y", "classes", "spearman", "low", "high"])


@styled
def three_planes(table: pd.DataFrame, correlations: pd.DataFrame) -> Figure:
    """Prior, complexity and lambda against each other; errors are one standard error."""
    low, high = np.log10(SCALE)
    label = {
        "complexity": r"$K_{\mathrm{LZ}}$ (LZ76), mean over the class [bits]",
        "log2_prior": r"$\log_2 P(f)$ [bits]",
        "lambda": rf"$\lambda(\varepsilon)$, $\varepsilon$ from $10^{{{low:.0f}}}$ to $10^{{{high:.0f}}}$",
    }
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 3.1), constrained_layout=True)
    for ax, row in zip(axes, correlations.itertuples(), strict=True):
        for converged, marker in ((True, "o"), (False, "^")):
            part = table[(table.status == "converged") == converged]
            ax.errorbar(
                part[row.x],
                part[row.y],
                yerr=part[f"{row.y}_error"],
                xerr=part[f"{row.x}_error"] if f"{row.x}_error" in part else None,
                fmt=marker,
                ms=3,
                lw=0.7,
                color=sns.color_palette("colorblind")[0 if converged else 1],
                label="λ(ε) converged" if converged else "λ(ε) from few ancestors: bars may be too short",
            )
        title = f"Spearman {row.spearman:.2f}\n95 %: {row.low:.2f} to {row.high:.2f}".replace("-", "−")
        label_axes(ax, label[row.x], label[row.y], title)
    figure.legend(
        *axes[-1].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False,
        title="bars: one standard error",
    )  # fmt: skip
    figure.suptitle(f"{MAP.label}: all functions, in {len(table)} classes", fontsize=9)
    return figure


@styled
def volumes(curves: pd.DataFrame, slopes: pd.DataFrame) -> Figure:
    """Measured volumes with the known slopes beside them, and the slopes by scale."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.3), constrained_layout=True)
    for (_, exact, title), colour in zip(KNOWN, sns.color_palette("colorblind"), strict=False):
        curve, slope = curves[curves.title == title], slopes[slopes.title == title]
        left.fill_between(curve.eps, curve.low, curve.high, color=colour, alpha=0.25, lw=0)
        left.plot(curve.eps, curve.log2_volume, color=colour, label=title)
        smallest, small = curve.iloc[-1], curve[curve.eps < 1e-3]
        factor = (exact.multiplicity - 1) * np.log2(
            np.log(small.reference / small.eps) / np.log(smallest.reference / smallest.eps)
        )
        known = smallest.log2_volume + exact.value * np.log2(small.eps / smallest.eps) + factor
        left.plot(small.eps, known, color="0.15", lw=0.7, ls="--")
        right.errorbar(
            slope.eps, slope.value / exact.value, slope.standard_error / exact.value, color=colour, lw=1
        )
    left.plot([], [], color="0.15", lw=0.7, ls="--", label="exact λ and m, through the last point")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    right.axhline(1, color="0.15", lw=0.7, ls="--")
    for ax in (left, right):
        ax.set_xscale("log")
    label_axes(left, "ε", r"$\log_2 V(\varepsilon)$ [bits]", "Volumes under a standard normal prior")
    label_axes(right, "ε", "λ(ε) / exact λ", "Slopes, multiplicity 1 assumed")
    return figure


def known(particles: int, seed: int) -> dict[str, pd.DataFrame]:
    """Losses whose coefficients are known: what is found, the curves, and their slopes by scale."""
    rows, curves, slopes = [], [], []
    for loss, exact, title in KNOWN:
        curve = slt.volume(loss, particles=particles, seed=seed)
        curves.append(curve.to_pandas().assign(title=title, reference=curve.reference))
        slopes.append(slt.learning_coefficient(curve).by_scale().assign(title=title))
        for multiplicity in range(1, min(2, loss.size) + 1):
            found = slt.learning_coefficient(curve, assumed_multiplicity=multiplicity)
            rows.append(
                {
                    "loss": loss.name,
                    "exact": exact.value,
                    "exact_multiplicity": exact.multiplicity,
                    "assumed_multiplicity": multiplicity,
                    "lambda": found.value,
                    "standard_error": found.standard_error,
                    "low": found.interval[0],
                    "high": found.interval[1],
                    "ancestors": curve.ancestors,
                    "status": found.status,
                }
            )
    return {"known": pd.DataFrame(rows), "volumes": pd.concat(curves), "slopes": pd.concat(slopes)}


def save(figure: Figure, path: Path) -> None:
    """As PNG and PDF."""
    for suffix in (".png", ".pdf"):
        plots.save(figure, path.with_suffix(suffix))


def measure(folder: Path, n_samples: int, particles: int, seed: int) -> None:
    """Count and measure, and write the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    members = classes()
    grouped = members.groupby("function")
    table = pd.DataFrame({"class_size": grouped.size(), "complexity": grouped.complexity.mean()})
    table = table.join(counted(members, n_samples, seed))
    rows = [measured(function, particles, seed + i) for i, function in enumerate(table.index)]
    table = pd.DataFrame(rows).set_index("function").join(table).sort_values("log2_prior", ascending=False)

    table.to_csv(folder / "functions.csv", float_format="%.5g")
    rank_correlations(table, seed).to_csv(folder / "correlations.csv", index=False, float_format="%.4g")
    for name, found in known(8 * particles, seed).items():
        found.to_csv(folder / f"{name}.csv", index=False, float_format="%.5g")


def main() -> None:
    """Count, measure, plot and tabulate; or plot what is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=float, default=4e7)
    parser.add_argument("--particles", type=int, default=2048)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    parser.add_argument(
        "--redraw", action="store_true", help="draw the tables in the folder, measure nothing"
    )
    arguments = parser.parse_args()
    folder = arguments.folder
    if not arguments.redraw:
        measure(folder, int(arguments.samples), arguments.particles, arguments.seed)
    of_known, curves, slopes, correlations, table = (
        pd.read_csv(folder / f"{name}.csv", dtype={"function": str})
        for name in ("known", "volumes", "slopes", "correlations", "functions")
    )
    save(three_planes(table, correlations), folder / "prior_and_lambda")
    save(volumes(curves, slopes), folder / "volumes")
    for frame in (of_known, correlations, table):
        print(frame.to_string(index=False, na_rep="", float_format=lambda value: f"{value:.4g}"))
    print(f"saved to {folder}")


if __name__ == "__main__":
    main()
