"""Slow, obviously right twins of the fast functions, in plain Python."""

from __future__ import annotations

import collections
import itertools
import math
import zlib

import numpy as np
from scipy import special

# functions: a truth table is a string of '0' and '1', position 0 first


def pack(string):
    """The words of a truth table: position x at bit x % 64 of word x // 64."""
    words = [0] * max(1, len(string) // 64)
    for x, character in enumerate(string):
        if character == "1":
            words[x // 64] += 2 ** (x % 64)
    return words


def unpack(words, n_inputs):
    return "".join(str(words[x // 64] // 2 ** (x % 64) % 2) for x in range(2**n_inputs))


def input_at(position, n_inputs):
    """The input at a position: its binary digits, input 1 the most significant."""
    return [int(digit) for digit in format(position, f"0{n_inputs}b")]


def position_of(bits):
    return int("".join(str(bit) for bit in bits), 2)


def permute_inputs(string, n_inputs, order):
    """g(x) = f(x[order[0]], x[order[1]], …)."""
    inputs = [input_at(x, n_inputs) for x in range(2**n_inputs)]
    return "".join(string[position_of([bits[k] for k in order])] for bits in inputs)


def negate_inputs(string, n_inputs, negated):
    inputs = [input_at(x, n_inputs) for x in range(2**n_inputs)]
    return "".join(
        string[position_of([1 - bit if k in negated else bit for k, bit in enumerate(bits)])]
        for bits in inputs
    )


# complexity


def lz76_history(string):
    """The exhaustive history: a word is extended while it occurs in the text before its last symbol."""
    history = []
    start = 0
    while start < len(string):
        end = start + 1
        while end < len(string) and string[start:end] in string[: end - 1]:
            end += 1
        history.append(string[start:end])
        start = end
    return history


def lz76_count_stopping_early(string):
    """Wrong on purpose: the widely copied scan that stops before the end of the string."""
    n = len(string) - 1  # the snippet's mistake: its n is one short
    count, start, earlier, run, longest = 1, 1, 0, 1, 1
    while True:
        if string[earlier + run - 1] == string[start + run - 1]:
            run += 1
            if start + run >= n - 1:
                return count + 1
        else:
            longest = max(longest, run)
            earlier += 1
            if earlier == start:
                count += 1
                start += longest
                if start + 1 > n:
                    return count
                earlier, longest = 0, 1
            run = 1


def k_lz(string):
    if len(set(string)) == 1:
        return math.log2(len(string))
    words = len(lz76_history(string)) + len(lz76_history(string[::-1]))
    return math.log2(len(string)) * words / 2


def lz78_phrases(string):
    """Cut off the shortest prefix that is no phrase yet, until the string ends."""
    phrases = set()
    phrase = ""
    for character in string:
        phrase += character
        if phrase not in phrases:
            phrases.add(phrase)
            phrase = ""
    return phrases


def entropy(string):
    fractions = [string.count(symbol) / len(string) for symbol in "01"]
    return -sum(p * math.log2(p) for p in fractions if p > 0)


# random numbers: the generator in Python's big integers, and the float64 Box-Muller transform


def philox4x32(counter, key):
    """Philox4x32-10 of Salmon et al. 2011: four words of 32 bits."""
    a, b, c, d = counter
    k0, k1 = key
    for _ in range(10):
        high_0, low_0 = divmod(0xD2511F53 * a, 2**32)
        high_1, low_1 = divmod(0xCD9E8D57 * c, 2**32)
        a, b, c, d = high_1 ^ b ^ k0, low_1, high_0 ^ d ^ k1, low_0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return a, b, c, d


def rotate_left(word, places):
    return word * 2**places % 2**32 + word // 2 ** (32 - places)


def xoshiro128(state):
    """Xoshiro128++ of Blackman and Vigna 2021: its words without end."""
    a, b, c, d = state
    while True:
        yield (rotate_left((a + d) % 2**32, 7) + a) % 2**32
        shifted = b * 2**9 % 2**32
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = rotate_left(d, 11)


def blocks(seed, draw, stream, count):
    """Block k has the counter (k, stream, low draw, high draw)."""
    key = seed % 2**32, seed // 2**32
    return [philox4x32((k, stream, draw % 2**32, draw // 2**32), key) for k in range(count)]


def lane_words(seed, draw, stream, count):
    """The first 32-bit words of a long row: a word of each of sixteen lanes, then the next of each."""
    lanes = [xoshiro128(state) for state in blocks(seed ^ int.from_bytes(b"laneseed"), draw, stream, 16)]
    return [next(lane) for _ in range(math.ceil(count / 16)) for lane in lanes][:count]


def noise_words(seed, draw, stream, count, size):
    """The first 32-bit words of a stream whose rows have ``size``."""
    if size >= 128:
        return lane_words(seed, draw, stream, count)
    return [word for block in blocks(seed, draw, stream, math.ceil(count / 4)) for word in block][:count]


def noise_numbers(kind, wide, seed, draw, stream, count, size=None):
    """Numbers of a row of ``size``: normal, uniform on ±sqrt 3, or 64 bits; wide uniform ones take 64 bits.

    A normal pair is made of two neighbouring words, or where a row is long of neighbouring words of a lane.
    """
    size = count if size is None else size
    if kind == "normal":
        apart = 16 if size >= 128 else 1
        words = noise_words(seed, draw, stream, (count // (2 * apart) + 1) * 2 * apart, size)
        numbers = [0] * len(words)
        for k in range(len(words)):
            if k // apart % 2 == 0:
                numbers[k], numbers[k + apart] = normal_pair(words[k], words[k + apart])
        return numbers[:count]
    if kind == "uniform" and not wide:
        return [uniform(word, 32) for word in noise_words(seed, draw, stream, count, size)]
    words = noise_words(seed, draw, stream, 2 * count, 2 * size)
    bits = [low + high * 2**32 for low, high in zip(words[::2], words[1::2], strict=True)]
    return bits if kind == "bits" else [uniform(word, 64) for word in bits]


def normal_pair(x, y):
    """Box-Muller in float64: 31 bits of radius, two bits of quadrant and 30 within it."""
    radius = math.sqrt(-2 * math.log((x // 2 + 0.5) / 2**31))
    within = (signed(y * 4 % 2**32, 32) + 0.5) / 2**32
    angle = (within - y // 2**30) * math.pi / 2
    return radius * math.cos(angle), radius * math.sin(angle)


def signed(word, bits):
    return word - 2**bits if word >= 2 ** (bits - 1) else word


def uniform(word, bits):
    return (signed(word, bits) + 0.5) / 2 ** (bits - 1) * math.sqrt(3)


def tape_words(seed, draw, address):
    """Two 64-bit words of the endless tape at an address."""
    key = seed % 2**32 ^ int.from_bytes(b"tape"), seed // 2**32 ^ int.from_bytes(b"word")
    a, b, c, d = philox4x32((address % 2**32, address // 2**32, draw % 2**32, draw // 2**32), key)
    return a + b * 2**32, c + d * 2**32


def tape_part(parts, address):
    """Which of a tape's draws an address is read from."""
    return address // 2**32 * parts // 2**32


def below(word, limit):
    return word * limit // 2**64


# maps: from the options and one row of noise to parameters, and from those to logits or truth tables

ACTIVATIONS = {
    "relu": lambda x: np.maximum(x, 0.0),
    "tanh": np.tanh,
    "linear": lambda x: x,
    "erf": special.erf,
    "sin": np.sin,
}


def input_vectors(n_inputs, coding):
    """All inputs in order, as 0 and 1 or as -1 and +1."""
    bits = [input_at(x, n_inputs) for x in range(2**n_inputs)]
    return np.array([[2 * bit - 1 if coding == "pm1" else bit for bit in row] for row in bits], dtype=float)


def perceptron(options, noise):
    """Weights first, then the bias."""
    n = options["n_inputs"]
    weights = [options["weight_std"] / math.sqrt(n) * z for z in noise[:n]]
    return {"weights": weights, "bias": options["bias_std"] * noise[n]}


def perceptron_logits(options, noise):
    theta = perceptron(options, noise)
    return [
        theta["bias"] + math.fsum(w * x for w, x in zip(theta["weights"], row, strict=True))
        for row in input_vectors(options["n_inputs"], options["inputs"]).tolist()
    ]


def mlp(options, noise):
    """The last layer first (weights, then bias), then the hidden ones, weights row by row, then biases."""
    widths = list(options["hidden_widths"])
    layers = list(zip([*widths, 1], [options["n_inputs"], *widths], strict=True))
    stream = iter(noise)
    theta = {}
    for number in [len(layers), *range(1, len(layers))]:
        units, fan_in = layers[number - 1]
        weights = [[next(stream) for _ in range(fan_in)] for _ in range(units)]
        biases = [next(stream) for _ in range(units)]
        theta[f"weights_{number}"] = options["weight_std"] / math.sqrt(fan_in) * np.array(weights)
        theta[f"biases_{number}"] = options["bias_std"] * np.array(biases)
    return theta


def mlp_logits(options, noise):
    theta = mlp(options, noise)
    depth = len(options["hidden_widths"])
    logits = []
    for values in input_vectors(options["n_inputs"], options["inputs"]):
        for layer in range(1, depth + 1):
            sums = theta[f"weights_{layer}"] @ values + theta[f"biases_{layer}"]
            values = ACTIVATIONS[options["activation"]](sums)
        logits.append((theta[f"weights_{depth + 1}"] @ values + theta[f"biases_{depth + 1}"])[0])
    return logits


def polynomial_threshold(options, noise):
    sets = [
        s for k in range(options["degree"] + 1) for s in itertools.combinations(range(options["n_inputs"]), k)
    ]
    return {"monomials": sets, "coefficients": [options["coefficient_std"] * z for z in noise[: len(sets)]]}


def polynomial_threshold_logits(options, noise):
    theta = polynomial_threshold(options, noise)
    coding = "pm1" if options["basis"] == "walsh" else "01"
    return [
        math.fsum(
            c * math.prod(row[i] for i in s)
            for c, s in zip(theta["coefficients"], theta["monomials"], strict=True)
        )
        for row in input_vectors(options["n_inputs"], coding).tolist()
    ]


def polynomial_curve(options, noise):
    return {"coefficients": [options["coefficient_std"] * z for z in noise[: options["degree"] + 1]]}


def polynomial_curve_logits(options, noise):
    """The three-term recurrences of the bases, at the points from -1 to 1."""
    coefficients = polynomial_curve(options, noise)["coefficients"]
    last = 2 ** options["n_inputs"] - 1
    logits = []
    for x in range(last + 1):
        t = (2 * x - last) / last
        values = [1.0, t]
        for k in range(1, len(coefficients)):
            values.append(
                {
                    "monomial": t * values[k],
                    "legendre": ((2 * k + 1) * t * values[k] - k * values[k - 1]) / (k + 1),
                    "chebyshev": 2 * t * values[k] - values[k - 1],
                }[options["basis"]]
            )
        logits.append(math.fsum(c * v for c, v in zip(coefficients, values, strict=False)))
    return logits


GATES = {
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "nand": lambda a, b: 1 - (a & b),
    "nor": lambda a, b: 1 - (a | b),
    "xnor": lambda a, b: 1 - (a ^ b),
    "a_and_not_b": lambda a, b: a & (1 - b),
    "not_a_and_b": lambda a, b: (1 - a) & b,
    "a_or_not_b": lambda a, b: a | (1 - b),
    "not_a_or_b": lambda a, b: (1 - a) | b,
    "a": lambda a, b: a,
    "b": lambda a, b: b,
    "not_a": lambda a, b: 1 - a,
    "not_b": lambda a, b: 1 - b,
    "zero": lambda a, b: 0,
    "one": lambda a, b: 1,
}


def circuit(options, noise):
    """(gate, first source, second source) of every gate; sources are the inputs, then earlier gates."""
    program = []
    for g, word in enumerate(noise):
        sources = options["n_inputs"] + g
        choice = below(word, len(options["gates"]) * sources**2)
        program.append(
            (options["gates"][choice // sources**2], choice // sources % sources, choice % sources)
        )
    return program


def run_circuit(n_inputs, program):
    """The truth table, as a string."""
    table = ""
    for x in range(2**n_inputs):
        values = input_at(x, n_inputs)
        for gate, first, second in program:
            values.append(GATES[gate](values[first], values[second]))
        table += str(values[-1])
    return table


def circuit_table(options, noise):
    return run_circuit(options["n_inputs"], circuit(options, noise))


def expression_tree_table(options, noise):
    """Every position evaluated alone, a right side only where the gate asks for it."""
    seed, draw = noise

    def mixed(z):
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
        return z ^ z >> 31

    def value(address, bits):
        leaf, choice = tape_words(seed, draw, address)
        if leaf < int(options["leaf_probability"] * 2**64):
            literal = below(choice, 2 * len(bits))
            return bits[literal // 2] ^ literal % 2
        gate = GATES[options["operators"][below(choice, len(options["operators"]))]]
        a = value(mixed((address + 0x9E3779B97F4A7C15) % 2**64), bits)
        if gate(a, 0) == gate(a, 1):
            return gate(a, 0)
        return gate(a, value(mixed((address + 0xD1B54A32D192ED03) % 2**64), bits))

    n_inputs = options["n_inputs"]
    return "".join(str(value(1, input_at(x, n_inputs))) for x in range(2**n_inputs))


def lookup_table(options, noise):
    return "".join(str(noise[x // 64] >> x % 64 & 1) for x in range(2 ** options["n_inputs"]))


def nngp(options, noise):
    """Draws of a Gaussian process: its covariance by the recursion, pair by pair, and its pivoted factor."""
    n_inputs, weight, bias = options["n_inputs"], options["weight_std"] ** 2, options["bias_std"] ** 2
    inputs = input_vectors(n_inputs, options["inputs"])

    def relu(a, b, c):
        if a * c == 0:
            return 0.0
        angle = math.acos(min(1.0, max(-1.0, b / math.sqrt(a * c))))
        return math.sqrt(a * c) / (2 * math.pi) * (math.sin(angle) + (math.pi - angle) * math.cos(angle))

    def erf(a, b, c):
        return 2 / math.pi * math.asin(2 * b / math.sqrt((1 + 2 * a) * (1 + 2 * c)))

    mean_product = {"relu": relu, "erf": erf}[options["activation"]]
    kernel = bias + weight * inputs @ inputs.T / n_inputs
    for _ in range(options["depth"]):
        variances = np.diag(kernel)
        kernel = np.array(
            [
                [bias + weight * mean_product(a, b, c) for b, c in zip(row, variances, strict=True)]
                for a, row in zip(variances, kernel, strict=True)
            ]
        )
    left, logits, size = kernel.copy(), np.zeros(len(kernel)), len(kernel)
    for z in noise:
        largest = np.diag(left).max()
        if largest <= 4 * size * np.finfo(float).eps * np.diag(kernel).max():
            break
        pivot = next(x for x in range(size) if left[x, x] >= largest * (1 - 1e-9))
        column = left[:, pivot] / math.sqrt(left[pivot, pivot])
        logits += z * column
        left -= np.outer(column, column)
        left[pivot], left[:, pivot] = 0, 0
    return {"logits": logits}


def nngp_logits(options, noise):
    return list(nngp(options, noise)["logits"])


LOGITS = {
    "nngp": nngp_logits,
    "perceptron": perceptron_logits,
    "mlp": mlp_logits,
    "polynomial-threshold": polynomial_threshold_logits,
    "polynomial-curve": polynomial_curve_logits,
}
TABLES = {
    "expression-tree": expression_tree_table,
    "boolean-circuit": circuit_table,
    "lookup-table": lookup_table,
}


# exact laws


def threshold_functions(n_inputs, largest, with_bias=True):
    """All linear threshold functions with whole weights up to ``largest`` and bias at half-odd numbers.

    Without bias the weights are taken so that no signed sum of some of them is 0 (no ties).
    """
    inputs = input_vectors(n_inputs, "01").astype(int)
    weights = np.array(list(itertools.product(range(-largest, largest + 1), repeat=n_inputs)))
    sums = weights @ inputs.T
    if not with_bias:
        signs = np.array([s for s in itertools.product((-1, 0, 1), repeat=n_inputs) if any(s)])
        sums = sums[(weights @ signs.T != 0).all(axis=1)]
        return {"".join("01"[bit] for bit in row) for row in np.unique(sums > 0, axis=0).astype(int)}
    found = set()
    reach = n_inputs * largest + 1
    for bias in np.arange(-reach, reach + 1) + 0.5:
        rows = np.unique(sums + bias > 0, axis=0).astype(int)
        found |= {"".join("01"[bit] for bit in row) for row in rows}
    return found


def tree_law(n_inputs, operators, leaf_probability):
    """Probability of every function, by its integer: the fixed point of the branching process.

    The plain iteration from a law (not from 0, where the critical process converges like 1/k) stays among
    laws, where it contracts.
    """
    size = 2**2**n_inputs
    length = 2**n_inputs
    tables = np.array([[f >> (length - 1 - x) & 1 for x in range(length)] for f in range(size)])
    powers = 2 ** np.arange(length)[::-1]
    leaves = np.zeros(size)
    for k in range(n_inputs):
        column = input_vectors(n_inputs, "01")[:, k].astype(int)
        for literal in (column, 1 - column):
            leaves[literal @ powers] += 1 / (2 * n_inputs)
    images = [
        sum(
            GATES[name](tables[:, None, x], tables[None, :, x]) * powers[x]
            + np.zeros((size, size), dtype=int)
            for x in range(length)
        ).ravel()
        for name in operators
    ]
    law = leaves
    for _ in range(2000):
        pairs = np.outer(law, law).ravel()
        inner = sum(np.bincount(image, pairs, size) for image in images) / len(operators)
        new = leaf_probability * leaves + (1 - leaf_probability) * inner
        new /= new.sum()
        if np.abs(new - law).max() < 1e-15:
            return new
        law = new
    raise ArithmeticError("the fixed point was not reached")


def circuit_law(n_inputs, n_gates, gates):
    """Probability of every function by its string: all programs one by one."""
    law = {}
    choices = [itertools.product(gates, range(n_inputs + g), range(n_inputs + g)) for g in range(n_gates)]
    programs = list(itertools.product(*choices))
    for program in programs:
        table = run_circuit(n_inputs, program)
        law[table] = law.get(table, 0) + 1 / len(programs)
    return law


def tally(strings, undefined, readouts):
    """{function: (count, sum over hidden draws of squared counts)} of samples in order."""
    counts, squares = collections.Counter(), collections.Counter()
    for start in range(0, len(strings), readouts):
        of_draw = collections.Counter(
            s for s, bad in zip(strings[start : start + readouts], undefined[start:], strict=False) if not bad
        )
        counts.update(of_draw)
        squares.update({s: c**2 for s, c in of_draw.items()})
    return {s: (counts[s], squares[s]) for s in counts}


# complexity measures by their definitions


def neighbours(position, n_inputs):
    return [position ^ 1 << bit for bit in range(n_inputs)]


def sensitivities(string, n_inputs):
    """At every input, how many of its neighbours have another output."""
    return [sum(string[x] != string[y] for y in neighbours(x, n_inputs)) for x in range(2**n_inputs)]


def average_sensitivity(string, n_inputs):
    return sum(sensitivities(string, n_inputs)) / (n_inputs * 2**n_inputs)


def max_sensitivity(string, n_inputs):
    return max(sensitivities(string, n_inputs))


def critical_sample_ratio(string, n_inputs):
    return sum(s > 0 for s in sensitivities(string, n_inputs)) / 2**n_inputs


def walsh_spectrum(string, n_inputs):
    """Sum over all x of ±1 output times the product of the ±1 inputs in S, for every S in order."""
    outputs = np.array([1 - 2 * int(symbol) for symbol in string])
    inputs = 1 - 2 * np.array([input_at(x, n_inputs) for x in range(2**n_inputs)])
    subsets = [[k for k, bit in enumerate(input_at(s, n_inputs)) if bit] for s in range(2**n_inputs)]
    return [int(outputs @ inputs[:, subset].prod(axis=1)) for subset in subsets]


def fourier_degree(string, n_inputs):
    spectrum = walsh_spectrum(string, n_inputs)
    return max(sum(input_at(s, n_inputs)) for s, value in enumerate(spectrum) if value)


def fourier_l1(string, n_inputs):
    return sum(abs(value / 2**n_inputs) for value in walsh_spectrum(string, n_inputs))


def fourier_mean_frequency(string, n_inputs):
    spectrum = walsh_spectrum(string, n_inputs)
    return sum(sum(input_at(s, n_inputs)) * (value / 2**n_inputs) ** 2 for s, value in enumerate(spectrum))


def anf(string, n_inputs):
    """The coefficient of the product of S: the sum mod 2 of f over all inputs whose ones lie in S."""
    digits = np.array([int(symbol) for symbol in string])
    positions = np.arange(2**n_inputs)
    return "".join(str(digits[positions & ~s == 0].sum() % 2) for s in range(2**n_inputs))


def anf_degree(string, n_inputs):
    products = [s for s, coefficient in enumerate(anf(string, n_inputs)) if coefficient == "1"]
    return max((sum(input_at(s, n_inputs)) for s in products), default=0)


def anf_monomials(string, n_inputs):
    return anf(string, n_inputs).count("1")


def bdd_size(string, n_inputs, order):
    """Nodes of the diagram that reads inputs in this order, made by sharing equal subdiagrams."""
    nodes = set()

    def made(table):
        """The subdiagram of a table whose inputs are in the order read: text for a terminal or node."""
        if len(table) == 1:
            return table
        low, high = made(table[: len(table) // 2]), made(table[len(table) // 2 :])
        if low == high:
            return low
        node = f"({len(table)}?{low}:{high})"
        nodes.add(node)
        return node

    made(permute_inputs(string, n_inputs, [list(order).index(k) for k in range(n_inputs)]))
    return len(nodes)


def bdd_nodes_of_all_orders(string, n_inputs):
    return min(bdd_size(string, n_inputs, order) for order in itertools.permutations(range(n_inputs)))


def bdd_nodes(string, n_inputs):
    """The best order from the top: a node reading k, the inputs in `above` fixed, is a subfunction with k."""

    def without(tables, k):
        """The two halves of every table (by the inputs left, in order) with input k fixed."""
        halves = set()
        for table, left in tables:
            place = 2 ** (len(left) - 1 - left.index(k))
            rest = tuple(other for other in left if other != k)
            for bit in (0, 1):
                half = "".join(table[x] for x in range(len(table)) if x // place % 2 == bit)
                halves.add((half, rest))
        return halves

    def depends(table, left, k):
        place = 2 ** (len(left) - 1 - left.index(k))
        return any(table[x] != table[x ^ place] for x in range(len(table)))

    subfunctions = {frozenset(): {(string, tuple(range(n_inputs)))}}
    fewest = {frozenset(): 0}
    for size in range(1, n_inputs + 1):
        for chosen in itertools.combinations(range(n_inputs), size):
            above = frozenset(chosen)
            subfunctions[above] = without(subfunctions[above - {chosen[0]}], chosen[0])
            fewest[above] = min(
                fewest[above - {k}]
                + sum(depends(table, left, k) for table, left in subfunctions[above - {k}])
                for k in chosen
            )
    return fewest[frozenset(range(n_inputs))]


def zlib_size(string, n_inputs):
    return len(zlib.compress(string.encode(), 9))


# minimal expressions: functions as integers int(string, 2), so that & and | act position by position


def literals(n_inputs):
    """x1, …, xn and their negations."""
    inputs = [
        [bits[k] for bits in map(lambda x: input_at(x, n_inputs), range(2**n_inputs))]
        for k in range(n_inputs)
    ]
    return [position_of(bits) for bits in inputs] + [
        position_of([1 - bit for bit in bits]) for bits in inputs
    ]


def formula_sizes(n_inputs):
    """Fewest AND/OR operators of each function: a formula of s is two whose sizes add up to s - 1."""
    sizes = dict.fromkeys([0, 2**2**n_inputs - 1, *literals(n_inputs)], 0)
    for size in itertools.count(1):
        if len(sizes) == 2**2**n_inputs:
            return sizes
        for (f, f_size), (g, g_size) in itertools.product(list(sizes.items()), repeat=2):
            if f_size + g_size + 1 == size:
                sizes.setdefault(f & g, size)
                sizes.setdefault(f | g, size)


def circuit_sizes(n_inputs):
    """Fewest two-input gates of each function: all sets of gates, breadth first, up to complements."""
    everywhere = 2**2**n_inputs - 1
    free = {min(f, f ^ everywhere) for f in [0, *literals(n_inputs)]}
    sizes = dict.fromkeys(free, 0)
    circuits = {frozenset(free)}
    for size in itertools.count(1):
        if len(sizes) == 2 ** (2**n_inputs - 1):
            return {f: size for g, size in sizes.items() for f in (g, g ^ everywhere)}
        larger = set()
        for circuit in circuits:
            for a, b in itertools.combinations(circuit, 2):
                not_a, not_b = a ^ everywhere, b ^ everywhere
                for made in (a & b, a & not_b, not_a & b, not_a & not_b, a ^ b):
                    gate = min(made, made ^ everywhere)
                    larger.add(circuit | {gate})
                    sizes.setdefault(gate, size)
        circuits = larger


def cubes(n_inputs):
    """The positions of every product of literals: an input is fixed to 0 or to 1, or free."""
    for fixed in itertools.product((0, 1, None), repeat=n_inputs):
        choices = [(0, 1) if bit is None else (bit,) for bit in fixed]
        yield frozenset(position_of(bits) for bits in itertools.product(*choices))


def prime_implicants(string):
    """The largest cubes within the ones."""
    ones = {x for x, character in enumerate(string) if character == "1"}
    implicants = [cube for cube in cubes(int(math.log2(len(string)))) if cube <= ones]
    return {cube for cube in implicants if not any(cube < other for other in implicants)}


def sop_terms(string):
    """Fewest cubes within the ones that cover them, by trying all choices."""
    ones = {x for x, character in enumerate(string) if character == "1"}
    implicants = [cube for cube in cubes(int(math.log2(len(string)))) if cube <= ones]
    return next(
        terms
        for terms in itertools.count()
        if any(set().union(*chosen) == ones for chosen in itertools.combinations(implicants, terms))
    )


def orbit(string, n_inputs, permutation=False, complement=False, negation=False):
    """All strings that permuting and negating inputs and negating the output make of one."""
    found = {string}
    if permutation:
        orders = list(itertools.permutations(range(n_inputs)))
        found = {permute_inputs(s, n_inputs, order) for s in found for order in orders}
    if negation:
        subsets = [s for k in range(n_inputs + 1) for s in itertools.combinations(range(n_inputs), k)]
        found = {negate_inputs(s, n_inputs, subset) for s in found for subset in subsets}
    if complement:
        found |= {"".join("10"[int(bit)] for bit in s) for s in found}
    return found


# Splitting by units: all parameters are kept as a row of noise, and every proposal is evaluated in full


def network_energy(network, function, row, offset=0.25):
    """Sum over wrong outputs of offset + |logit| / mean |logit|."""
    activations = {"relu": lambda s: np.maximum(s, 0), "tanh": np.tanh, "linear": lambda s: s}
    activations |= {"erf": special.erf, "sin": np.sin}
    parameters, depth = network.parameters(row), len(network.hidden_widths)
    logits = []
    for x in range(len(function)):
        units = np.array(input_at(x, network.n_inputs), dtype=float)
        units = 2 * units - 1 if network.inputs == "pm1" else units
        for layer in range(1, depth + 2):
            units = parameters[f"weights_{layer}"] @ units + parameters[f"biases_{layer}"]
            units = activations[network.activation](units) if layer <= depth else units
        logits.append(float(units[0]))
    wrong = [abs(z) for z, wanted in zip(logits, function, strict=True) if (z > 0) != (wanted == "1")]
    return sum(offset + z / np.mean(np.abs(logits)) for z in wrong)


def unit_sweep(network, function, row, fresh, level, steps):
    """Row, energy and accepted moves after one pass over all units, of which early layers move several."""

    def moved(z, noise, step):
        if network.distribution == "normal":
            return math.sqrt(1 - step**2) * z + step * noise
        z = z + step * noise
        while abs(z) > math.sqrt(3):
            z = math.copysign(2 * math.sqrt(3), z) - z
        return z

    widths = [network.n_inputs, *network.hidden_widths]
    last = len(widths) - 1
    moves, start = [], widths[-1] + 1
    for layer in range(1, len(widths)):
        fan_in, width = widths[layer - 1], widths[layer]
        biases = start + width * fan_in
        together = 1 if layer >= last - 1 else max(1, width // 4)
        for first in range(0, width, together):
            places = []
            for unit in range(first, min(first + together, width)):
                places += [start + unit * fan_in + k for k in range(fan_in)] + [biases + unit]
                places += [unit] if layer == last else []
            moves.append((places, steps[layer - 1]))
        start = biases + width
    moves.append(([widths[-1]], steps[last]))
    row, accepted = list(map(float, row)), 0
    energy = network_energy(network, function, row)
    for places, step in moves:
        proposal = list(row)
        for place in places:
            proposal[place] = moved(row[place], float(fresh[place]), step)
        there = network_energy(network, function, proposal)
        if there < level:
            row, energy, accepted = proposal, there, accepted + 1
    return row, energy, accepted


# Learning coefficients -------------------------------------------------------------------------------
def deep_linear_coefficient(widths, rank):
    """(lambda, m) of a deep linear network: every set of layers is tried against the theorem's conditions."""
    excess = [width - rank for width in widths]
    found = set()
    for size in range(2, len(widths) + 1):
        for inside in itertools.combinations(range(len(widths)), size):
            chosen = [excess[s] for s in inside]
            others = [excess[s] for s in range(len(widths)) if s not in inside]
            ell, total = size - 1, sum(chosen)
            below = all(max(chosen) < other and total < ell * other for other in others)
            if below and total >= ell * max(chosen):
                a = total - (-(-total // ell) - 1) * ell
                value = (-(rank**2) + rank * (widths[0] + widths[-1])) / 2 + a * (ell - a) / (4 * ell)
                value -= ell * (ell - 1) / 4 * (total / ell) ** 2
                value += sum(x * y for x, y in itertools.combinations(chosen, 2)) / 2
                found.add((value, a * (ell - a) + 1))
    (answer,) = found
    return answer
