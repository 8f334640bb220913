# Every command of the project. `make help` lists them; `make check` is what CI runs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := $(shell find src -name '*.rs' -o -name '*.csv' | sort) SPECIFICATION.md Cargo.toml Cargo.lock pyproject.toml
# Real files for the tests that read them; those tests say "not run: no data" where it is absent.
export SUFFICIENCY_REAL ?= $(abspath ../shared/data/real)

help: ## list these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: build ## build everything and run the Leeds sample; results go to out/
	$(BIN)/sufficiency demo --out out

test: build browser ## all tests but the long statistics
	cargo test --locked --quiet
	cargo test --locked --quiet --release --test core same_bytes
	$(BIN)/pytest -m "not statistics" -n 2

statistics: build ## the long statistical tests and the rolling-origin check
	cargo test --locked --quiet --test statistics -- --include-ignored --nocapture --test-threads 1
	SUFFICIENCY_LONG=1 $(BIN)/pytest -m statistics -s

notebooks: build ## run every notebook in a real kernel without network; executed copies go to out/notebooks
	rm -rf out/notebooks && mkdir -p out && cp -r notebooks out/notebooks
	IPYTHONDIR=$(abspath tests/ipython) PYTHONPATH=tests/notebooks $(BIN)/pytest -p local_kernels \
		--nbmake --overwrite --nbmake-timeout=120 --nbmake-kernel=python3 -n 2 out/notebooks
	$(BIN)/pytest tests/notebooks

docs: notebooks ## the reference, the concepts and the notebooks as pages in out/docs; nothing is fetched
	rm -rf out/docs
	$(BIN)/pdoc sufficiency '!sufficiency[.].*' sufficiency.plots '!sufficiency[.]plots[.].*' \
		--docformat numpy --no-search -o out/docs
	cd python && ../$(BIN)/python -m makers.pages ../out/docs

pair: $(VENV)/locked ## make each notebook and its text the same again; the newer one counts
	$(BIN)/jupytext --sync notebooks/*.py

validation: build ## the published back-test: docs/validation.md from official files
	cd python && ../$(BIN)/python -m makers.validation

bench: build instructions ## the library beside NumPy and Numba, and the benches of the core
	cd benches/python && $(abspath $(BIN))/python compare.py
	cargo bench --locked --bench core

check: format lint types stubs benchtest instructions test notebooks ## everything CI runs

build: $(VENV)/built ## the private environment and the compiled package

browser: $(VENV)/locked ## make sure of a browser for the tests of the report
	@$(BIN)/python tests/python/browser.py

format: $(VENV)/locked
	cargo fmt --check
	$(BIN)/ruff format --check python tests benches
	$(BIN)/ruff check python tests benches

lint:
	cargo clippy --locked --all-targets --quiet -- -D warnings
	cargo clippy --locked --all-targets --features python --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet

types: build
	$(BIN)/mypy

stubs: build
	$(BIN)/python -m mypy.stubtest sufficiency._core --ignore-missing-stub

benchtest: build
	cargo bench --locked --quiet -- --test
	cd benches/python && $(abspath $(BIN))/python compare.py --quick

# Counted, not timed: the same on a busy machine.
instructions: valgrind
	$(PYTHON) benches/instructions/check.py

baseline: valgrind ## renew the instruction counts of the kernels, in a commit that says why
	$(PYTHON) benches/instructions/check.py --update

valgrind:
	@command -v valgrind > /dev/null || { apt-get update -qq && apt-get install --yes --quiet valgrind > /dev/null; } \
		|| { echo "valgrind is needed to count instructions: install it with your system's packages" >&2; exit 1; }

tidy: $(VENV)/locked ## format everything
	cargo fmt
	$(BIN)/ruff check --fix --quiet python tests benches
	$(BIN)/ruff format --quiet python tests benches

schema: build ## write the JSON Schema of scenario files anew
	$(BIN)/python -c "import json, sufficiency as sf; print(json.dumps(sf.scenario_schema(), indent=2))" \
		> python/sufficiency/scenario.schema.json

lock: ## choose new versions of the Python packages
	$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet uv
	$(VENV)-lock/bin/uv pip compile --universal --no-header --no-annotate --quiet \
		--extra all --group dev --python-version 3.11 pyproject.toml -o requirements.lock
	rm -rf $(VENV)-lock

clean: ## remove what was built
	rm -rf $(VENV) target out

$(VENV)/locked: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade 'pip>=25.1' 'maturin>=1.9,<2'
	$(BIN)/pip install --quiet -r requirements.lock
	@touch $@

$(VENV)/built: $(VENV)/locked $(SOURCES)
	VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/maturin develop --release --locked
	@touch $@

.PHONY: help demo test browser statistics notebooks docs pair validation bench instructions baseline valgrind check build format lint \
	types stubs benchtest tidy schema lock clean
