"""Sampling: engine, tally, parts and their sum, result, run, storage."""

from simplicity.sampling.engine import Engine
from simplicity.sampling.interruption import SamplingInterrupted
from simplicity.sampling.ranges import Range
from simplicity.sampling.result import Draw, Result
from simplicity.sampling.run import Run, sample
from simplicity.sampling.storage import StorageError, load
from simplicity.sampling.tally import Table, Tally

__all__ = [
    "Draw",
    "Engine",
    "Range",
    "Result",
    "Run",
    "SamplingInterrupted",
    "StorageError",
    "Table",
    "Tally",
    "load",
    "sample",
]
