"""Splitting of programs, which read endless tapes or bits: against laws that are known exactly."""

import numpy as np
import pytest
from scipy import stats

from simplicity.maps import BooleanCircuit, ExpressionTree
from simplicity.maps.evaluate import Evaluator
from simplicity.random import Noise, tape_part, tape_words
from simplicity.rare import TapeMoves, probability
from simplicity.theory.exact import circuit_prior, tree_prior
from tests import naive


def integers(pf_map, tapes):
    functions, undefined = Evaluator(pf_map).functions(tapes)
    assert not undefined.any()
    return functions[:, 0].astype(int)


def p_value(observed, law):
    """Of Pearson's chi-square against the exact law; all cells hold many draws here."""
    counts = np.bincount(observed, minlength=len(law))
    expected = law * counts.sum()
    assert expected.min() > 50
    return stats.chi2.sf(((counts - expected) ** 2 / expected).sum(), len(law) - 1)


@pytest.fixture(scope="module")
def tree():
    return ExpressionTree(n_inputs=2)


@pytest.fixture(scope="module")
def tree_law(tree):
    return tree_prior(tree).prior[np.argsort(tree_prior(tree).functions[:, 0])]


def test_a_tape_of_equal_draws_is_the_tape_of_that_draw():
    plain = Noise("bits", None).draw(9, [4])[0]
    longer = np.array([9, 4, 4, 4], dtype=np.uint64)
    mixed = np.array([9, 1, 4, 2], dtype=np.uint64)
    for address in np.random.default_rng(0).integers(2**64, size=100, dtype=np.uint64):
        assert tape_words(plain, address) == tape_words(longer, address)
        assert (tape_words(plain, address) == tape_words(mixed, address)) == (tape_part(mixed, address) == 1)
        assert tape_part(mixed, address) == naive.tape_part(3, int(address))


@pytest.mark.parametrize("parts", [1, 3, 64])
def test_tapes_of_several_draws_have_the_law_of_the_prior(tree, tree_law, parts):
    """100,000 tapes, P-value above 1e-4 (false alarms 3e-4 in all, fixed seed)."""
    tapes = TapeMoves(tree, parts).start(1, np.arange(100_000, dtype=np.uint64))
    assert p_value(integers(tree, tapes), tree_law) > 1e-4


@pytest.mark.parametrize(("parts", "step"), [(3, 0.01), (64, 0.01), (64, 0.3)])
def test_moves_keep_the_law_of_functions(tree, tree_law, parts, step):
    """After three moves of 100,000 tapes (as above); they move, and as often one way as the other."""
    moves = TapeMoves(tree, parts)
    draws = np.arange(100_000, dtype=np.uint64)
    tapes = moves.start(1, draws)
    for sweep in range(1, 4):
        before = integers(tree, tapes)
        tapes = moves.propose(tapes, step, 1, draws + np.uint64(sweep * 100_000))
    after = integers(tree, tapes)
    assert p_value(after, tree_law) > 1e-4
    there, back = (
        np.triu(np.histogram2d(before, after, 16)[0], 1),
        np.tril(np.histogram2d(before, after, 16)[0], -1).T,
    )
    seen = there + back > 20
    excess = ((there - back)[seen] ** 2 / (there + back)[seen]).sum()
    assert stats.chi2.sf(excess, seen.sum()) > 1e-4
    assert (before != after).mean() > 0.05


def test_moves_that_are_not_weighed_by_what_is_read_break_the_law(tree, tree_law):
    """Negative control: choosing among the parts read, without the refusals that make up for it."""
    moves = TapeMoves(tree, 64)
    draws = np.arange(100_000, dtype=np.uint64)
    tapes, generator = moves.start(1, draws), np.random.default_rng(0)
    for _ in range(3):
        is_read = Evaluator(tree).reads(tapes)
        chosen = (generator.random(is_read.shape) * is_read).argmax(axis=1)
        tapes[np.arange(len(tapes)), 1 + chosen] = generator.integers(2**64, size=len(tapes), dtype=np.uint64)
    assert p_value(integers(tree, tapes), tree_law) < 1e-10


def test_what_is_read_is_what_matters(tree):
    """Other draws where a function is not read change no function; a tree that is a leaf reads one part."""
    tapes = TapeMoves(tree, 16).start(2, np.arange(500, dtype=np.uint64))
    is_read = Evaluator(tree).reads(tapes)
    others = tapes.copy()
    others[:, 1:][~is_read] = np.random.default_rng(0).integers(2**64, size=(~is_read).sum(), dtype=np.uint64)
    assert (integers(tree, tapes) == integers(tree, others)).all()
    assert is_read[:, 0].all() and 0.4 < (is_read.sum(axis=1) == 1).mean() < 0.6


@pytest.mark.parametrize(("function", "log2_prior"), [("00001000", -8.47), ("00010110", -21.43)])
def test_splitting_of_trees_agrees_with_the_exact_law(function, log2_prior):
    """Within 4 standard errors (false alarms below 1e-3 in all, fixed seed)."""
    tree = ExpressionTree(n_inputs=3)
    assert probability(tree, function, method="exact").log2_prior == pytest.approx(log2_prior, abs=0.01)
    settings = {"particles": 300, "sweeps": 8, "target_error": 1.5, "budget_seconds": None}
    found = probability(tree, function, method="splitting", **settings)
    assert found.runs >= 8 and found.standard_error < 3
    assert abs(found.log2_prior - log2_prior) < 4 * found.standard_error


def test_splitting_of_circuits_agrees_with_the_exact_law():
    law = circuit_prior(3, 3)
    circuit, logs = BooleanCircuit(3, 3), np.log2(law.prior)
    for depth in (8, 12):
        row = int(np.abs(logs + depth).argmin())
        found = probability(
            circuit,
            law.functions[row],
            method="splitting",
            particles=400,
            target_error=1.0,
            budget_seconds=None,
        )
        assert found.runs >= 8 and found.standard_error < 1
        assert abs(found.log2_prior - logs[row]) < 4 * found.standard_error


def test_programs_that_are_not_reached_get_a_status_and_no_number():
    """A conjunction of literals is never a disjunction; parity of four is too deep for a few particles."""
    conjunctions = ExpressionTree(n_inputs=3, operators=("and",), leaf_probability=0.6)
    settings = {"particles": 20, "sweeps": 4, "budget_seconds": None, "lowest_log2": -40}
    never = probability(conjunctions, "x1 | x2", method="splitting", **settings)
    assert never.status == "not reached" and np.isnan(never.log2_prior) and np.isnan(never.interval.low)
    assert probability(conjunctions, "x1 | x2").log2_prior == -np.inf  # the exact law of three inputs
    deep = probability(ExpressionTree(n_inputs=4), "x1 ^ x2 ^ x3 ^ x4", method="splitting", **settings)
    assert deep.status in ("not reached", "extinct") and np.isnan(deep.log2_prior)


def test_maps_that_do_not_say_what_they_read_are_refused():
    with pytest.raises(ValueError, match="must read an endless tape"):
        TapeMoves(BooleanCircuit(3, 3))
