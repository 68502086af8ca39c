# Each target sets up what it needs and does one thing.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: test figure figures figures-rare verify bench bench-quick lint clean

.venv/installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@

test: .venv/installed  ## all tests and doctests
	$(BIN)/python -m pytest

figure: .venv/installed  ## prior against complexity, one panel an architecture, in results/architectures/
	$(BIN)/python sims/architectures.py

figures: .venv/installed  ## figures and tables of sampled priors, in results/
	set -e; for sim in architectures orbits unseen_mass measures blind_spots learning_curves; \
		do echo "$$sim"; $(BIN)/python sims/$$sim.py; done

figures-rare: .venv/installed  ## those of priors too small to sample
	set -e; for sim in nngp_vs_finite prior_and_lambda whole_plane; \
		do echo "$$sim"; $(BIN)/python sims/$$sim.py; done

verify: .venv/installed  ## slow checks of rare-event estimates: results/verification/ (under half an hour)
	$(BIN)/python -m verification

bench: .venv/installed  ## timings against NumPy and others: benchmarks/RESULTS.md (about twelve minutes)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.scaling

bench-quick: .venv/installed  ## fails where a ratio is below half of the committed one (about a minute)
	$(BIN)/python -m benchmarks --quick

lint: .venv/installed  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
