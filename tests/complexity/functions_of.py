"""Functions that the tests of measures share."""

import numpy as np

from simplicity import functions


def every_function(n_inputs):
    return functions.from_integers(range(2**2**n_inputs), n_inputs)


def random_words(n_inputs, count, seed=0):
    """Every density, from constants to even, so that sparse functions come up, too."""
    generator = np.random.default_rng([n_inputs, seed])
    densities = generator.random((count, 1)) ** 3
    return functions.pack(generator.random((count, 2**n_inputs)) < densities)


def parity(n_inputs):
    return functions.pack(functions.input_table(n_inputs).sum(axis=1) % 2)


def conjunction(n_inputs):
    return functions.pack(functions.input_table(n_inputs).all(axis=1))


def majority(n_inputs):
    return functions.pack(2 * functions.input_table(n_inputs).sum(axis=1) > n_inputs)
