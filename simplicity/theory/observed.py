"""What a result or an exact prior says of the functions on a list: reached or not, and with what prior."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from scipy import special

from simplicity.functions import ones, sort_keys
from simplicity.functions.orbits import canonical_forms
from simplicity.sampling import Result

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]


@runtime_checkable
class KnownPrior(Protocol):
    """A prior known without sampling error: all other functions have prior 0."""

    @property
    def n_inputs(self) -> int:
        """Number of inputs."""

    @property
    def functions(self) -> Words:
        """Packed functions, (F, words)."""

    @property
    def prior(self) -> Floats:
        """Their probabilities, (F,)."""

    @property
    def label(self) -> str:
        """The map in a few words."""


class Observed(NamedTuple):
    """What is known of each function of a list; arrays of one length.

    Parameters
    ----------
    orbit : (F,) int64
        Number of its orbit under the symmetries used: equal for functions of one orbit.
    orbit_size : (F,) float64
    log2_prior : (F,) float64
        log2 of its prior, -inf where it was not reached.
    log2_floor : (F,) float64
        log2 of the smallest prior that could have been seen: -inf for an exact prior.
    is_drawn : (F,) bool
        Whether the function itself came up, and not just its orbit.
    is_lonely : (F,) bool
        Whether its orbit came up by one hidden draw only, or may have.
    hits, most_squares : (F,) float64
        Samples of its orbit, and an upper bound of the sum of their squares over hidden draws, which is exact
        without readouts. NaN for an exact prior.
    log2_matched : (F,) float64
        log2 of P(T) / C(2^n, T): the prior of a map that has this map's law of the number T of ones, and no
        other preference. -inf where P(T) is 0, or no function of so many ones came up.
    """

    orbit: npt.NDArray[np.int64]
    orbit_size: Floats
    log2_prior: Floats
    log2_floor: Floats
    is_drawn: npt.NDArray[np.bool_]
    is_lonely: npt.NDArray[np.bool_]
    hits: Floats
    most_squares: Floats
    log2_matched: Floats


def check_source(source: Result | KnownPrior) -> None:
    """Raise ValueError unless the source can say of every function whether it came up."""
    if not isinstance(source, (Result, KnownPrior)):
        raise ValueError(f"a Result or an exact prior is wanted, got {type(source).__name__}")
    if len(source.functions) == 0:
        raise ValueError(f"{source.label!r} holds no functions: every function would be a blind spot")
    if isinstance(source, Result) and source.is_truncated:
        raise ValueError(
            f"the result of {source.label!r} lists only {source.extent}: a function that is not listed may "
            "have come up. Load the whole file"
        )


def observe(source: Result | KnownPrior, functions: Words, use_symmetries: bool = True) -> Observed:
    """Look a list of functions up in a result or an exact prior."""
    n_inputs = source.n_inputs
    keys_seen, keys = _keys(source.functions, n_inputs), _keys(functions, n_inputs)
    if not isinstance(source, Result):
        row = _rows(keys_seen, keys)
        prior = np.where(row >= 0, source.prior[row], 0.0)
        with np.errstate(divide="ignore"):
            log2_prior = np.log2(prior)
        size = np.ones(len(functions))
        unknown = np.full(len(functions), np.nan)
        return Observed(
            np.arange(len(functions)),
            size,
            log2_prior,
            np.full(len(functions), -np.inf),
            prior > 0,
            np.zeros(len(functions), bool),
            unknown,
            unknown,
            _matched(source.functions, source.prior, functions, n_inputs),
        )
    seen_of, orbit_of, size = keys_seen, keys, np.ones(len(functions))
    changes = dataclasses.asdict(source.symmetries) if use_symmetries else {}
    if any(changes.values()):
        seen_of = _keys(canonical_forms(source.functions, n_inputs, **changes)[0], n_inputs)
        forms, sizes = canonical_forms(functions, n_inputs, **changes)
        orbit_of, size = _keys(forms, n_inputs), sizes.astype(np.float64)
    listed, orbit = np.unique(orbit_of, return_inverse=True)
    place = _rows(listed, seen_of)
    on_list = place >= 0
    place, counts, squares = place[on_list], source.counts[on_list], source.sum_squares[on_list]
    hits = np.bincount(place, weights=counts, minlength=len(listed)).astype(np.float64)
    # With readouts, hits of two members may be those of one draw: then the orbit counts as lonely.
    has_company = (counts > source.readouts) | (squares < counts**2)
    in_company = np.bincount(place, weights=has_company, minlength=len(listed)) > 0
    lonely = (hits > 0) & (hits <= source.readouts) & ~in_company
    # The most that is possible: samples of all members met in the same hidden draws.
    roots = np.bincount(place, weights=np.sqrt(squares), minlength=len(listed))
    most_squares = hits if source.readouts == 1 else np.minimum(roots**2, hits * source.readouts)
    log2_floor = -np.log2(source.n_samples) - np.log2(size)
    with np.errstate(divide="ignore"):
        log2_prior = np.log2(hits[orbit]) + log2_floor
    return Observed(
        orbit.astype(np.int64),
        size,
        log2_prior,
        log2_floor,
        _rows(keys_seen[on_list], keys) >= 0,
        lonely[orbit],
        hits[orbit],
        most_squares[orbit],
        _matched(source.functions, source.prior, functions, n_inputs, changes.get("complement", False)),
    )


def _keys(words: Words, n_inputs: int) -> npt.NDArray[np.bytes_]:
    """One fixed-width byte string a function, in string order: equal if and only if the functions are."""
    big_endian = np.ascontiguousarray(sort_keys(words, n_inputs)).astype(">u8")
    return big_endian.view(f"S{8 * big_endian.shape[1]}").ravel()


def _rows(known: npt.NDArray[np.bytes_], wanted: npt.NDArray[np.bytes_]) -> npt.NDArray[np.int64]:
    """Row of each wanted key among known ones, -1 where it is not there."""
    if len(known) == 0:
        return np.full(len(wanted), -1)
    order = np.argsort(known, kind="stable")
    place = np.searchsorted(known, wanted, sorter=order)
    row = order[np.minimum(place, len(known) - 1)]
    return np.where(known[row] == wanted, row, -1)


def _matched(seen: Words, prior: Floats, functions: Words, n_inputs: int, is_even: bool = False) -> Floats:
    length = 2**n_inputs
    of_ones = np.bincount(ones(seen), weights=prior, minlength=length + 1).astype(np.float64)
    if is_even:  # a function and its complement are equally probable, and so T and 2^n - T
        of_ones = (of_ones + of_ones[::-1]) / 2
    t = np.arange(length + 1)
    log2_ways = (
        special.gammaln(length + 1) - special.gammaln(t + 1) - special.gammaln(length - t + 1)
    ) / np.log(2)
    with np.errstate(divide="ignore"):
        return np.asarray((np.log2(of_ones) - log2_ways)[ones(functions)])
