"""Pages for readers: every link leads somewhere, and every figure of results/ is on the page of figures."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md"), *ROOT.glob("results/*/*.md")]
)


def links(page):
    """Files that a page links to, without those of the web."""
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    return [(page.parent / link.split("#")[0]).resolve() for link in found if "://" not in link]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page):
    assert [str(target) for target in links(page) if not target.exists()] == []


def test_every_figure_and_a_table_of_its_folder_are_on_the_page_of_figures():
    listed = set(links(ROOT / "docs" / "figures.md"))
    figures = set(ROOT.glob("results/*/*.png")) | set(ROOT.glob("docs/*.png"))
    assert len(figures) > 10 and figures <= listed
    for folder in {figure.parent for figure in figures}:
        tables = set(folder.glob("*.csv"))
        assert not tables or tables & listed
