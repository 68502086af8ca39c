"""A short tally that shows whether counting will do."""

from __future__ import annotations

import time

from simplicity.maps.base import ParameterFunctionMap
from simplicity.rare.counting import Counter
from simplicity.rare.repeats import Budget
from simplicity.rare.seeds import seed_of_trial
from simplicity.sampling import Result, sample
from simplicity.sampling.run import AllUndefined

_COMPILES = 256  # samples drawn, and drawn again, since their time says nothing
_STEPS = (256, 2_000, 20_000)  # each as long as it fits in the share, by the speed of the one before
_SHARE_OF_TRIAL = 0.1


class Trial:
    """A short tally of a map with a seed of its own, made when a function first asks for it."""

    def __init__(self, pf_map: ParameterFunctionMap, seed: int, budget: Budget) -> None:
        self.pf_map, self.seed, self.budget = pf_map, seed_of_trial(seed), budget
        self.samples = 0  #: drawn for it; those drawn again count once
        self.seconds = 0.0  #: that it took, compilation aside
        self._counter: Counter | None = None

    @property
    def most_samples(self) -> int:
        """Its share of the evaluations: none where it is too small to be of use."""
        evaluations = self.budget.evaluations
        share = _STEPS[-1] if evaluations is None else int(_SHARE_OF_TRIAL * evaluations)
        return min(share, _STEPS[-1]) if share >= _STEPS[0] else 0

    def counter(self) -> Counter | None:
        """Counts in it; None where the budget has no room for one, or every draw is undefined."""
        if not self.samples and self.most_samples:
            tally = self._sampled()
            self._counter = None if tally is None else Counter(self.pf_map, tally.with_map(self.pf_map))
        return self._counter

    def _sampled(self) -> Result | None:
        seconds, per_sample = self.budget.seconds, 0.0
        tally = self._sample(_COMPILES)
        for size in sorted({min(size, self.most_samples) for size in _STEPS}):
            if seconds is not None and size * per_sample > _SHARE_OF_TRIAL * seconds:
                break
            start = time.perf_counter()
            tally = self._sample(size)
            taken = time.perf_counter() - start
            self.seconds += taken
            per_sample = taken / size
        return tally

    def _sample(self, size: int) -> Result | None:
        self.samples = size
        try:
            return sample(self.pf_map, size, seed=self.seed, threads=self.budget.threads)
        except AllUndefined:
            return None
