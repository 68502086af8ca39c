"""The contract tests of a complexity measure."""

from __future__ import annotations

import numpy as np

from simplicity.checks.check import Check
from simplicity.complexity import Measure
from simplicity.functions import from_integers


def check_measure(measure: Measure, n_inputs: int | None = None, seed: int = 0) -> list[Check]:
    """Run the contract tests on a complexity measure.

    Parameters
    ----------
    measure : Measure
        From :func:`simplicity.complexity.measure`.
    n_inputs : int, optional
        Default 4, or as many as the measure can be asked for.
    seed : int
        Of the random functions that the tests use.

    Returns
    -------
    list of Check

    Examples
    --------
    >>> from simplicity.complexity import measure
    >>> [check.passed for check in check_measure(measure("lz76"))]
    [True, True, True]
    """
    if n_inputs is None:
        n_inputs = min(4, measure.max_inputs)
    generator = np.random.Generator(np.random.PCG64(seed))
    integers = [0, 2 ** (2**n_inputs) - 1] + [
        int.from_bytes(generator.bytes(2**n_inputs // 8 or 1), "big") % 2 ** (2**n_inputs) for _ in range(200)
    ]
    words = from_integers(integers, n_inputs)
    before = words.copy()
    try:
        values = measure(words, n_inputs)
        again = measure(words, n_inputs)
        reverse = measure(words[::-1], n_inputs)[::-1]
        alone = np.concatenate([measure(words[row : row + 1], n_inputs) for row in range(len(words))])
    except Exception as error:
        return [Check("runs", False, f"{type(error).__name__}: {error}")]
    found = [
        Check(
            "runs",
            True,
            f"{len(words)} functions of {n_inputs} inputs, values {values.min():g} to {values.max():g}",
        )
    ]
    if not np.array_equal(words, before):
        found.append(Check("is pure", False, "it changed the functions that it was given"))
    else:
        same = np.array_equal(values, again)
        found.append(
            Check("is pure", same, "the same functions give the same values" if same else "two calls differ")
        )
    same = np.allclose(values, reverse, rtol=1e-12) and np.allclose(values, alone, rtol=1e-12)
    text = (
        "each function has its value alone and among others"
        if same
        else "a value depends on the other functions"
    )
    return [*found, Check("does not depend on the batch", same, text)]
