"""Seeds of their own for the parts of an estimate, so that no two of them share random numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simplicity.random import checked_seed


def seed_of_function(seed: int, function: npt.NDArray[np.uint64]) -> int:
    """The seed of the runs of one function: errors of different functions are independent.

    Examples
    --------
    >>> one, other = (seed_of_function(0, np.array([word], dtype=np.uint64)) for word in (6, 9))
    >>> one != other
    True
    """
    entropy = [checked_seed(seed), *map(int, np.ravel(function))]
    return int(np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0])


def seed_of_trial(seed: int) -> int:
    """The seed of a trial tally: neither the user's, whose own tally may have it, nor a function's."""
    return int(np.random.SeedSequence(checked_seed(seed), spawn_key=(1,)).generate_state(1, np.uint64)[0])
