"""One process a target: two runs that write the same file must not both work."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover  Windows has no such locks: there nothing is locked
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a target, by a lock of the system's on a file beside it, which goes when its process does.

    Raises
    ------
    BlockingIOError
        If another process holds it.
    """
    if fcntl is None:
        yield
        return
    beside = path.with_name(f".{path.name}.lock")
    while True:
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise BlockingIOError(
                f"another process is at work on {path}; wait for it, stop it, or choose another file"
            ) from None
        if _is_still(descriptor, beside):
            break
        os.close(descriptor)  # whoever held it has removed the file meanwhile
    try:
        yield
    finally:
        beside.unlink(missing_ok=True)
        os.close(descriptor)


def _is_still(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
