"""Normals in bulk: 10^8 of float32 and 2 * 10^7 of float64 against the standard normal law.

Every check is a p-value. A test fails where one of its m checks is below ALARM / m, so on 1 correct program
in 10,000, were its seed not fixed. What 10^8 numbers can show: a standard deviation off by 5e-4 (7 standard
errors of the second moment), a correlation of 1e-3 (10), 2 % too few numbers beyond 3 sigma on a side (7).
"""

import itertools
from typing import NamedTuple

import numba
import numpy as np
import pytest
from scipy import stats

from simplicity.random import Noise

ALARM = 1e-4
CHUNK = 200_000  # numbers of some whole draws

# The Kolmogorov-Smirnov distance is taken at the edges of bins of 2^-14 sigma on ±8 sigma. It is the true one
# less at most the mass of a bin, 2.5e-5, where that of 10^8 right numbers has the median 8.3e-5.
# Numbers beyond 8 sigma, which the generator cannot reach, count in the outer bins.
BINS_OF_A_SIGMA, REACH = 2**14, 8
EDGES = np.arange(1, 2 * REACH * BINS_OF_A_SIGMA) / BINS_OF_A_SIGMA - REACH

TAILS = (3, 4, 5, 6)
#: Mean and variance of z^k for k = 1, 2, …: double factorials.
MOMENTS = [(0, 1), (1, 2), (0, 15), (3, 96), (0, 945), (15, 10170)]
#: Of the products with the number ``lag`` places on, all of mean 0 and uncorrelated: their variances.
PRODUCTS = {"z z'": 1, "z z'²": 2, "z² z'": 2, "z² z'²": 4}


class Layout(NamedTuple):
    """Where the numbers of a generator stand."""

    width: int  # numbers a draw: a lag of as many compares neighbouring draws
    lags: tuple  # what products are taken at
    pairs: (
        dict  # disjoint pairs: the first of the first ones, how many there are, the second's lag, the period
    )


LAYOUTS = {
    "philox": Layout(  # cosine, sine, cosine, sine
        100,
        (1, 2, 3, 4, 8, 100),
        {
            "of a pair": (0, 1, 1, 2),
            "across pairs": (1, 1, 1, 2),
            "cosines": (0, 1, 2, 4),
            "sines": (1, 1, 2, 4),
        },
    ),
    "lanes": Layout(  # sixteen cosines, one of each lane, then their sines
        4000,
        (1, 2, 8, 16, 32, 4000),
        {
            "of a pair": (0, 16, 16, 32),
            "across pairs": (16, 16, 16, 32),
            "cosines": (0, 16, 32, 64),
            "sines": (16, 16, 32, 64),
        },
    ),
}
WIDTH = LAYOUTS["lanes"].width
DRAWS_OF_A_CHUNK = CHUNK // WIDTH

# Cells of equal mass, and two beyond 3 sigma; the edges are edges of bins, so that the masses are exact.
CELL_EDGES = np.round(
    np.array([-3, *stats.norm.ppf(np.arange(1, 30) / 30), 3]) * BINS_OF_A_SIGMA
)  # in bins from 0
CELL_OF_BIN = np.searchsorted(
    CELL_EDGES, np.arange(2 * REACH * BINS_OF_A_SIGMA) - REACH * BINS_OF_A_SIGMA, side="right"
).astype(np.uint8)
CELL_MASS = np.diff(stats.norm.cdf(CELL_EDGES / BINS_OF_A_SIGMA), prepend=0, append=1)


class Sums(NamedTuple):
    """What the chunks add up to."""

    bins: np.ndarray  # (bins,) how many numbers in each
    powers: np.ndarray  # (6,) sums of z^k
    products: np.ndarray  # (lags, 4)
    grids: np.ndarray  # (kinds of pair, cells, cells)


@numba.njit(nogil=True)
def bin_numbers(z, bins, cell_of_bin, cells):
    last = bins.shape[0] - 1
    for i in range(z.shape[0]):
        place = min(max(int(np.floor((z[i] + REACH) * BINS_OF_A_SIGMA)), 0), last)
        bins[place] += 1
        cells[i] = cell_of_bin[place]


@numba.njit(nogil=True, fastmath={"reassoc", "contract"})
def add_powers(z, powers):
    one = two = three = four = five = six = 0.0
    for i in range(z.shape[0]):
        x = z[i]
        one += x
        two += x * x
        three += x * x * x
        four += x * x * x * x
        five += x * x * x * x * x
        six += x * x * x * x * x * x
    powers += np.array([one, two, three, four, five, six])


