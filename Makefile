# `make test` and `make bench` do everything on a machine with Python and make; `make help` lists the rest.
# The environment .venv is made once, and again when pyproject.toml changes. PYTHON chooses what makes it.

PYTHON ?= python3
VENV ?= .venv
PEERS ?= .venv-peers
TF1 ?= .venv-tf1
# The first Python 3.7 that starts: pyenv puts a python3.7 on the path that may only say where the real one is.
PYTHON37 ?= $(shell for python in python3.7 $(HOME)/.pyenv/versions/3.7.*/bin/python; do \
  "$$python" -c '' 2>/dev/null && echo "$$python" && break; done)
WORKERS ?= auto
BIN := $(VENV)/bin
PIP := -m pip --disable-pip-version-check --quiet
TYPES := build/types
LAYERS := ops compiler session
CHECKED := $(LAYERS) sessile tests bench tools $(wildcard examples)

.DEFAULT_GOAL := help
.PHONY: help test test-portable test-numba test-all test-cluster test-stress bench bench-peers peers reference lint format format-check types docs hooks clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

# The path file puts this folder on the environment's path: a folder named `sessile`, such as a clone, in the folder that
# Python is started in would otherwise be taken for a package without a file, before the installed one.
$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) install --editable '.[test,bench]'
	$(BIN)/python -c "import os, site; open(os.path.join(site.getsitepackages()[0], 'sessile_clone.pth'), 'w').write(os.getcwd())"
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python $(PIP) install --editable '.[dev]'
	@touch $@

$(PEERS)/.installed: requirements-peers.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python $(PIP) install --requirement requirements-peers.txt
	@touch $@

# All cores share the tests; the slowest are listed at the end.
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --durations 10

test: $(VENV)/.installed ## run the tests and the examples in docstrings (ARGS for pytest)
	$(PYTEST) -m "not slow" $(ARGS)

test-portable: $(VENV)/.installed ## the tests with steps that run from Python, as where native ones cannot be
	SESSILE_NATIVE=0 $(PYTEST) -m "not slow" $(ARGS)

# What exercises kernels. NUMBA_TESTS=... takes a part of it.
NUMBA_TESTS ?= tests/compiler tests/mathlib tests/ops tests/session/functions

test-numba: $(VENV)/.installed ## the tests of compiler and operations, with numba as the compiler of kernels
	SESSILE_COMPILER=numba $(PYTEST) -m "not slow" $(NUMBA_TESTS) $(ARGS)

test-all: $(VENV)/.installed ## the same with the exhaustive tests that take minutes
	$(PYTEST) $(ARGS)

test-cluster: $(VENV)/.installed ## the tests of clusters, with real processes on Ray: training, kills of servers and workers
	$(BIN)/python $(PIP) install --editable '.[ray]'
	$(BIN)/python -m pytest -p no:xdist --durations 10 tests/cluster $(ARGS)

# Each resource that steps wait for is stressed for so many seconds.
STRESS_SECONDS ?= 30
test-stress: $(VENV)/.installed ## minutes of stress on queues, staging areas and barriers (STRESS_SECONDS for each)
	SESSILE_STRESS_SECONDS=$(STRESS_SECONDS) $(BIN)/python -m pytest -p no:xdist tests/queues/test_stress.py $(ARGS)

bench: $(VENV)/.installed ## time sessile beside NumPy, and beside the peers that are installed (ARGS, see --help)
	$(BIN)/python -m bench $(ARGS)
	$(if $(ARGS),,$(BIN)/python -m bench.cluster --rounds 60 --seconds 2)

bench-peers: $(VENV)/.installed $(PEERS)/.installed ## every workload, with every peer
	$(BIN)/python -m bench peers --peers-python $(PEERS)/bin/python $(ARGS)

peers: $(PEERS)/.installed $(TF1)/.installed ## install what is compared with: TensorFlow 2 and 1.15, JAX, torch (gigabytes)

# TensorFlow 1.15.5 itself, contrib included: it needs CPython 3.7 (PYTHON37 names one).
$(TF1)/.installed: requirements-tf1.txt
	@if [ -z "$(PYTHON37)" ]; then \
	  echo "TensorFlow 1.15.5 needs Python 3.7, and there is none here (PYTHON37=/path/to/python3.7): left out"; \
	else \
	  "$(PYTHON37)" -m venv $(TF1) && $(TF1)/bin/python $(PIP) install --requirement requirements-tf1.txt && touch $@; \
	fi

reference: $(PEERS)/.installed ## record what TensorFlow answers to tests/reference/cases (FAMILY for some of them)
	$(PEERS)/bin/python -m tests.reference.record $(FAMILY)

lint: $(VENV)/.installed-dev ## look for mistakes with ruff
	$(BIN)/ruff check $(CHECKED)

format: $(VENV)/.installed-dev ## rewrite the sources in one format
	$(BIN)/ruff format $(CHECKED)

format-check: $(VENV)/.installed-dev ## fail if `make format` would change something
	$(BIN)/ruff format --check $(CHECKED)

# mypy reads the layers where they are installed: as links in one folder that looks like the package.
types: $(VENV)/.installed-dev ## check the types with mypy --strict
	rm -rf $(TYPES)/sessile
	mkdir -p $(TYPES)/sessile
	ln -s $(abspath $(LAYERS)) $(abspath $(wildcard sessile/*)) $(TYPES)/sessile/
	cd $(TYPES) && $(abspath $(BIN))/mypy --config-file $(abspath pyproject.toml) --strict -p sessile

$(VENV)/.installed-docs: $(VENV)/.installed
	$(BIN)/python $(PIP) install --editable '.[docs]'
	@touch $@

docs: $(VENV)/.installed-docs ## build the site of documents in build/site; broken links and unreachable pages fail
	$(BIN)/python -m tools.site $(ARGS)

hooks: $(VENV)/.installed-dev ## check every commit before it is made
	$(BIN)/pre-commit install

clean: ## remove environments, caches and builds
	rm -rf $(VENV) $(PEERS) $(TF1) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
