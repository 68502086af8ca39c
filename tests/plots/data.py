"""Results that the plot tests share, and what can be read off axes."""

import functools

import numpy as np
from matplotlib.collections import PathCollection, QuadMesh

import simplicity

MAPS = {
    "perceptron": simplicity.maps.Perceptron(2),  # few functions, all resolved
    "mlp": simplicity.maps.MLP(5, (10,)),  # everything from constants to functions seen once
    "null": simplicity.maps.LookupTable(7),  # functions seen once only
}


@functools.cache
def sampled(name, n_samples=20_000, readouts=1):
    return simplicity.sample(MAPS[name], n_samples, seed=0, readouts=readouts)


def cut(result, rows):
    """The same number of samples with only some of the functions, all others undefined."""
    counts = result.counts[rows]
    return simplicity.Result(
        result.n_inputs,
        result.functions[rows],
        counts,
        result.sum_squares[rows],
        result.n_samples - int(counts.sum()),
        result.ranges,
        result.recipe,
    )


def marks_of(ax):
    return [marks for marks in ax.collections if isinstance(marks, PathCollection)]


def cells_of(ax):
    return [marks for marks in ax.collections if isinstance(marks, QuadMesh)]


def functions_drawn(ax):
    """How many functions the marks and cells of an axes stand for."""
    return int(sum(np.ma.sum(marks.get_array()) for marks in marks_of(ax) + cells_of(ax)))


def line_of(ax, label):
    (line,) = [line for line in ax.lines if line.get_label() == label]
    return line


def words_in(ax):
    """All that is written in an axes and its legend."""
    legend = ax.get_legend()
    texts = [text.get_text() for text in ax.texts]
    if legend is not None:
        texts += [legend.get_title().get_text(), *(text.get_text() for text in legend.get_texts())]
    return "\n".join(texts)


def bars_of(strip):
    """Middles and heights of the bars of a marginal."""
    return np.array([[bar.get_x() + bar.get_width() / 2, bar.get_height()] for bar in strip.patches]).T
