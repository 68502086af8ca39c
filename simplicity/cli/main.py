"""Entry point of ``simplicity``: parse, call, print; every error of the user's is one line and status 2."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from simplicity._version import __version__
from simplicity.cli import commands
from simplicity.cli.map_options import add_map_options, whole_number
from simplicity.complexity import MEASURES
from simplicity.functions import FormulaError
from simplicity.maps.locate import find_map
from simplicity.sampling import SamplingInterrupted

_A_FUNCTION = (
    "zeros and ones, 2^n of them, or hexadecimal digits after 0x, 2^n / 4 of them, or a formula such as "
    "'x1 ^ (x2 & ~x3)'"
)
_METHODS = {
    "exact": "the law of the map, where it is known",
    "count": "hits in the tally of --result",
    "splitting": "multilevel splitting, however small the prior",
    "conditional": "orthants of the last layer averaged over hidden layers, for wide networks",
    "nngp": "Gaussian orthants, for maps of infinite width",
    "expectation-propagation": "a quick screen without an error, for maps of infinite width",
    "auto": "exact, nngp, count (in --result or a short trial) or splitting: the first that will do",
}


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, and whose options are written out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "allow_abbrev": False})

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}\n")


def build_parser(argv: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser; where ``argv`` names a map, with that map's options."""
    parser = _Parser(
        prog="simplicity",
        description="The prior that a parameter-function map puts on Boolean functions, against complexity.",
    )
    parser.add_argument("--version", action="version", version=f"simplicity {__version__}")
    actions = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=text, description=text)

    maps = add("maps", "list the maps and their options")
    maps.add_argument("map", nargs="?", metavar="MAP", help="only this one")

    sampling = add("sample", "draw random parameters of a map and tally the functions")
    _add_map(sampling, argv)
    sampling.add_argument(
        "--samples", type=whole_number, required=True, metavar="N", help="functions to draw (1e6 will do)"
    )
    sampling.add_argument("--seed", type=whole_number, default=0, metavar="N", help="default 0")
    sampling.add_argument("--readouts", type=whole_number, default=1, metavar="R",
                          help="last layers for each draw of the hidden layers; default 1")  # fmt: skip
    sampling.add_argument(
        "--first-sample", type=whole_number, default=0, metavar="N", help="start of the range; default 0"
    )
    sampling.add_argument("--threads", type=whole_number, metavar="N", help="default: all processors")
    sampling.add_argument("-o", "--output", metavar="FILE", help="Parquet file; run again, it resumes")
    sampling.add_argument("--memory", metavar="SIZE", help="limit of the tally's memory, such as 500MB or "
                          "8GB: the rest goes to disk beside FILE; the program itself takes about 0.3 GB "
                          "more")  # fmt: skip
    sampling.add_argument("-q", "--quiet", action="store_true", help="no progress bar")

    plot = add("plot", "plot prior against complexity, a panel a file, or against rank")
    plot.add_argument("files", nargs="+", metavar="FILE", help="results of `simplicity sample`")
    plot.add_argument("-o", "--output", required=True, metavar="FIGURE", help="PNG, PDF or SVG")
    plot.add_argument("--measure", default="lz76", metavar="NAME",
                      help="complexity measure, or file.py:function; default lz76")  # fmt: skip
    plot.add_argument("--kind", choices=("prior", "rank"), default="prior",
                      help="prior against complexity, or against rank; default prior")  # fmt: skip
    plot.add_argument("--min-count", type=whole_number, default=1, metavar="N",
                      help="only functions that came up so often: no more of a file is read")  # fmt: skip

    show = add("show", "print the most probable functions of a file")
    show.add_argument("file", metavar="FILE", help="result of `simplicity sample`")
    show.add_argument("--top", type=whole_number, default=20, metavar="N", help="rows; default 20")
    show.add_argument(
        "--measure",
        action="append",
        metavar="NAME",
        help="complexity measure, or file.py:function, may be given again; default lz76",
    )
    show.add_argument("--by-orbit", action="store_true", help="classes of functions that the map's "
                      "symmetries make equally probable, with the prior of one; reads all of it")  # fmt: skip
    show.add_argument("--level", type=float, default=0.95, metavar="X", help="of the intervals; default 0.95")

    rare = add("probability", "estimate the prior of given functions, however small")
    _add_map(rare, argv)
    rare.add_argument("--function", action="append", required=True, metavar="F",
                      help=_A_FUNCTION + "; may be given again")  # fmt: skip
    rare.add_argument("--method", default="auto", metavar="NAME",
                      help="auto or one of the methods below; default auto")  # fmt: skip
    rare.formatter_class = argparse.RawDescriptionHelpFormatter
    rare.epilog = "methods:\n" + "\n".join(f"  {name:25}{text}" for name, text in _METHODS.items())
    rare.add_argument("--result", metavar="FILE", help="a tally of the map, to count in")
    rare.add_argument("--seed", type=whole_number, default=0, metavar="N", help="default 0")
    rare.add_argument("--target-error", type=float, default=0.3, metavar="BITS",
                      help="standard error of log2 P wanted; default 0.3")  # fmt: skip
    rare.add_argument("--budget-seconds", type=float, default=60.0, metavar="S",
                      help="for each function; default 60")  # fmt: skip
    rare.add_argument("--threads", type=whole_number, metavar="N", help="default: all processors")
    rare.add_argument("-q", "--quiet", action="store_true", help="no progress bar")

    merge = add("merge", "add up results of one map")
    merge.add_argument("files", nargs="+", metavar="FILE", help="results whose samples do not overlap")
    merge.add_argument("-o", "--output", required=True, metavar="FILE", help="Parquet file")

    complexity = add("complexity", "print the complexity of functions; upper bounds are marked ≤")
    complexity.add_argument("functions", nargs="+", metavar="FUNCTION", help=_A_FUNCTION)
    complexity.add_argument("--n-inputs", type=whole_number, metavar="N",
                            help="needed for formulas, which do not say of how many")  # fmt: skip
    complexity.add_argument(
        "--measure",
        action="append",
        metavar="NAME",
        help="may be given again, or file.py:function; default all that can be asked for so many inputs and "
        f"are installed, of {', '.join(MEASURES)}",
    )

    check = add("check", "run the contract tests on a map or a measure of your own")
    _add_map(check, argv, or_else="a complexity measure, or ")
    check.add_argument("--seed", type=whole_number, default=0, metavar="N", help="default 0")
    return parser