@numba.njit(nogil=True, fastmath={"reassoc", "contract"})
def add_products(z, lag, products):
    plain = first = second = squares = 0.0
    for i in range(z.shape[0] - lag):
        x, y = z[i], z[i + lag]
        plain += x * y
        first += x * (y * y - 1)
        second += (x * x - 1) * y
        squares += (x * x - 1) * (y * y - 1)
    products += np.array([plain, first, second, squares])


@numba.njit(nogil=True)
def add_pairs(cells, first, count, lag, period, grid):
    for start in range(first, cells.shape[0] - lag - count + 1, period):
        for i in range(start, start + count):
            grid[cells[i], cells[i + lag]] += 1


def sums_of(chunks, layout):
    sums = Sums(
        np.zeros(2 * REACH * BINS_OF_A_SIGMA, dtype=np.int64),
        np.zeros(len(MOMENTS)),
        np.zeros((len(layout.lags), len(PRODUCTS))),
        np.zeros((len(layout.pairs), len(CELL_MASS), len(CELL_MASS)), dtype=np.int64),
    )
    cells = np.empty(CHUNK, dtype=np.uint8)
    for chunk in chunks:
        z = chunk.astype(np.float64, copy=False).ravel()
        bin_numbers(z, sums.bins, CELL_OF_BIN, cells)
        add_powers(z, sums.powers)
        for lag, products in zip(layout.lags, sums.products, strict=True):
            add_products(z, lag, products)
        for pairs, grid in zip(layout.pairs.values(), sums.grids, strict=True):
            add_pairs(cells, *pairs, grid)
    return sums


def two_sided(score):
    return 2 * stats.norm.sf(abs(score))


def tail_p_value(found, count, mass):
    law = stats.binom(count, mass)
    return min(1, 2 * min(law.sf(found - 1), law.cdf(found)))


def p_values(sums, layout):
    """Of Kolmogorov-Smirnov, both tails, moments, products at small lags and grids of neighbours."""
    count = int(sums.bins.sum())
    below = np.cumsum(sums.bins)[:-1]
    distance = np.abs(below / count - stats.norm.cdf(EDGES)).max()
    found = {"ks": stats.kstwobign.sf(distance * np.sqrt(count))}
    for sigma in TAILS:
        edge = (REACH - sigma) * BINS_OF_A_SIGMA
        found[f"below -{sigma}"] = tail_p_value(sums.bins[:edge].sum(), count, stats.norm.sf(sigma))
        found[f"above {sigma}"] = tail_p_value(sums.bins[-edge:].sum(), count, stats.norm.sf(sigma))
    for power, (total, (mean, variance)) in enumerate(zip(sums.powers, MOMENTS, strict=True), start=1):
        found[f"moment {power}"] = two_sided((total - count * mean) / np.sqrt(count * variance))
    for (lag, row), (of_row, (name, variance)) in itertools.product(
        zip(layout.lags, sums.products, strict=True), enumerate(PRODUCTS.items())
    ):
        terms = count // CHUNK * (CHUNK - lag)
        found[f"{name} at {lag}"] = two_sided(row[of_row] / np.sqrt(terms * variance))
    masses = np.outer(CELL_MASS, CELL_MASS)
    for name, grid in zip(layout.pairs, sums.grids, strict=True):
        found[name] = stats.chisquare(grid, grid.sum() * masses, axis=None).pvalue
    return found


