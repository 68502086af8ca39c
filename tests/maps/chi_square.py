"""p-values of counts of functions, exact or conditional on totals, with sparse cells pooled."""

import itertools

import numpy as np
from scipy import stats

from simplicity import functions
from simplicity.sampling import Engine

#: A statistical test fails on one correct program in 10,000 (were its seed not fixed).
ALARM = 1e-4
_SPARSE = 10  # cells expected below this are pooled


def sample_words(pf_map, n_samples, seed=0):
    """Packed functions of the first samples of a seed, all of them defined."""
    engine = Engine(pf_map, seed)
    parts = []
    for first, stop in engine.blocks(0, n_samples):
        words, undefined = engine.samples(first, stop)
        assert not undefined.any()
        parts.append(words)
    return np.concatenate(parts)


def counts_of(pf_map, n_samples, seed=0):
    """How often each function came up, by its integer: (2^(2^n),), for n up to 4."""
    n_inputs = pf_map.n_inputs
    positions = 2**n_inputs
    mirrored = np.bincount(
        sample_words(pf_map, n_samples, seed)[:, 0].astype(np.int64), minlength=2**positions
    )
    return mirrored[[int(f"{integer:0{positions}b}"[::-1], 2) for integer in range(2**positions)]]


def ones_counts(pf_map, n_samples, seed=0):
    """How often each number of ones T came up, (2^n + 1,)."""
    ones = functions.ones(sample_words(pf_map, n_samples, seed))
    return np.bincount(ones, minlength=2**pf_map.n_inputs + 1)


def goodness(observed, probabilities):
    """p-value of counts under a law; 0 if something impossible came up."""
    observed, expected = np.asarray(observed), np.sum(observed) * np.asarray(probabilities)
    if observed[expected == 0].any():
        return 0.0
    sparse = expected < _SPARSE
    observed = np.append(observed[~sparse], observed[sparse].sum())
    expected = np.append(expected[~sparse], expected[sparse].sum())
    kept = expected > 0
    return stats.chi2.sf(((observed - expected)[kept] ** 2 / expected[kept]).sum(), kept.sum() - 1)


def two_sample(a, b):
    """p-value of two samples having one law."""
    table = np.array([a, b])
    sparse = table.sum(axis=0) < 2 * _SPARSE
    table = np.column_stack([table[:, ~sparse], table[:, sparse].sum(axis=1)])
    return stats.chi2_contingency(table[:, table.sum(axis=0) > 0]).pvalue


def orbits(n_inputs, permutation=False, complement=False, negation=False):
    """Smallest member, as an integer, of every function's class under some symmetries."""
    words = functions.from_integers(range(2**2**n_inputs), n_inputs)
    images = [words]
    if permutation:
        orders = itertools.permutations(range(n_inputs))
        images = [functions.permute_inputs(f, n_inputs, order) for f in images for order in orders]
    if negation:
        subsets = [s for k in range(n_inputs + 1) for s in itertools.combinations(range(n_inputs), k)]
        images = [functions.negate_inputs(f, n_inputs, s) for f in images for s in subsets]
    if complement:
        images += [functions.complement(f, n_inputs) for f in images]
    return np.min([np.array(functions.to_integers(f, n_inputs)) for f in images], axis=0)


def homogeneity(counts, classes):
    """p-value of the prior being constant on classes, conditional on how often each class came up."""
    totals, sizes = np.zeros(len(counts)), np.bincount(classes, minlength=len(counts))
    np.add.at(totals, classes, counts)
    expected = totals[classes] / sizes[classes]
    dense = expected >= _SPARSE
    statistic = ((counts - expected)[dense] ** 2 / expected[dense]).sum()
    degrees = dense.sum() - len(np.unique(classes[dense]))
    return stats.chi2.sf(statistic, degrees) if degrees > 0 else 1.0
