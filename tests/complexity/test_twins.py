"""Every measure of the cube against its definition, and its symmetries."""

import numpy as np
import pytest

from simplicity import functions
from simplicity.complexity import MEASURES, anf_coefficients, bdd_nodes, measure, walsh_spectrum
from tests import naive
from tests.complexity.functions_of import every_function, random_words

TWINS = {
    name: getattr(naive, twin)
    for name, twin in {
        **{
            name: name
            for name in (
                "average_sensitivity",
                "max_sensitivity",
                "critical_sample_ratio",
                "fourier_degree",
                "fourier_l1",
                "fourier_mean_frequency",
                "anf_degree",
                "anf_monomials",
            )
        },
        "bdd_nodes": "bdd_nodes",
        "zlib": "zlib_size",
    }.items()
}
#: What leaves a value as it is, beyond permuting inputs: complementing the output, negating inputs.
INVARIANCES = {
    "entropy": {"complement", "negation", "permutation"},
    "average_sensitivity": {"complement", "negation", "permutation"},
    "max_sensitivity": {"complement", "negation", "permutation"},
    "critical_sample_ratio": {"complement", "negation", "permutation"},
    "fourier_degree": {"complement", "negation", "permutation"},
    "fourier_l1": {"complement", "negation", "permutation"},
    "fourier_mean_frequency": {"complement", "negation", "permutation"},
    "anf_degree": {"complement", "negation", "permutation"},
    "anf_monomials": {"permutation"},
    "bdd_nodes": {"complement", "negation", "permutation"},
    "lz76": {"complement"},
    "lz78": {"complement"},
}


def changed(change, words, n_inputs):
    generator = np.random.default_rng(n_inputs)
    if change == "complement":
        return functions.complement(words, n_inputs)
    if change == "negation":
        return functions.negate_inputs(words, n_inputs, np.flatnonzero(generator.random(n_inputs) < 0.6))
    return functions.permute_inputs(words, n_inputs, generator.permutation(n_inputs).tolist())


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize(
    ("n_inputs", "count"), [(1, 4), (2, 16), (3, 256), (4, 60), (5, 30), (6, 20), (7, 12), (8, 4)]
)
def test_fast_and_naive_agree(name, n_inputs, count):
    words = every_function(n_inputs) if n_inputs <= 3 else random_words(n_inputs, count)
    if name == "bdd_nodes" and n_inputs > 7:
        pytest.skip("the natural order from here on: test_bdd.py")
    expected = [TWINS[name](string, n_inputs) for string in functions.to_strings(words, n_inputs)]
    np.testing.assert_allclose(measure(name)(words, n_inputs), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", TWINS)
def test_fast_and_naive_agree_at_the_largest_size(name):
    words = random_words(12, 3)[1:]
    strings = functions.to_strings(words, 12)
    if name == "bdd_nodes":
        expected = [naive.bdd_size(string, 12, range(12)) for string in strings]
    else:
        expected = [TWINS[name](string, 12) for string in strings]
    np.testing.assert_allclose(measure(name)(words, 12), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("n_inputs", [1, 2, 3, 5, 7, 9])
def test_spectrum_and_normal_form_agree_with_their_twins(n_inputs):
    words = random_words(n_inputs, 5)
    strings = functions.to_strings(words, n_inputs)
    spectra = [naive.walsh_spectrum(string, n_inputs) for string in strings]
    assert walsh_spectrum(words, n_inputs).tolist() == spectra
    forms = functions.to_strings(anf_coefficients(words, n_inputs), n_inputs)
    assert forms == [naive.anf(string, n_inputs) for string in strings]


@pytest.mark.parametrize("name", INVARIANCES)
@pytest.mark.parametrize("n_inputs", [2, 4, 6, 7, 8])
def test_symmetries_that_leave_a_value_as_it_is(name, n_inputs):
    words = random_words(n_inputs, 100)
    if name == "bdd_nodes":
        words = words[:40]
    values = measure(name)(words, n_inputs)
    for change in INVARIANCES[name]:
        other = changed(change, words, n_inputs)
        if name == "bdd_nodes" and n_inputs > 7:
            of_either = [bdd_nodes(each, n_inputs, order="best") for each in (words, other)]
            assert np.array_equal(*of_either), change
        else:
            assert np.array_equal(values, measure(name)(other, n_inputs)), change


@pytest.mark.parametrize("name", INVARIANCES)
def test_the_other_symmetries_do_change_it(name):
    """Negative control: what is not listed as an invariance is none."""
    words = every_function(3)
    for change in {"complement", "negation", "permutation"} - INVARIANCES[name]:
        assert not np.array_equal(measure(name)(words, 3), measure(name)(changed(change, words, 3), 3))


def test_every_built_in_measure_has_a_twin_of_its_own():
    elsewhere = {"lz76", "lz78", "entropy", "bdm"}  # test_lz76.py, test_lz78.py, test_entropy.py, test_bdm.py
    mine = {name for name in MEASURES if measure(name).max_inputs == functions.MAX_INPUTS}
    assert mine - {"sop_terms"} == set(TWINS) | elsewhere
