"""How maps generalise: the posterior's error against training-set size and against the target's complexity.

Five inputs, so that 300,000 samples still fit most training sets. Writes to results/learning_curves/: the
figure (PNG and PDF), both tables (CSV) and the tallies (Parquet; kept, so that a second run only computes).

Usage: python sims/learning_curves.py [--samples N] [--sets N] [--seed N] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import simplicity
from simplicity import complexity, functions, plots, theory
from simplicity.maps import MLP, ExpressionTree, LookupTable, Perceptron, PolynomialThreshold

RESULTS = Path(__file__).parents[1] / "results" / "learning_curves"
N_INPUTS = 5
MAPS = {
    "MLP (5, 40, 40, 1)": MLP(N_INPUTS, (40, 40)),
    "perceptron": Perceptron(N_INPUTS),
    "polynomial, degree 2": PolynomialThreshold(N_INPUTS, degree=2),
    "polynomial, degree 3": PolynomialThreshold(N_INPUTS, degree=3),
    "expression tree": ExpressionTree(N_INPUTS),
    "null model": LookupTable(N_INPUTS),
}
TARGETS = ("x1", "x1 & x2", "maj(x1,x2,x3,x4,x5)", "x1 ^ x2", "parity(x1,x2,x3)")
SIZES = (0, 2, 4, 8, 12, 16, 20, 24, 28)
FIXED_SIZE = 16
PER_LEVEL = 4


def targets_of_every_complexity(seed: int) -> list[str]:
    """A few functions at each K_LZ, from no map: random blocks repeated, with up to three bits flipped."""
    generator = np.random.Generator(np.random.Philox(key=seed))
    size = 2**N_INPUTS
    tables = []
    for length in (1, 2, 4, 8, 16, 32):
        blocks = np.tile(generator.integers(0, 2, (2000, length)), (1, size // length))
        order = generator.permuted(np.tile(np.arange(size), (2000, 1)), axis=1)
        flipped = order < generator.integers(0, 4, (2000, 1))
        tables += [blocks, blocks ^ flipped]
    words = np.unique(functions.pack(np.concatenate(tables)), axis=0)
    words = words[generator.permutation(len(words))]
    values = complexity.measure("lz76")(words, N_INPUTS)
    chosen = [row for level in np.unique(values) for row in np.flatnonzero(values == level)[:PER_LEVEL]]
    return functions.to_strings(words[chosen], N_INPUTS)


def main() -> None:
    """Sample, learn, plot and tabulate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=float, default=3e5)
    parser.add_argument("--sets", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)

    random_target = targets_of_every_complexity(arguments.seed)[-1]
    lz76 = complexity.measure("lz76")
    curves: dict[str, dict[str, pd.DataFrame]] = {}
    rows, by_complexity = [], []
    for name, pf_map in MAPS.items():
        path = folder / f"{pf_map.name}-{getattr(pf_map, 'degree', 0)}.parquet"
        result = simplicity.sample(pf_map, arguments.samples, seed=arguments.seed, path=path)
        options = {"n_training_sets": arguments.sets, "seed": arguments.seed}
        for target in (*TARGETS, random_target):
            words = functions.named_functions(N_INPUTS).get(target)
            words = functions.from_strings([target])[0] if words is None else words
            value = lz76(words[None], N_INPUTS)[0]
            table = theory.learning_curve(result, words, SIZES, **options)
            title = f"{target if target in TARGETS else 'random'}, $K_\\mathrm{{LZ}}$ = {value:g} bits"
            curves.setdefault(title, {})[name] = table
            rows.append(table.assign(map=name, target=target, complexity=value))
        for target in targets_of_every_complexity(arguments.seed):
            value = lz76(functions.from_strings([target]), N_INPUTS)[0]
            table = theory.learning_curve(result, target, [FIXED_SIZE], **options)
            by_complexity.append(table.assign(map=name, target=target, complexity=value))
        print(f"{name}: {len(result):,} functions, unseen mass {result.unseen_mass:.3g}")

    errors = pd.concat(by_complexity)
    pd.concat(rows).to_csv(folder / "curves.csv", index=False, float_format="%.5g")
    errors.to_csv(folder / "by_complexity.csv", index=False, float_format="%.5g")
    figure = plots.compare_learning(curves, errors)
    for suffix in ("png", "pdf"):
        plots.save(figure, folder / f"learning_curves.{suffix}")
    means = errors.groupby(["complexity", "map"], sort=True)["averaged_error"].mean().unstack()[list(MAPS)]
    print(f"mean error off {FIXED_SIZE} training points, by K_LZ of the target:")
    print(means.to_string(float_format=lambda value: f"{value:.3f}"))
    print(f"saved to {folder}")


if __name__ == "__main__":
    main()
