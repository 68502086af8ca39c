"""Run all verifications, or those named; write results/verification/.

Usage: python -m verification [NAME …] [--minutes M] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from verification import nngp, splitting

FOLDER = Path(__file__).parents[1] / "results" / "verification"
VERIFICATIONS = {"splitting": splitting.verify, "nngp": nngp.verify}


def main() -> int:
    """Run and report; status 1 if a claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(VERIFICATIONS)}; default all"
    )
    parser.add_argument("--minutes", type=float, default=12.0, help="of each; fewer functions where too slow")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    unknown = set(arguments.names) - VERIFICATIONS.keys()
    if unknown:
        parser.error(f"no verification is called {', '.join(sorted(unknown))}")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in arguments.names or VERIFICATIONS:
        start = time.perf_counter()
        claims = VERIFICATIONS[name](arguments.folder, 60 * arguments.minutes)
        lines = [f"# Verification of {name}", "", "| claim | measured | holds |", "|---|---|---|"]
        lines += [f"| {c.claim} | {c.measured} | {'yes' if c.holds else '**no**'} |" for c in claims]
        minutes = (time.perf_counter() - start) / 60
        lines += ["", f"Every row: [{name}.csv]({name}.csv). Took {minutes:.1f} minutes.", ""]
        lines += [f"![{name}]({name}.png)", ""]
        (arguments.folder / f"{name}.md").write_text("\n".join(lines))
        print("\n".join(lines))
        failed += sum(not c.holds for c in claims)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
