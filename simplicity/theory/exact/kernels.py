"""Networks of infinite width: the kernel of a network, and the law of pairs of outputs.

The recursion itself is `simplicity.maps.infinite_width`, which the map `simplicity.maps.NNGP` needs too.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from simplicity.maps import MLP
from simplicity.maps.infinite_width import MEAN_PRODUCTS, MOST_TANH_STD, angles, infinite_width_kernel

__all__ = ["MEAN_PRODUCTS", "MOST_TANH_STD", "infinite_width_kernel", "kernel_of", "pair_probabilities"]

Floats = npt.NDArray[np.float64]


def kernel_of(network: MLP) -> Floats:
    """The kernel of a network's own depth, scales, activation and inputs, (2^n, 2^n) float64.

    Raises
    ------
    ValueError
        If its weights are not normal: the first layer's sums then are not.

    Examples
    --------
    >>> kernel_of(MLP(n_inputs=1, hidden_widths=(40,))).round(3)
    array([[1.5  , 1.534],
           [1.534, 2.   ]])
    """
    if not isinstance(network, MLP):
        raise ValueError(f"network must be an MLP, got {network!r}")
    if network.distribution != "normal":
        raise ValueError(
            f"distribution must be normal for the limit of infinite width, got {network.distribution!r}"
        )
    return infinite_width_kernel(
        network.n_inputs,
        len(network.hidden_widths),
        network.weight_std,
        network.bias_std,
        network.activation,
        network.inputs,
    )


def pair_probabilities(kernel: npt.ArrayLike) -> Floats:
    """P(f(x) ≠ f(y)) = arccos(rho) / pi of the signs of a Gaussian process, from its covariance.

    Sheppard, Phil. Trans. R. Soc. A 192:101, 1899. A logit without variance is 0, which is class 0: it
    differs from any other with probability 1/2, and never from another such.

    Parameters
    ----------
    kernel : (P, P) array

    Returns
    -------
    (P, P) float64

    Examples
    --------
    >>> pair_probabilities([[1, 0.5], [0.5, 1]]).round(3)
    array([[0.   , 0.333],
           [0.333, 0.   ]])
    """
    matrix = np.asarray(kernel, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"kernel must be a square matrix, got shape {matrix.shape}")
    variances = np.diag(matrix)
    shape = matrix.shape
    probabilities = (
        angles(np.broadcast_to(variances[:, None], shape), matrix, np.broadcast_to(variances, shape))
        / math.pi
    )
    np.fill_diagonal(probabilities, 0)
    probabilities[np.ix_(variances == 0, variances == 0)] = 0
    return probabilities
