"""Memory for arrays that come and go, block after block of work.

Fresh memory costs the operating system a tenth of a second a gigabyte, on a virtual machine several times
that, and threads wait for each other there.
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
import numpy.typing as npt

_LINE = 64  # bytes of a cache line


class Space:
    """Memory for one array at a time, kept for the next one."""

    def __init__(self) -> None:
        self._octets = np.empty(0, dtype=np.uint8)

    def array(self, dtype: Any, *shape: int) -> npt.NDArray[Any]:
        """An array at the beginning of a cache line, of any content; all that came before are overwritten."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if self._octets.size < size:
            self._octets = np.empty(size + _LINE, dtype=np.uint8)
            self._octets = self._octets[-self._octets.ctypes.data % _LINE :]
        return self._octets[:size].view(dtype).reshape(shape)


class Spaces(threading.local):
    """Spaces by name, made when first asked for; every thread has its own.

    Examples
    --------
    >>> spaces = Spaces()
    >>> spaces["noise"] is spaces["noise"], spaces["noise"] is spaces["functions"]
    (True, False)
    """

    def __init__(self) -> None:
        self._by_name: dict[str, Space] = {}

    def __getitem__(self, name: str) -> Space:
        return self._by_name.setdefault(name, Space())
