# `make test` and `make figure` set up what they need and do one thing each.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: test figure lint clean

.venv/installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@

test: .venv/installed  ## all tests and doctests
	$(BIN)/python -m pytest

figure: .venv/installed  ## prior against complexity, one panel an architecture, in results/architectures/
	$(BIN)/python sims/architectures.py

lint: .venv/installed  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