def normals(count, precision, generator="lanes", seed=1):
    noise = Noise("normal", LAYOUTS[generator].width, precision)
    draws = CHUNK // noise.width
    for first in range(0, count // noise.width, draws):
        yield noise.rows(seed, np.arange(first, first + draws))


def noticed(chunks, generator="lanes"):
    """The checks that raise the alarm."""
    layout = LAYOUTS[generator]
    found = p_values(sums_of(chunks, layout), layout)
    return {name for name, p_value in found.items() if p_value < ALARM / len(found)}


@pytest.mark.slow
@pytest.mark.parametrize("generator", LAYOUTS)
@pytest.mark.parametrize(("precision", "count"), [("float32", 10**8), ("float64", 2 * 10**7)])
def test_normals_are_independent_and_standard_normal(precision, count, generator):
    assert not noticed(normals(count, precision, generator), generator)


def test_lanes_of_a_row_and_rows_of_neighbours_are_uncorrelated():
    """Correlations of all pairs of lanes, step by step and a step apart, and with lanes of other rows.

    Of squares, too, which show dependence that plain products do not.
    """
    words = Noise("uniform", 1600)
    draws = np.arange(250, dtype=np.uint64)
    others = [words.draw(1, draws), words.draw(1, draws + 1), words.draw(1, draws, 1), words.draw(2, draws)]
    columns = np.concatenate([rows.reshape(-1, 16) for rows in others], axis=1).astype(np.float64)
    columns = np.concatenate([columns, np.roll(columns[:, :16], 1, axis=0)], axis=1)
    assert largest_correlation(columns) > ALARM
    assert largest_correlation(columns**2 - 1) > ALARM
    columns[:, 3] += 0.05 * columns[:, 40]  # negative control
    assert largest_correlation(columns) < ALARM


def largest_correlation(columns):
    """p-value of the largest correlation of any two columns."""
    found = np.corrcoef(columns, rowvar=False)[np.triu_indices(columns.shape[1], 1)]
    p_value = two_sided(np.abs(found).max() * np.sqrt(columns.shape[0]))
    return min(1, found.size * p_value)


def test_the_cells_and_bins_are_those_of_the_law():
    """The checks themselves, on numbers of another generator."""
    generator = np.random.default_rng(0)
    assert not noticed(generator.standard_normal(CHUNK) for _ in range(50))
    assert np.allclose(CELL_MASS[2:-2], 1 / 30, atol=3e-5)
    assert CELL_MASS.sum() == pytest.approx(1, abs=1e-12)


# ------------------------------------------------------------------- negative controls: wrong on purpose
def sums_of_twelve_uniforms():
    noise = Noise("uniform", 12 * WIDTH)
    for first in range(0, 2000, DRAWS_OF_A_CHUNK):
        rows = noise.rows(1, np.arange(first, first + DRAWS_OF_A_CHUNK))
        yield rows.reshape(-1, 12).sum(axis=1) / np.sqrt(12)


@numba.njit(nogil=True)
def box_muller_of_16_bits(words):
    z = np.empty(2 * words.shape[0])
    for i in range(words.shape[0]):
        radius = np.sqrt(-2 * np.log(((words[i] >> np.uint64(48)) + 1.0) / 2**16))
        angle = (words[i] & np.uint64(0xFFFFFFFF)) * (2 * np.pi / 2**32)
        z[2 * i], z[2 * i + 1] = radius * np.cos(angle), radius * np.sin(angle)
    return z


def radius_of_16_bits():
    """No number beyond sqrt(2 log 2^16) = 4.71."""
    noise = Noise("bits", WIDTH // 2)
    for first in range(0, 50_000, DRAWS_OF_A_CHUNK):
        yield box_muller_of_16_bits(noise.rows(1, np.arange(first, first + DRAWS_OF_A_CHUNK)).ravel())


def too_wide():
    for chunk in normals(10**8, "float32"):
        yield chunk * np.float32(1.0005)


def echoing():
    """Each number holds a thousandth of the one before."""
    for chunk in normals(10**8, "float32"):
        z = chunk.ravel()
        yield np.float32(np.sqrt(1 - 1e-6)) * z + np.float32(1e-3) * np.roll(z, 1)


def signed_by_a_neighbour():
    """In one pair of a hundred the second's sign says whether the first is beyond its median size.

    Every number is normal, and no two are correlated.
    """
    for chunk in normals(2 * 10**7, "float64"):
        z = chunk.reshape(-1, 2, 16)
        signs = np.where(np.abs(z[::100, 0]) < stats.norm.ppf(0.75), 1, -1)
        z[::100, 1] = signs * np.abs(z[::100, 1])
        yield z


def repeating():
    """A draw in fifty is the one before it again."""
    for chunk in normals(2 * 10**7, "float32"):
        chunk[1] = chunk[0]
        yield chunk


@pytest.mark.parametrize(
    ("wrong", "by", "not_by"),
    [
        (sums_of_twelve_uniforms, {"ks", "moment 4", "above 4", "below -4"}, {"moment 1", "moment 2"}),
        (radius_of_16_bits, {"above 5", "below -5"}, {"moment 1", "moment 3", "of a pair"}),
        (too_wide, {"moment 2"}, {"moment 1", "z z' at 1"}),
        (echoing, {"z z' at 1"}, {"ks", "moment 2", "z z' at 2"}),
        (signed_by_a_neighbour, {"of a pair"}, {"ks", "moment 2", "across pairs", "z z' at 16"}),
        (repeating, {f"z z' at {WIDTH}", f"z² z'² at {WIDTH}"}, {"ks", "moment 2", "of a pair"}),
    ],
    ids=lambda case: getattr(case, "__name__", ""),
)
def test_wrong_numbers_are_noticed(wrong, by, not_by):
    found = noticed(wrong())
    assert by <= found
    assert not found & not_by
