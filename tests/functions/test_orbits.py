"""Canonical forms against brute force, published counts of classes, and Burnside's lemma."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simplicity import functions
from simplicity.functions import canonical_forms, orbit_members
from tests import naive

KINDS = [
    dict(zip(("permutation", "complement", "negation"), kinds, strict=True))
    for kinds in itertools.product((False, True), repeat=3)
]
ALL = KINDS[-1]


def number_of_classes(n_inputs, permutation=False, complement=False, negation=False):
    """Burnside: the mean number of functions that a change leaves alone, over all changes."""
    inputs = functions.input_table(n_inputs).astype(int)
    places = 1 << np.arange(n_inputs)[::-1]
    orders = itertools.permutations(range(n_inputs)) if permutation else [range(n_inputs)]
    masks = range(2**n_inputs) if negation else [0]
    fixed = changes = 0
    for order, mask in itertools.product(list(orders), masks):
        image = (inputs[:, list(order)] @ places) ^ mask
        cycles, all_even, left = 0, True, set(range(2**n_inputs))
        while left:
            x, length = left.pop(), 1
            start = x
            while (x := int(image[x])) != start:
                left.remove(x)
                length += 1
            cycles += 1
            all_even &= length % 2 == 0
        fixed += 2**cycles
        changes += 1
        if complement:
            fixed += 2**cycles if all_even else 0
            changes += 1
    assert fixed % changes == 0
    return fixed // changes


@pytest.mark.parametrize(
    ("kinds", "classes"),
    [
        (KINDS[4], [4, 12, 80, 3984, 37333248]),
        (KINDS[6], [2, 6, 40, 1992, 18666624]),
        (KINDS[7], [2, 4, 14, 222, 616126]),
    ],
)
def test_burnside_gives_the_published_counts(kinds, classes):
    """GROUND_TRUTH §6, for n = 1 to 5: what the tests below count with."""
    assert [number_of_classes(n, **kinds) for n in range(1, 6)] == classes


@pytest.mark.parametrize("n_inputs", [1, 2, 3, 4])
@pytest.mark.parametrize("kinds", KINDS, ids=lambda kinds: "".join(k[0] for k in kinds if kinds[k]) or "none")
def test_all_functions_fall_into_as_many_classes_as_there_are(n_inputs, kinds):
    words = functions.from_integers(range(2**2**n_inputs), n_inputs)
    forms, sizes = canonical_forms(words, n_inputs, **kinds)
    found, class_of, members = np.unique(forms[:, 0], return_inverse=True, return_counts=True)
    assert len(found) == number_of_classes(n_inputs, **kinds)
    assert np.array_equal(members[class_of], sizes)
    assert np.isin(found, words[forms[:, 0] == words[:, 0], 0]).all()  # representatives represent themselves
    for change in (
        (functions.permute_inputs, [*range(1, n_inputs), 0]) * kinds["permutation"],
        (functions.negate_inputs, [0]) * kinds["negation"],
        (functions.complement,) * kinds["complement"],
    ):
        if change:
            assert np.array_equal(
                canonical_forms(change[0](words, n_inputs, *change[1:]), n_inputs, **kinds)[0], forms
            )


@pytest.mark.parametrize("kinds", [KINDS[6], ALL], ids=["pc", "pcn"])
def test_random_functions_of_five_inputs_against_brute_force(kinds):
    generator = np.random.default_rng(0)
    integers = [int(i) for i in generator.integers(0, 2**32, 3)] + [0x66666666, 0x17171717]
    words = functions.from_integers(integers, 5)
    forms, sizes = canonical_forms(words, 5, **kinds)
    strings = functions.to_strings(words, 5)
    for string, form, size in zip(strings, functions.to_strings(forms, 5), sizes.tolist(), strict=True):
        members = naive.orbit(string, 5, **kinds)
        assert len(members) == size
        assert form in members


def changed(words, n_inputs, kinds, generator):
    """The same functions after a random change of the kinds."""
    if kinds["permutation"]:
        words = functions.permute_inputs(words, n_inputs, generator.permutation(n_inputs).tolist())
    if kinds["negation"]:
        words = functions.negate_inputs(words, n_inputs, np.flatnonzero(generator.integers(0, 2, n_inputs)))
    if kinds["complement"] and generator.integers(2):
        words = functions.complement(words, n_inputs)
    return words


def group_order(n_inputs, permutation, complement, negation):
    return (math.factorial(n_inputs) if permutation else 1) << (complement + negation * n_inputs)


@given(st.integers(5, 12), st.integers(0, 2**32), st.sampled_from(KINDS), st.sampled_from([0.5, 0.1, 0.01]))
def test_members_of_one_orbit_have_one_form(n_inputs, seed, kinds, share):
    generator = np.random.default_rng(seed)
    words = functions.pack(generator.random((3, 2**n_inputs)) < share)
    forms, sizes = canonical_forms(words, n_inputs, **kinds)
    again, sizes_again = canonical_forms(changed(words, n_inputs, kinds, generator), n_inputs, **kinds)
    assert np.array_equal(forms, again)
    assert np.array_equal(sizes, sizes_again)
    assert np.array_equal(canonical_forms(forms, n_inputs, **kinds)[0], forms)
    assert all(group_order(n_inputs, **kinds) % size == 0 for size in sizes.tolist())


def hexads():
    """The Steiner system S(5, 6, 12): images of the squares mod 11 and infinity under PSL(2, 11)."""
    moves = (
        lambda p: p if p == 11 else (p + 1) % 11,
        lambda p: p if p == 11 else 3 * p % 11,
        lambda p: 0 if p == 11 else 11 if p == 0 else -pow(p, 9, 11) % 11,
    )
    found = fresh = {frozenset([11, 1, 3, 4, 5, 9])}
    while fresh:
        fresh = {frozenset(map(move, block)) for block in fresh for move in moves} - found
        found = found | fresh
    return found


def symmetric_functions(n_inputs):
    """Functions with large groups, with the known orders of their stabilisers: permutations; all changes."""
    x = functions.input_table(n_inputs).astype(int)
    total, factorial, n = x.sum(axis=1), math.factorial(n_inputs), n_inputs
    pairs = n // 2
    yield total % 2 == 1, factorial, factorial * 2**n
    yield total < 0, factorial, factorial * 2**n
    yield x[:, n // 2] == 1, math.factorial(n - 1), 2 * math.factorial(n - 1) * 2 ** (n - 1)
    if n % 2:
        yield total > n / 2, factorial, 2 * factorial  # majority is its own dual
    else:
        product = sum(x[:, 2 * i] * x[:, 2 * i + 1] for i in range(pairs))
        yield product % 2 == 1, math.factorial(pairs) * 2**pairs, math.factorial(pairs) * 2**pairs
        apart = np.prod([x[:, 2 * i] ^ x[:, 2 * i + 1] for i in range(pairs)], axis=0)
        symmetries = math.factorial(pairs) * 2**pairs
        yield apart == 1, symmetries, symmetries * 2**pairs
    cycle = sum(x[:, i] * x[:, (i + 1) % n] for i in range(n))
    yield cycle > 0, 2 * n, 2 * n
    yield x @ 2 ** np.arange(n) > 2**n // 3, None, None
    if n == 12:
        block = np.array([2**i for i in range(12)])
        yield np.isin(np.arange(4096), [block[list(h)].sum() for h in hexads()]), 95040, 2 * 95040


@pytest.mark.parametrize("n_inputs", [5, 6, 8, 12])
def test_functions_with_many_symmetries(n_inputs):
    """Forms agree for random members; sizes are those that the known groups give."""
    generator = np.random.default_rng(n_inputs)
    for table, permutations, changes in symmetric_functions(n_inputs):
        words = functions.pack(table[None])
        for kinds, known in ((KINDS[4], permutations), (ALL, changes)):
            members = np.concatenate([words] + [changed(words, n_inputs, kinds, generator) for _ in range(3)])
            forms, sizes = canonical_forms(members, n_inputs, **kinds)
            assert (forms == forms[0]).all()
            assert (sizes == sizes[0]).all()
            if known:
                assert int(sizes[0]) * known == group_order(n_inputs, **kinds)


def test_graphs_that_refinement_cannot_tell_apart():
    """Two triangles and a hexagon: graphs of six vertices, each with two neighbours."""
    x = functions.input_table(6).astype(int)
    triangles = sum(x[:, i] * x[:, j] for i, j in [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)])
    hexagon = sum(x[:, i] * x[:, (i + 1) % 6] for i in range(6))
    forms, sizes = canonical_forms(
        functions.pack([triangles % 2 == 1, hexagon % 2 == 1]), 6, permutation=True
    )
    assert not np.array_equal(*forms)
    assert sizes.tolist() == [10, 60]


def test_forms_do_not_depend_on_the_batch():
    words = functions.pack(np.random.default_rng(1).random((200, 128)) < 0.3)
    forms, sizes = canonical_forms(words, 7, **ALL)
    for i in range(0, 200, 17):
        form, size = canonical_forms(words[i], 7, **ALL)
        assert np.array_equal(form[0], forms[i])
        assert size[0] == sizes[i]


@pytest.mark.parametrize("kinds", KINDS[1:])
def test_members_are_all_and_only_those_of_the_orbit(kinds):
    words = functions.from_strings(["00010111", "01101001", "00000001", "00111100"])
    for word, size in zip(words, canonical_forms(words, 3, **kinds)[1], strict=True):
        members = orbit_members(word, 3, **kinds)
        expected = naive.orbit(functions.to_strings(word, 3)[0], 3, **kinds)
        assert len(members) == size
        assert set(functions.to_strings(members, 3)) == expected


def test_members_of_a_huge_orbit_or_of_two_are_refused():
    words = functions.pack(np.random.default_rng(2).random((2, 1024)) < 0.5)
    with pytest.raises(ValueError, match=r"the orbit has [\d,]+ members, more than 1,048,576"):
        orbit_members(words[0], 10, **ALL)
    with pytest.raises(ValueError, match="one function is wanted, got 2"):
        orbit_members(words, 10, complement=True)
    with pytest.raises(ValueError, match="words"):
        canonical_forms(words, 9, permutation=True)
