"""A function as people write it down: a truth table, a hexadecimal number or a formula."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from simplicity.functions.formula import parse
from simplicity.functions.packing import MAX_INPUTS, checked_n_inputs, checked_words, infer_n_inputs
from simplicity.functions.text import from_integers, from_strings


def n_inputs_of(specification: str) -> int:
    """Return the number of inputs that the length of a truth table says.

    Parameters
    ----------
    specification : str
        Two or more zeros and ones, or ``0x`` and hexadecimal digits, four positions each.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If that is no power of two in range, or the text is a formula: ``x1 ^ x2`` is a function of two inputs
        and of seven.

    Examples
    --------
    >>> n_inputs_of("0110"), n_inputs_of("0x6996")
    (2, 4)
    """
    text = specification.strip()
    if re.fullmatch("[01]{2,}", text):
        return infer_n_inputs(len(text))
    if text[:2] in ("0x", "0X"):
        digits = _hexadecimal_digits(text)
        if digits not in (2**n_inputs // 4 for n_inputs in range(2, MAX_INPUTS + 1)):
            raise ValueError(
                f"a function of n inputs has 2^n / 4 hexadecimal digits after 0x (1, 2, 4, … "
                f"{2**MAX_INPUTS // 4}), got {digits}: {_shown(text)}"
            )
        return infer_n_inputs(4 * digits)
    raise ValueError(
        f"{_shown(text)} is neither zeros and ones nor hexadecimal with 0x, and a formula does not say of "
        "how many inputs it is: give n_inputs, too"
    )


def as_function(specification: str | npt.ArrayLike, n_inputs: int) -> npt.NDArray[np.uint64]:
    """Return one packed function, however it is given.

    Parameters
    ----------
    specification : str or array_like of uint64, shape (words,)
        Two or more zeros and ones are a truth table, which has 2^n_inputs of them; ``0x`` and 2^n_inputs / 4
        digits (at least one) are the same in hexadecimal; all else is a formula (see
        `simplicity.functions.parse`), also a single ``0`` or ``1``: no truth table is that short. Packed
        words are checked and kept.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of uint64, shape (words,)
        The packed function.

    Raises
    ------
    ValueError
        If the length is not that of a function of `n_inputs` inputs, the text is no formula
        (`FormulaError`), or the words are not those of one function.

    Examples
    --------
    >>> [int(as_function(text, 2)[0]) for text in ("0110", "0x6", "x1 ^ x2", "1")]
    [6, 6, 6, 15]
    >>> as_function("011", 2)
    Traceback (most recent call last):
    ...
    ValueError: a truth table of 2 inputs has 4 zeros and ones, got 3: '011'
    """
    n_inputs = checked_n_inputs(n_inputs)
    if not isinstance(specification, str):
        if np.asarray(specification).dtype.kind not in "iub":
            raise ValueError(
                "a function must be text, such as '0110', '0x6' or 'x1 ^ x2', or packed words, "
                f"got {specification!r}"
            )
        words = checked_words(specification, n_inputs)
        if len(words) != 1:
            raise ValueError(f"one function was expected, got words of {len(words)}")
        return words[0]
    text = specification.strip()
    shown = _shown(text)
    if re.fullmatch("[01]{2,}", text):
        if len(text) != 2**n_inputs:
            raise ValueError(
                f"a truth table of {n_inputs} inputs has {2**n_inputs} zeros and ones, "
                f"got {len(text)}: {shown}"
            )
        return from_strings([text])[0]
    if text[:2] in ("0x", "0X"):
        digits = max(1, 2**n_inputs // 4)
        if (found := _hexadecimal_digits(text)) != digits:
            raise ValueError(
                f"a function of {n_inputs} inputs has 2^n / 4 hexadecimal digits after 0x ({digits}), "
                f"got {found}: {shown}"
            )
        return from_integers([int(text, 16)], n_inputs)[0]
    return parse(text, n_inputs)


def _hexadecimal_digits(text: str) -> int:
    """How many follow 0x."""
    if not re.fullmatch("0[xX][0-9a-fA-F]*", text):
        raise ValueError(f"only the digits 0 to 9 and a to f may follow 0x, got {_shown(text)}")
    return len(text) - 2


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
