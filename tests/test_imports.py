"""The order of the house: imports point up the list of DESIGN.md only, and importing stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import simplicity

PACKAGE = Path(simplicity.__file__).parent
LEVELS = [
    ["_version", "compilation", "spaces"],
    ["vectors"],
    ["simd"],
    ["philox", "xoshiro"],
    ["generators"],
    ["functions", "random"],
    ["statistics", "arguments"],
    ["richness"],
    ["complexity"],
    ["maps"],
    ["sampling"],
    ["checks"],
    ["theory"],
    ["rare"],
    ["slt"],
    ["plots"],
    ["cli", "__main__"],
]
LEVEL_OF = {part: level for level, parts in enumerate(LEVELS) for part in parts}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def part_of(path, package=PACKAGE):
    return path.relative_to(package).parts[0].removesuffix(".py")


def imported_parts(source):
    """Parts of the package that a file imports, anywhere in it; a bare `simplicity` counts as "__init__"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            parts = [f"{node.module}.{alias.name}" for alias in node.names]
            names = parts if node.module == "simplicity" else [node.module]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "simplicity":
                yield [*name.split("."), "__init__"][1]


def wrong_arrows(part, source):
    return [
        target
        for target in imported_parts(source)
        if target != part and not LEVEL_OF.get(target, len(LEVELS)) < LEVEL_OF[part]
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_up(path):
    part = part_of(path)
    assert part in LEVEL_OF
    wrong = wrong_arrows(part, path.read_text())
    if part == "cli" or part == "__main__":
        wrong = [target for target in wrong if target not in ("__init__", "cli")]
    assert wrong == []


@pytest.mark.parametrize(
    ("part", "source", "targets"),
    [
        ("maps", "from simplicity.sampling import sample", ["sampling"]),
        ("maps", "def f():\n    import simplicity.plots.rank", ["plots"]),
        ("sampling", "from simplicity import maps, cli", ["cli"]),
        ("functions", "import simplicity", ["__init__"]),
        ("complexity", "from simplicity.functions import pack\nimport numpy", []),
    ],
)
def test_an_arrow_the_other_way_is_noticed(part, source, targets):
    """Negative control."""
    assert wrong_arrows(part, source) == targets


def test_submodules_of_a_folder_do_not_import_each_other_in_a_circle():
    graph = {}
    for path in FILES:
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        graph[name] = {
            node.module.removeprefix("simplicity.")
            for node in ast.parse(
                path.read_text()
            ).body  # at the top of the file; later ones may close circles
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("simplicity.")
        }
    remaining = dict(graph)
    while free := [name for name, needs in remaining.items() if not needs & remaining.keys()]:
        for name in free:
            del remaining[name]
    assert remaining == {}


def test_importing_the_package_is_light():
    heavy = "matplotlib seaborn pandas pyarrow torch IPython hypothesis pytest".split()
    code = f"import sys, simplicity; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
    control = f"import sys, pandas; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", control], capture_output=True, text=True, check=True)
    assert "pandas" in done.stdout
