"""Turns, ratios and limits, on a clock that only the tasks move."""

import pytest

from benchmarks.limits import KINDS, Limits, Work, least_seconds
from benchmarks.table import megabytes, seconds, significant, table
from benchmarks.timing import Effort, Task, compare, fastest, peak_bytes


class Clock:
    """Tasks that take given times and note who ran."""

    def __init__(self):
        self.now = 0.0
        self.ran = []

    def __call__(self):
        return self.now

    def task(self, name, durations, units=1):
        times = iter(durations)

        def call():
            self.now += next(times)
            self.ran.append(name)

        return Task(call, units)


def test_ratio_is_the_median_over_turns_and_the_beginner_changes():
    clock = Clock()
    # The first call warms up, the second finds how many calls fill a turn.
    ours = clock.task("a", [9, 9, 1, 1, 1, 1, 1], units=2)
    baseline = clock.task("b", [9, 3, 3, 90, 3, 3], units=1)
    found = compare(ours, baseline, Effort(repeats=5, slice_seconds=0.0, row_seconds=60.0), clock)
    assert found.ratio == 6  # three seconds a unit against half a second; the disturbed turn does not show
    assert (found.ours, found.baseline, found.quartiles) == (0.5, 3.0, (6.0, 6.0))
    assert "".join(clock.ran[3:]) == "abbaabbaab"


def test_slow_rows_take_fewer_turns():
    clock = Clock()
    tasks = [clock.task(name, [1.0] * 20) for name in "ab"]
    compare(*tasks, Effort(repeats=9, slice_seconds=0.0, row_seconds=0.0), clock)
    assert len(clock.ran) == 3 + 2 * 3


def test_the_fastest_variant_is_the_baseline():
    tasks = {str(n): Task(lambda n=n: sum(range(n)), 1) for n in (200_000, 20_000)}
    assert fastest(tasks, at_least=0.001) == "20000"


def test_a_variant_is_as_fast_as_in_its_best_turn(monkeypatch):
    """Whatever else the machine did in the others."""
    times = {"a": iter([9, 9, 2, 9, 9]), "b": iter([3, 3, 3, 3, 3])}
    tasks = {name: Task(lambda: None, 1) for name in times}
    names = {id(task): name for name, task in tasks.items()}
    monkeypatch.setattr("benchmarks.timing.calls_to_last", lambda task, at_least: 1)
    monkeypatch.setattr("benchmarks.timing.seconds_a_unit", lambda task, calls: next(times[names[id(task)]]))
    assert fastest(tasks, at_least=0.001) == "a"


def test_peak_of_memory():
    assert 10**6 <= peak_bytes(Task(lambda: bytearray(10**6), 1)) < 2 * 10**6


def test_least_time_adds_up_by_kind():
    limits = Limits(*[10.0] * len(Limits._fields))
    found = least_seconds(Work(multiply_adds=20, normals=5, words=45), limits)
    assert found == {"random numbers": pytest.approx(5), "arithmetic": pytest.approx(2)}
    assert list(found) == ["random numbers", "arithmetic"]
    assert Limits._fields == Work._fields == tuple(KINDS)


@pytest.mark.parametrize(
    ("number", "text"), [(1234.5, "1230"), (0.01234, "0.0123"), (73.21, "73.2"), (9.999, "10.0"), (1, "1.00")]
)
def test_significant_digits(number, text):
    assert significant(number) == text


def test_numbers_for_people():
    assert [seconds(x) for x in (4.74e-7, 3.6e-5, 0.25, 2)] == ["474 ns", "36.0 µs", "250 ms", "2.00 s"]
    assert megabytes(8.8e8) == "880 MB"
    assert table(("a", "long"), [("xyz", "1")]).splitlines()[2] == "| xyz | 1    |"
