"""Figures to files, the same bytes from the same figure."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from simplicity.plots.style import styled
from simplicity.sampling.storage import atomic_path

_UNDATED = {
    ".pdf": {"CreationDate": None, "ModDate": None},
    ".svg": {"Date": None},
    ".ps": {"CreationDate": None},
}


@styled
def save(figure: Figure, path: str | Path) -> None:
    """Write a figure for print: 300 dots an inch where it is pixels, text as text, no date.

    Parameters
    ----------
    figure : Figure
    path : str or Path
        Its ending says the format: ``.png``, ``.pdf``, ``.svg``, ….

    Raises
    ------
    ValueError
        If Matplotlib does not know the format.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import simplicity, tempfile
    >>> result = simplicity.sample(simplicity.maps.Perceptron(n_inputs=2), 1000, seed=0)
    >>> figure = simplicity.plots.compare([result])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     simplicity.plots.save(figure, f"{folder}/figure.png")
    >>> import matplotlib.pyplot as plt
    >>> plt.close(figure)
    """
    path = Path(path)
    kind = path.suffix.lower()
    if not kind:
        raise ValueError(f"a figure's name must end in .png, .pdf or .svg, got {str(path)!r}")
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format=kind[1:], metadata=_UNDATED.get(kind))