def _add_map(parser: argparse.ArgumentParser, argv: Sequence[str], or_else: str = "") -> None:
    parser.add_argument("map", metavar="MAP", help=f"comes first: {or_else}a name of `simplicity maps`, "
                        "file.py:function or module:function; `MAP --help` shows its options")  # fmt: skip
    command = parser.prog.split()[-1]
    if len(argv) > 1 and argv[0] == command and not argv[1].startswith("-"):
        maker = (
            find_map(argv[1]) if command in ("sample", "probability") else commands.map_or_measure(argv[1])
        )
        parser.set_defaults(maker=maker)
        if isinstance(maker, type):
            add_map_options(parser, maker)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit status."""
    argv = sys.argv[1:] if argv is None else list(argv)
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())  # so that module:function finds modules in this folder
    try:
        arguments = build_parser(argv).parse_args(argv)
        if arguments.command in ("sample", "check", "probability") and not hasattr(arguments, "maker"):
            raise ValueError(f"name the map first: simplicity {arguments.command} MAP [options]")
        return commands.COMMANDS[arguments.command](arguments)
    except SamplingInterrupted as interruption:
        kept = (
            "kept; the same command goes on from there"
            if arguments.output
            else "not kept: no --output was given"
        )
        print(f"simplicity: {interruption}, {kept}", file=sys.stderr)
        if interruption.in_memory:
            commands.report(interruption.result, saved=bool(arguments.output))
        return 130
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `simplicity show … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, TypeError, OSError, ImportError, MemoryError, argparse.ArgumentError) as error:
        text = error.summary if isinstance(error, FormulaError) else str(error)
        message = " ".join(text.split()) or type(error).__name__
        print(f"simplicity: error: {message}", file=sys.stderr)
        return 2
