"""A plot leaves settings and open figures as they were; here, so do the tests."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


@pytest.fixture(autouse=True)
def settings_untouched(closed_figures):
    before = dict(matplotlib.rcParams)
    yield
    assert dict(matplotlib.rcParams) == before
