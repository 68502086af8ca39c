"""Histograms over all functions of four inputs: the committed ones come out, and are what theory says."""

import json
import math
import zlib
from pathlib import Path

import numpy as np
import pytest

from simplicity.complexity import MEASURES
from tests.complexity.functions_of import every_function

RECORDS = json.loads(Path(__file__).with_name("histograms_n4.json").read_text())


@pytest.mark.parametrize("name", RECORDS)
def test_the_committed_histogram_comes_out(name):
    if obstacle := MEASURES[name].obstacle(4):
        pytest.skip(obstacle)
    if name == "zlib" and "ng" in zlib.ZLIB_RUNTIME_VERSION:
        pytest.skip("another library than zlib: other sizes")
    values = MEASURES[name](every_function(4), 4)
    if name == "bdm":
        values = np.round(values)  # of the hundreds of values of a table in floats, whole bits
    found, counts = np.unique(values, return_counts=True)
    texts = [f"{value:.12g}" for value in found]
    assert dict(zip(texts, counts.tolist(), strict=True)) == RECORDS[name]["histogram"]


@pytest.mark.parametrize("name", [name for name, each in MEASURES.items() if each.max_inputs >= 4])
def test_every_measure_has_a_histogram_and_says_how_it_was_checked(name):
    record = RECORDS[name]
    assert sum(record["histogram"].values()) == 2**16
    assert record["cross_checked"].strip()


def test_they_are_in_order_of_name():
    assert list(RECORDS) == sorted(RECORDS)


def test_those_that_theory_knows():
    histogram = {name: record["histogram"] for name, record in RECORDS.items()}
    assert list(histogram["anf_monomials"].values()) == [math.comb(16, k) for k in range(17)]
    at_most = np.cumsum(list(histogram["anf_degree"].values()))
    assert at_most.tolist() == [2, 2**5, 2**11, 2**15, 2**16]
    assert histogram["fourier_l1"]["4"] == 896 and histogram["fourier_l1"]["1"] == 32
    ones_or_zeros = [2 * math.comb(16, t) for t in range(8)] + [math.comb(16, 8)]
    assert list(histogram["entropy"].values()) == ones_or_zeros
    influences = {float(value): count for value, count in histogram["fourier_mean_frequency"].items()}
    fractions = {float(value): count for value, count in histogram["average_sensitivity"].items()}
    assert influences == {4 * value: count for value, count in fractions.items()}
    assert sum(value * count for value, count in fractions.items()) == 2**16 / 2
