# Two commands do everything on a fresh Debian machine with Python 3.11 and Node 20:
#   make demo   build it, sign vouchers, serve wallet and till on this machine
#   make test   prove it
# Each target sets up what it needs, once, into .venv/ and web/node_modules/.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
ASSETS := site_builder/assets
WEB_SOURCES := cje/tokens.css $(shell find web -path web/node_modules -prune -o -type f \( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.mjs' \) -print 2>/dev/null)
JOBS ?= 2

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | column -t -s '|'

demo: .venv/.ready $(ASSETS)/.ready ## Try everything: prints three addresses, runs until Ctrl-C
	@$(BIN)/cje demo

# A change is judged in the same order each time; `make nightly` looks for tests that another order breaks.
SEED ?= 1
PYTEST = $(BIN)/pytest -n $(JOBS) --dist loadgroup
# The gate of coverage takes what processor time the rest leaves, and is waited for.
test: .venv/.ready $(ASSETS)/.ready system ## Prove it in 12 minutes: types, Python, TypeScript, one real browser
	@tools/peers.sh >/dev/null
	@nice -n 19 $(MAKE) --no-print-directory --silent coverage >/dev/null & gate=$$!; \
	trap 'kill $$gate 2>/dev/null || true' EXIT; \
	$(MAKE) --no-print-directory check-style; \
	(cd web && npm test --silent); \
	$(PYTEST) --randomly-seed=$(SEED) -m "not journey"; \
	wait $$gate || { echo "voucher/ or the decision has a branch that its own tests do not run: make coverage" >&2; exit 1; }

# ENDS_AT=<seconds of Unix time>: no test starts later, the dearest come last, and those that did not run are named.
ENDING = $(if $(ENDS_AT),--ends-at $(ENDS_AT) --no-loadscope-reorder)
journeys: .venv/.ready $(ASSETS)/.ready services ## What takes longer: services, Firefox, WebKit, a fuzzer; 15 minutes
	@nice -n 19 $(BIN)/python tests/fuzz/every_decoder.py --seconds 15 --at-once $(JOBS) & fuzzer=$$!; \
	trap 'kill $$fuzzer 2>/dev/null || true' EXIT; \
	$(PYTEST) --randomly-seed=$(SEED) -m journey $(ENDING); \
	wait $$fuzzer

check: .venv/.ready $(ASSETS)/.ready check-style ## Quick: format, lint, types, unit tests (no browser)
	cd web && npm test --silent
	$(BIN)/pytest -q -n $(JOBS) --dist loadgroup -m "not browser and not slow and not journey"

check-style: .venv/.ready web/node_modules/.ready
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	cd web && npx --no-install prettier --check --log-level warn . && npm run --silent types && npm run --silent lint

bench: .venv/.ready $(ASSETS)/.ready services ## Measure, side by side with peers, in one run
	CJE_CWT_PYTHON="$${CJE_CWT_PYTHON-$$(tools/peers.sh site)}" $(BIN)/python -m bench

mutants: .venv/.ready ## Change the reader one thing at a time: which change does no test notice?
	$(BIN)/python tests/mutation/hunt.py --at-once $(JOBS)

COVERED_BY := tests/voucher tests/verifier/test_decide.py tests/verifier/test_typed.py \
  tests/conformance/test_vectors.py \
  --ignore=tests/voucher/test_forgery.py -k 'not typescript and not generator'
coverage: .venv/.ready ## Every branch of voucher/ and of the decision is run by its own tests
	COVERAGE_FILE=.venv/coverage $(BIN)/python -m coverage run --rcfile=tests/coverage.ini \
	  -m pytest -q -p no:randomly -p no:cacheprovider $(COVERED_BY)
	COVERAGE_FILE=.venv/coverage $(BIN)/python -m coverage report --rcfile=tests/coverage.ini

FUZZ_SECONDS ?= 300
fuzz: .venv/.ready ## Fuzz each decoder for FUZZ_SECONDS (300), two at a time
	$(BIN)/python tests/fuzz/every_decoder.py --seconds $(FUZZ_SECONDS) --at-once $(JOBS)

soak: .venv/.ready $(ASSETS)/.ready ## Kill issuers at random times, 200 of them; then move the clock
	CJE_KILLS=200 $(BIN)/pytest -q -p no:randomly tests/issuer/test_crash.py
	tools/clocks.sh

clocks: .venv/.ready $(ASSETS)/.ready ## The tests with the clock a month back, at new year, 280 days on, on 29 February
	tools/clocks.sh

nightly: .venv/.ready $(ASSETS)/.ready services ## All tests with more random examples, other examples and orders each time
	CJE_NIGHTLY=1 $(PYTEST)

wheel: .venv/.ready $(ASSETS)/.ready ## Build dist/*.whl with the browser assets inside
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

pictures: .venv/.ready $(ASSETS)/.ready system ## Make the README's pictures again from the running product
	$(BIN)/python -m tools.pictures

lock: .venv/.ready ## Resolve and hash the Python requirements again
	$(BIN)/pip install --quiet pip-tools
	for extras in "core" "dev --extra site --extra issuer --extra hsm --extra postgresql --extra photo --extra reconcile --extra scale --extra brotli --extra dev"; do \
	  set -- $$extras; name=$$1; shift; \
	  $(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --no-header --allow-unsafe $$@ --output-file requirements/$$name.txt pyproject.toml; done

clean: ## Remove everything that was built or installed here
	rm -rf .venv .venv-peers web/node_modules $(ASSETS) dist build public .mypy_cache .ruff_cache .pytest_cache .hypothesis

system:
	@tools/system.sh

services:
	@tools/system.sh journeys

.venv/.ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@echo "Setting up Python in .venv/, once: about a minute…" >&2
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

web/node_modules/.ready: web/package-lock.json web/package.json
	@echo "Setting up web/node_modules/, once…" >&2
	cd web && npm ci --silent
	@touch $@

$(ASSETS)/.ready: web/node_modules/.ready $(WEB_SOURCES)
	cd web && npm run --silent build
	@touch $@

.PHONY: help demo test journeys check check-style bench mutants coverage fuzz soak clocks nightly wheel pictures lock clean system services
