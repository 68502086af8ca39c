"""Which machine, with what on it, and how busy it is."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path

from simplicity._version import __version__


def processor() -> str:
    """The processor's name as the operating system gives it."""
    description = Path("/proc/cpuinfo")
    if description.exists():
        for line in description.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load() -> float:
    """Programs that wanted a processor during the last minute, on average; NaN where nobody counts."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def versions() -> dict[str, str]:
    """Of Python, this package, and what the timings rest on."""
    found = {"Python": platform.python_version(), "simplicity": __version__}
    for name in ("numba", "llvmlite", "numpy", "torch"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


def description() -> dict[str, str]:
    """What the figures were measured on, in words."""
    return {
        "Processor": processor(),
        "Processors usable": str(processors()),
        "System": f"{platform.system()} {platform.machine()}",
        "Versions": ", ".join(f"{name} {version}" for name, version in versions().items()),
    }
