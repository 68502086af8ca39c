"""Run all verifications, or those named; write results/verification/.

Usage: python -m verification [NAME …] [--minutes M] [--folder FOLDER] [--redraw]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import pandas as pd

from simplicity import plots
from verification import nngp, splitting

FOLDER = Path(__file__).parents[1] / "results" / "verification"
VERIFICATIONS = {"splitting": splitting.verify, "nngp": nngp.verify}
PICTURES = {"splitting": plots.splitting_verification, "nngp": plots.nngp_verification}


def draw(name: str, folder: Path) -> None:
    """The picture of a verification's table, as PNG and PDF."""
    figure = PICTURES[name](pd.read_csv(folder / f"{name}.csv"))
    for suffix in ("png", "pdf"):
        plots.save(figure, folder / f"{name}.{suffix}")


def main() -> int:
    """Run and report; status 1 if a claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(VERIFICATIONS)}; default all"
    )
    parser.add_argument("--minutes", type=float, default=20.0, help="of each; fewer functions where too slow")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--redraw", action="store_true", help="draw the tables in the folder, verify nothing")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - VERIFICATIONS.keys()
    if unknown:
        parser.error(f"no verification is called {', '.join(sorted(unknown))}")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in arguments.names or VERIFICATIONS:
        if arguments.redraw:
            draw(name, arguments.folder)
            continue
        start = time.perf_counter()
        claims = VERIFICATIONS[name](arguments.folder, 60 * arguments.minutes)
        lines = [f"# Verification of {name}", "", "| claim | measured | holds |", "|---|---|---|"]
        lines += [f"| {c.claim} | {c.measured} | {'yes' if c.holds else '**no**'} |" for c in claims]
        draw(name, arguments.folder)
        minutes = (time.perf_counter() - start) / 60
        lines += ["", f"Every row: [{name}.csv]({name}.csv). Took {minutes:.1f} minutes.", ""]
        lines += [f"![{name}]({name}.png)", ""]
        (arguments.folder / f"{name}.md").write_text("\n".join(lines))
        print("\n".join(lines))
        failed += sum(not c.holds for c in claims)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
