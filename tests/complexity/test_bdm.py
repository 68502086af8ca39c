"""Block decomposition: the formula on a table made up, and pybdm's own numbers where it is installed."""

import importlib.resources
import importlib.util
import math
import sys
import types

import numpy as np
import pytest

from simplicity import functions
from simplicity.complexity import MEASURES, bdm, block_decomposition
from tests.complexity.functions_of import random_words

is_installed = pytest.mark.skipif(
    importlib.util.find_spec("pybdm") is None, reason="pybdm is not installed: pip install simplicity[bdm]"
)


def made_up_complexities(length):
    """A table as the real one: whole, and the complement as complex."""
    numbers = np.arange(2**length)
    return 2.0 * length + np.minimum(numbers, 2**length - 1 - numbers) / 2**length


def by_definition(string):
    """12 symbols a block, the rest by itself; each different block once, and log2 of its number."""
    whole = len(string) // 12 * 12
    blocks = [string[start : start + 12] for start in range(0, whole, 12)]
    value = made_up_complexities(len(string) - whole)[int(string[whole:], 2)]
    for block in set(blocks):
        value += made_up_complexities(12)[int(block, 2)] + math.log2(blocks.count(block))
    return value


@pytest.mark.parametrize("n", range(1, 13))
def test_agrees_with_the_definition_on_a_table_made_up(n, monkeypatch):
    monkeypatch.setattr(bdm, "_block_complexities", made_up_complexities)
    words = random_words(n, 20)
    expected = [by_definition(string) for string in functions.to_strings(words, n)]
    np.testing.assert_allclose(block_decomposition(words, n), expected, rtol=1e-13)


def test_without_pybdm_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    bdm._block_complexities.cache_clear()
    for asked in (MEASURES["bdm"], block_decomposition):
        with pytest.raises(ImportError, match=r"'bdm' needs pybdm.*pip install simplicity\[bdm\]"):
            asked(random_words(4, 3), 4)


@is_installed
@pytest.mark.parametrize("n", range(1, 13))
def test_agrees_with_pybdm(n, monkeypatch):
    """Its own code, given the one function of pkg_resources that it needs."""
    stand_in = types.ModuleType("pkg_resources")
    stand_in.resource_stream = lambda package, name: (
        importlib.resources.files(package).joinpath(name).open("rb")
    )
    monkeypatch.setitem(sys.modules, "pkg_resources", stand_in)
    import pybdm

    reference = pybdm.BDM(ndim=1, partition=pybdm.PartitionRecursive, min_length=1)
    words = random_words(n, 20)
    expected = [reference.bdm(table.astype(int)) for table in functions.unpack(words, n)]
    np.testing.assert_allclose(block_decomposition(words, n), expected, rtol=1e-12)
