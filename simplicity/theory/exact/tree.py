"""Random expression trees: the law of their branching process, by its fixed point."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from simplicity.compilation import kernel
from simplicity.functions import input_table, pack
from simplicity.maps import ExpressionTree
from simplicity.maps.gates import complemented, negated, tables
from simplicity.theory.exact.prior import ExactPrior

#: Functions of more inputs are too many for one array.
MOST_INPUTS = 4
# The transforms subtract: the wider type keeps more digits where the machine has it.
_FLOAT = np.longdouble
_ROUNDING = 64 * float(np.finfo(_FLOAT).eps)
_Law = npt.NDArray[np.floating]
_Conjunction = Callable[[_Law, _Law], _Law]
_AND, _XOR = 0b1000, 0b0110
_BLOCK = 256  # functions of three inputs


def tree_prior(tree: ExpressionTree) -> ExactPrior:
    """The exact prior of `simplicity.maps.ExpressionTree` of up to four inputs, any operators and leaves.

    A tree is a leaf or an operator on two independent trees, so its law pi solves

        pi = p leaves + (1 - p) mean over operators of law(operator(g, h)),   g, h independent of law pi

    (for And/Or trees: Chauvin, Flajolet, Gardy and Gittenberger, Combin. Probab. Comput. 13:475, 2004). The
    right side is iterated from the leaves and kept a law, where it contracts: first by transforms over the
    lattice of functions, 2^n 2^(2^n) steps an operator instead of 2^(2^(n+1)), whose rounding hides rare
    functions; then, from there, by sums of products without subtraction, in 3^(2^n) steps.

    Parameters
    ----------
    tree : ExpressionTree

    Returns
    -------
    ExactPrior
        In float64, relative errors about 1e-11, whatever the prior; exclusive ors, which are by transforms to
        the end, err by 1e-18 absolutely.

    Raises
    ------
    ValueError
        If it has more than four inputs.

    Examples
    --------
    >>> tree_prior(ExpressionTree(n_inputs=1)).to_pandas(())
      function     prior
    0       01  0.366025
    1       10  0.366025
    2       00  0.133975
    3       11  0.133975
    """
    if not isinstance(tree, ExpressionTree):
        raise ValueError(f"tree must be an ExpressionTree, got {tree!r}")
    if tree.n_inputs > MOST_INPUTS:
        raise ValueError(
            f"n_inputs must be {MOST_INPUTS} or less for the exact law of trees, got {tree.n_inputs}"
        )
    gates = tables(tree.operators).tolist()
    leaves, p = _leaves(tree.n_inputs), tree.leaf_probability
    law = _fixed_point(leaves.astype(_FLOAT), leaves.astype(_FLOAT), p, gates, _and_by_transforms, 1e-15)
    law = np.where(law > 1e-14, law, 0).astype(np.float64)  # what is there comes back, rounding does not
    law = _fixed_point(law, leaves, p, gates, _and_by_products, 1e-12)
    functions = np.arange(2**2**tree.n_inputs, dtype=np.uint64)[:, None]
    return ExactPrior.of_weights(tree.n_inputs, functions, law, f"{tree.label}, fixed point")


def _fixed_point(
    law: _Law, leaves: _Law, p: float, gates: list[int], conjunction: _Conjunction, precision: float
) -> _Law:
    """Iterate until no probability changes by more than a relative ``precision``, rounding aside."""
    slack = _ROUNDING if conjunction is _and_by_transforms else 0.0
    for _ in range(10_000):
        inner = _mean_gate_law(gates, law, conjunction)
        new = p * leaves + (1 - p) * np.maximum(inner, 0)
        new /= new.sum()
        settled = np.abs(new - law) <= precision * new + slack
        law = new
        if settled.all():
            return law
    raise ArithmeticError(f"the law of trees with leaves of probability {p} was not reached")


def _mean_gate_law(gates: list[int], law: _Law, conjunction: _Conjunction) -> _Law:
    """Law of a uniform gate of two independent functions. Where the law is its own mirror image, that of a
    gate's dual is the mirror image of the gate's."""
    own_image = bool((law == law[::-1]).all())
    laws: dict[int, _Law] = {}
    for gate in gates:
        dual = complemented(negated(gate, a=True, b=True))
        if gate not in laws:
            known = own_image and dual in laws
            laws[gate] = laws[dual][::-1] if known else _gate_law(gate, law, conjunction)
    return np.asarray(np.sum([laws[gate] for gate in gates], axis=0) / len(gates))


def _leaves(n_inputs: int) -> npt.NDArray[np.float64]:
    literals = pack(np.concatenate([input_table(n_inputs).T, 1 - input_table(n_inputs).T]))[:, 0]
    law = np.zeros(2**2**n_inputs)
    np.add.at(law, literals.astype(np.int64), 1 / (2 * n_inputs))
    return law


def _gate_law(gate: int, law: _Law, conjunction: _Conjunction) -> _Law:
    """Law of gate(g, h) for independent g and h; a function is its index, the complement its mirror image."""
    ones = gate.bit_count()
    if ones in (0, 4):
        constant = np.zeros_like(law)
        constant[-1 if ones else 0] = 1
        return constant
    if gate in (0b1100, 0b1010):  # a, b
        return law
    if gate in (0b0011, 0b0101):  # their negations
        return law[::-1]
    if gate == _XOR:
        law = law.astype(_FLOAT)
        found = _walsh(_walsh(law) ** 2) / len(law)
        return np.where(found > _ROUNDING, found, 0)
    if ones == 3 or gate == complemented(_XOR):
        return _gate_law(complemented(gate), law, conjunction)[::-1]
    sides = [(a, b) for a in (False, True) for b in (False, True) if negated(_AND, a=a, b=b) == gate]
    ((a, b),) = sides
    image = law[::-1]
    return conjunction(image if a else law, image if b else law)


def _and_by_transforms(first: _Law, second: _Law) -> _Law:
    """P(g and h above s) = P(g above s) P(h above s); inverted by Möbius."""
    return _above(_above(first) * _above(second), -1)


def _above(values: _Law, sign: int = 1) -> _Law:
    """Sums over all functions above each (1 wherever it is); with sign -1, the inverse."""
    found = values.copy()
    step = 1
    while step < len(found):
        pairs = found.reshape(-1, 2, step)
        pairs[:, 0] += sign * pairs[:, 1]
        step *= 2
    return found


def _walsh(values: _Law) -> _Law:
    found = values.copy()
    step = 1
    while step < len(found):
        pairs = found.reshape(-1, 2, step)
        low = pairs[:, 0].copy()
        pairs[:, 0] += pairs[:, 1]
        pairs[:, 1] = low - pairs[:, 1]
        step *= 2
    return found


def _and_by_products(first: _Law, second: _Law) -> _Law:
    """Law of g and h by its highest position: 1 from 1 and 1, 0 from the other three, all added up."""
    size = len(first)
    if size <= _BLOCK:
        found = np.empty(size)
        powers = 3 ** (size.bit_length() - 1)
        _and_block(np.ascontiguousarray(first), np.ascontiguousarray(second), np.empty((4, powers)), found)
        return found
    p0, p1 = np.split(first, 2)
    q0, q1 = np.split(second, 2)
    if first is second:
        low = _and_by_products(p0, p0 + 2 * p1)
        return np.concatenate([low, _and_by_products(p1, p1)])
    low = _and_by_products(p0, q0 + q1) + _and_by_products(p1, q0)
    return np.concatenate([low, _and_by_products(p1, q1)])


@kernel
def _and_block(first, second, workspace, out):
    """The same without recursion: 2^k entries become 3^k products, and those 2^k sums."""
    size = out.shape[0]
    a, b, next_a, next_b = workspace[0], workspace[1], workspace[2], workspace[3]
    for i in range(size):
        a[i] = first[i]
        b[i] = second[i]
    blocks, rest = 1, size
    while rest > 1:
        half = rest // 2
        for block in range(blocks):
            source, target = block * rest, 3 * block * half
            for i in range(half):
                p0, p1 = a[source + i], a[source + half + i]
                q0, q1 = b[source + i], b[source + half + i]
                next_a[target + i] = p0
                next_b[target + i] = q0 + q1
                next_a[target + half + i] = p1
                next_b[target + half + i] = q0
                next_a[target + 2 * half + i] = p1
                next_b[target + 2 * half + i] = q1
        a, b, next_a, next_b = next_a, next_b, a, b
        blocks *= 3
        rest = half
    for i in range(blocks):
        a[i] *= b[i]
    while rest < size:
        blocks //= 3
        for block in range(blocks):
            source, target = 3 * block * rest, 2 * block * rest
            for i in range(rest):
                b[target + i] = a[source + i] + a[source + rest + i]
                b[target + rest + i] = a[source + 2 * rest + i]
        a, b = b, a
        rest *= 2
    for i in range(size):
        out[i] = a[i]
