"""Learning from a prior: how the exact Bayesian posterior over its functions generalises.

The likelihood is 0-1: a function fits a training set of positions of the target if it agrees on all of
them. The error of a function is counted off the training set, and a posterior's error is its mean (that of
a function drawn from it, the Gibbs error). See Mingard et al., J. Mach. Learn. Res. 22:79, 2021.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from simplicity.arguments import checked_threads
from simplicity.compilation import kernel
from simplicity.functions import as_function, ones, pack, words_of
from simplicity.random import checked_integer, checked_seed
from simplicity.theory.tabulated import AnyPrior, checked_prior

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

_SETS_AT_A_TIME = 64
_MOST_BYTES = 2**30  # of packed training sets


def learning_curve(
    prior: AnyPrior,
    target: str | npt.ArrayLike,
    training_sizes: int | Iterable[int],
    *,
    n_training_sets: int = 1000,
    seed: int = 0,
    threads: int | None = None,
) -> pd.DataFrame:
    """Expected error off the training set against the size of the training set.

    Two different expectations. *Annealed*: a function with e errors in 2^n points fits a uniformly drawn
    training set of m points with probability C(2^n - e, m) / C(2^n, m), and then errs in e of the 2^n - m
    others; the mean error is that of all prior functions with these weights, numerator and normalisation
    averaged apart. *Averaged*: the mean over training sets of the posterior's own error. It is over all
    training sets where there are at most ``n_training_sets``, and over so many sampled ones beyond; they
    are nested (the first m of one order of the positions), so that errors at different m go together.

    A result stands for its tally: functions not seen count as impossible. Where none of those seen fits,
    the posterior is undefined; such training sets are left out of the average and their share is reported. A
    large share means that the average is over the easy ones. Sampling errors of the tally itself are not
    included: where the evidence is within a few bits of the floor 1/N, what was sampled decides, not the map.

    Parameters
    ----------
    prior : Result or ExactPrior
    target : str or (words,) uint64
        As for `simplicity.functions.as_function`: a truth table, hexadecimal, a formula, or packed.
    training_sizes : int or iterable of int
        Each from 0 to 2^n; at 2^n no point is left and errors are NaN.
    n_training_sets : int
    seed : int
    threads : int, optional
        Default: all processors. The table is the same for any.

    Returns
    -------
    pandas.DataFrame
        A row a size, in the order given: ``training_size``; ``annealed_error``; ``averaged_error``, its
        standard error over sampled training sets ``averaged_error_se`` (0 over all of them),
        ``training_sets`` and ``averaging`` ("all" or "sampled"); ``unfitted_share`` of training sets that no
        function fits; ``log2_evidence``, of the mean prior that fits; ``majority_error``, the baseline that
        predicts the more frequent label of the training set (a coin where they are equal), over all of them.

    Raises
    ------
    ValueError
        If a size is not an integer from 0 to 2^n, the training sets would not fit into a gigabyte, or the
        prior is truncated or empty.

    Examples
    --------
    >>> from simplicity.maps import Perceptron
    >>> from simplicity.theory import exact
    >>> law = exact.exact_prior(Perceptron(n_inputs=2, bias_std=0))
    >>> learning_curve(law, "x1", [3])[["annealed_error", "averaged_error", "majority_error"]].round(3)
       annealed_error  averaged_error  majority_error
    0           0.429           0.292             1.0
    """
    import pandas as pd

    listed = checked_prior("prior", prior)
    wanted = as_function(target, listed.n_inputs)
    size = 2**listed.n_inputs
    given = np.ravel(training_sizes) if isinstance(training_sizes, np.ndarray) else training_sizes
    given = given if isinstance(given, Iterable) else [given]
    sizes = [checked_integer("training_sizes", m, 0, size) for m in given]
    if not sizes:
        raise ValueError("training_sizes must not be empty: give one size or more")
    n_sets = checked_integer("n_training_sets", n_training_sets, 1, 10**9)
    seed, workers = checked_seed(seed), checked_threads(threads)
    errors = listed.functions ^ wanted
    n_errors = ones(errors)
    of_each = np.bincount(n_errors, weights=listed.prior, minlength=size + 1)
    n_ones = int(ones(wanted)[0])
    sampled = sorted({m for m in sizes if math.comb(size, m) > n_sets})
    _check_memory(size, n_sets, len(sampled))
    _check_memory(size, max((math.comb(size, m) for m in {*sizes} - {*sampled}), default=0), 1)
    averages = {}
    for m in {*sizes} - {*sampled}:
        averages[m] = _averaged(errors, listed.prior, size, [m], _all_masks(size, m), workers)[0]
    if sampled:
        masks = _sampled_masks(size, sampled, n_sets, seed)
        found = _averaged(errors, listed.prior, size, sampled, masks, workers)
        averages |= dict(zip(sampled, found, strict=True))
    rows = []
    for m in sizes:
        evidence, error = annealed(of_each, m)
        average = averages[m]
        rows.append(
            {
                "training_size": m,
                "annealed_error": error,
                "averaged_error": average.error,
                "averaged_error_se": average.standard_error if m in sampled else 0.0,
                "training_sets": average.n_sets,
                "averaging": "sampled" if m in sampled else "all",
                "unfitted_share": average.unfitted_share,
                "log2_evidence": evidence,
                "majority_error": majority_error(size, n_ones, m),
            }
        )
    return pd.DataFrame(rows)


def annealed(prior_by_errors: npt.ArrayLike, training_size: int) -> tuple[float, float]:
    """log2 of the mean prior that fits a uniform training set, and the annealed error off it.

    Parameters
    ----------
    prior_by_errors : (2^n + 1,) array
        Total prior of the functions with each number of errors.
    training_size : int

    Returns
    -------
    log2_evidence, error : float
        -inf and NaN where no function can fit; the error is NaN too where no point is left.

    Examples
    --------
    >>> annealed([0.5, 0.0, 0.5], training_size=1)
    (-1.0, 0.0)
    """
    prior = np.asarray(prior_by_errors, dtype=np.float64)
    size, m = len(prior) - 1, training_size
    e = np.flatnonzero((prior > 0) & (np.arange(size + 1) <= size - m))
    if len(e) == 0:
        return -math.inf, math.nan
    # log of C(size - e, m) / C(size, m), shifted so that its largest term is 1
    log_weights = np.log(prior[e]) + special.gammaln(size - e + 1) - special.gammaln(size - e - m + 1)
    log_weights += special.gammaln(size - m + 1) - special.gammaln(size + 1)
    largest = log_weights.max()
    weights = np.exp(log_weights - largest)
    evidence = float((largest + math.log(weights.sum())) / math.log(2))
    return evidence, float(weights @ e / weights.sum() / (size - m)) if m < size else math.nan


def majority_error(size: int, n_ones: int, training_size: int) -> float:
    """Expected error off a uniform training set of its more frequent label; NaN where no point is left.

    Examples
    --------
    >>> majority_error(4, n_ones=1, training_size=1)
    0.5
    """
    m = training_size
    if m == size:
        return math.nan
    k = np.arange(max(0, n_ones + m - size), min(m, n_ones) + 1)
    weights = stats.hypergeom.pmf(k, size, n_ones, m)
    rest_ones = (n_ones - k) / (size - m)
    errors = np.where(2 * k > m, 1 - rest_ones, np.where(2 * k < m, rest_ones, 0.5))
    return float(weights @ errors / weights.sum())


class _Average(NamedTuple):
    error: float
    standard_error: float
    n_sets: int
    unfitted_share: float


def _check_memory(size: int, n_sets: int, n_sizes: int) -> None:
    """Refuse more training sets than there is room for."""
    of_a_set = n_sizes * 8 * words_of(size.bit_length() - 1)
    if n_sets * of_a_set > _MOST_BYTES:
        raise ValueError(
            f"n_training_sets must be at most {_MOST_BYTES // of_a_set} where {n_sizes} training sizes of "
            f"{size} positions are asked for: {n_sets} training sets would take "
            f"{n_sets * of_a_set / 2**30:.3g} GiB, and 1 is the most"
        )


def _all_masks(size: int, m: int) -> npt.NDArray[np.uint64]:
    """Every training set of m positions, (sets, 1, words)."""
    sets = itertools.combinations(range(size), m)
    packed = []
    while some := list(itertools.islice(sets, _SETS_AT_A_TIME)):
        inside = np.zeros((len(some), size), dtype=bool)
        np.put_along_axis(inside, np.array(some, dtype=np.int64).reshape(len(some), m), True, axis=1)
        packed.append(pack(inside))
    return np.concatenate(packed)[:, None]


def _sampled_masks(size: int, sizes: list[int], n_sets: int, seed: int) -> npt.NDArray[np.uint64]:
    """Nested training sets of each size, (sets, sizes, words)."""
    generator = np.random.Generator(np.random.Philox(key=seed))
    masks = np.empty((n_sets, len(sizes), words_of(size.bit_length() - 1)), dtype=np.uint64)
    limits = np.array(sizes)[:, None]
    for start in range(0, n_sets, _SETS_AT_A_TIME):
        count = min(_SETS_AT_A_TIME, n_sets - start)
        for row, ranks in enumerate(generator.permuted(np.tile(np.arange(size), (count, 1)), axis=1), start):
            masks[row] = pack(ranks < limits)
    return masks


def _averaged(
    errors: Words, prior: Floats, size: int, sizes: list[int], masks: npt.NDArray[np.uint64], threads: int
) -> list[_Average]:
    """Mean posterior error over training sets at each size; masks of one set are nested, smallest first."""
    n_sets = len(masks)
    fitting, erring = np.zeros(masks.shape[:2]), np.zeros(masks.shape[:2])
    error_mass = prior * ones(errors)
    with ThreadPoolExecutor(threads) as pool:
        parts = [slice(start, start + _SETS_AT_A_TIME) for start in range(0, n_sets, _SETS_AT_A_TIME)]
        list(
            pool.map(
                lambda part: _add_fits(errors, prior, error_mass, masks[part], fitting[part], erring[part]),
                parts,
            )
        )
    found = []
    for j, m in enumerate(sizes):
        fits = fitting[:, j] > 0
        left = size - m
        values = erring[fits, j] / fitting[fits, j] / (left or math.nan)
        n = len(values)
        mean = float(values.mean()) if n else math.nan
        deviation = float(values.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan
        found.append(_Average(mean, deviation, n_sets, float(1 - n / n_sets)))
    return found


@kernel
def _add_fits(errors, prior, error_mass, masks, fitting, erring):
    """Add the prior, and the prior times errors, of the functions that fit each training set."""
    n_sets, n_sizes, words = masks.shape
    for s in range(n_sets):
        for f in range(errors.shape[0]):
            for j in range(n_sizes):
                wrong = np.uint64(0)
                for i in range(words):
                    wrong |= errors[f, i] & masks[s, j, i]
                if wrong != 0:
                    break
                fitting[s, j] += prior[f]
                erring[s, j] += error_mass[f]
