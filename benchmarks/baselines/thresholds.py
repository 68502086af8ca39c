"""Random perceptrons and polynomial threshold functions: one matrix product of NumPy a batch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from benchmarks.baselines.networks import Bits, inputs_of, packed
from simplicity.maps import Perceptron, PolynomialThreshold


def perceptron(generator: np.random.Generator, neuron: Perceptron, batch: int) -> Bits:
    """``W @ X + b``."""
    weights = generator.standard_normal((batch, neuron.n_inputs), dtype=np.float32)
    weights *= np.float32(neuron.weight_std / neuron.n_inputs**0.5)
    logits = weights @ inputs_of(neuron.n_inputs).T
    biases = generator.standard_normal((batch, 1), dtype=np.float32)
    biases *= np.float32(neuron.bias_std)
    logits += biases
    return packed(logits)


def perceptron_one_product(generator: np.random.Generator, neuron: Perceptron, batch: int) -> Bits:
    """The bias as the weight of one more input, all scales in the inputs."""
    inputs = inputs_of(neuron.n_inputs) * np.float32(neuron.weight_std / neuron.n_inputs**0.5)
    bias = np.full((len(inputs), 1), neuron.bias_std, dtype=np.float32)
    scaled = np.concatenate([inputs, bias], axis=1)
    return packed(generator.standard_normal((batch, scaled.shape[1]), dtype=np.float32) @ scaled.T)


PERCEPTRONS = {"W @ X + b": perceptron, "[W b] @ X": perceptron_one_product}


def monomial_values(polynomial: PolynomialThreshold) -> npt.NDArray[np.float32]:
    """Products of {0, 1} inputs, (monomials, 2^n)."""
    inputs = inputs_of(polynomial.n_inputs)
    return np.stack([inputs[:, list(s)].prod(axis=1) for s in polynomial.monomials])


def polynomial(generator: np.random.Generator, values: npt.NDArray[np.float32], batch: int) -> Bits:
    """Random coefficients times :func:`monomial_values`."""
    return packed(generator.standard_normal((batch, len(values)), dtype=np.float32) @ values)
