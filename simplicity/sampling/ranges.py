"""Ranges of samples, and when results of two of them add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from simplicity.sampling.result import Result

#: What of a recipe says which map it is.
IDENTITY = ("name", "options", "source", "version")


class Range(NamedTuple):
    """Samples ``first`` to ``stop`` - 1 of a seed, ``readouts`` a hidden draw."""

    seed: int
    first: int
    stop: int
    readouts: int

    @property
    def draws(self) -> tuple[int, int]:
        """First hidden draw, and the one after the last."""
        return self.first // self.readouts, -(-self.stop // self.readouts)


def check_mergeable(a: Result, b: Result) -> None:
    """Raise ValueError unless two results add up."""
    for one in (a, b):
        if one.is_truncated:
            raise ValueError(
                f"the result of {one.label!r} lists only {one.extent}: load the whole file to merge it"
            )
        if one.recipe["name"] is None:
            raise ValueError(
                f"results of the unnamed map {one.label!r} cannot be merged: nothing says what it was"
            )
    differing = [key for key in IDENTITY if a.recipe[key] != b.recipe[key]]
    if differing:
        what = {"source": "code", "version": "versions"}.get(differing[0], "maps")
        raise ValueError(
            f"results of different {what} cannot be merged: {a.label!r} and {b.label!r} differ in "
            f"{', '.join(differing)}"
        )
    if a.readouts != b.readouts:
        raise ValueError(
            f"results of {a.readouts} and of {b.readouts} readouts a hidden draw cannot be merged"
        )
    for x in a.ranges:
        for y in b.ranges:
            if x.seed == y.seed and x.draws[0] < y.draws[1] and y.draws[0] < x.draws[1]:
                raise ValueError(
                    f"the results share hidden draws of seed {x.seed} (samples {x.first} to {x.stop} and "
                    f"{y.first} to {y.stop}): merging would count them twice"
                )


def joined_ranges(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Ranges in order, neighbours joined."""
    joined: list[Range] = []
    for part in sorted(ranges):
        if joined and joined[-1].seed == part.seed and joined[-1].stop == part.first:
            joined[-1] = joined[-1]._replace(stop=part.stop)
        else:
            joined.append(part)
    return tuple(joined)
