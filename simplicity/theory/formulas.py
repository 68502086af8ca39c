"""What to call a function in a table: its name, a short formula, or its number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simplicity.functions import names, to_integers, unpack

_MOST_MONOMIALS = 6


def described(words: npt.NDArray[np.uint64], n_inputs: int) -> list[str]:
    """Name of each function; where it has none, its algebraic normal form if short, or hexadecimal.

    The normal form is the one polynomial modulo 2 that the function is, ``^`` between its monomials.

    Parameters
    ----------
    words : (F, words) uint64
    n_inputs : int

    Returns
    -------
    list of str

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> described(from_strings(["00000110", "11111111", "00011110"]), 3)
    ['x1 x2 ^ x1 x3', '1', 'x1 ^ x2 x3']
    """
    found = names(words, n_inputs)
    unnamed = [row for row, name in enumerate(found) if name is None]
    coefficients = _normal_form(unpack(words[unnamed], n_inputs))
    numbers = to_integers(words[unnamed], n_inputs)
    for row, coefficient, number in zip(unnamed, coefficients, numbers, strict=True):
        monomials = np.flatnonzero(coefficient)
        if len(monomials) <= _MOST_MONOMIALS:
            terms = sorted((_monomial(int(place), n_inputs) for place in monomials), key=_in_order)
            found[row] = " ^ ".join(terms)
        else:
            found[row] = f"0x{number:0{max(1, 2**n_inputs // 4)}x}"
    return [str(name) for name in found]


def _in_order(term: str) -> tuple[int, str]:
    return term.count("x"), term


def _normal_form(tables: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Coefficient of the product of the inputs that are 1 at each position: a Moebius transform modulo 2."""
    out = tables.copy()
    step = 1
    while step < tables.shape[1]:
        pairs = out.reshape(len(out), tables.shape[1] // (2 * step), 2, step)
        pairs[:, :, 1] ^= pairs[:, :, 0]
        step *= 2
    return out


def _monomial(place: int, n_inputs: int) -> str:
    inputs = [f"x{k + 1}" for k in range(n_inputs) if place >> (n_inputs - 1 - k) & 1]
    return " ".join(inputs) or "1"
