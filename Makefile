# Two commands do everything: `make run` and `make test`. `make help` lists the rest.

PYTHON ?= python3
PORT ?= 8501
ADDRESS ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin
ENV := PYTHONPATH=.

.PHONY: help run test quick test-slow search test-browsers check check-pythons format lock licences bench samples \
	messages screenshot clean

help: ## List the commands.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/.run: requirements.txt requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, but this is " + sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	sh scripts/install.sh $(BIN)/python requirements
	touch $@

$(BIN)/.compiled: $(BIN)/.run $(wildcard explorer/kernels/*.py)
	$(ENV) $(BIN)/python -m explorer.kernels
	touch $@

$(BIN)/.plotly: $(BIN)/.run scripts/get_plotly.py
	$(BIN)/python scripts/get_plotly.py
	touch $@

$(BIN)/.drawn: $(BIN)/.compiled $(BIN)/.plotly $(shell find explorer assets -name '*.py' -o -name '*.po' -o -name 'sample.*')
	-$(BIN)/python scripts/draw_first.py
	touch $@

$(BIN)/.dev: requirements-dev.txt requirements-dev.lock $(BIN)/.run
	sh scripts/install.sh $(BIN)/python requirements-dev
	touch $@

run: $(BIN)/.drawn ## Install what is missing and start the app.
	$(BIN)/python scripts/serve.py --server.address $(ADDRESS) --server.port $(PORT)

test: $(BIN)/.dev $(BIN)/.compiled $(BIN)/.plotly ## Run every test but the slow ones, or ONLY=models those of a room.
	sh scripts/get_postgresql.sh
	sh scripts/get_browser.sh $(BIN)/python
	sh scripts/test.sh $(BIN)/python $(ONLY)

quick: $(BIN)/.dev $(BIN)/.compiled $(BIN)/.plotly ## Say yes or no in two minutes: lint, import rules, a few tests of every room.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	sh scripts/get_browser.sh $(BIN)/python
	sh scripts/test.sh $(BIN)/python quick

test-slow: $(BIN)/.dev $(BIN)/.compiled $(BIN)/.plotly ## Run the tests that train for minutes.
	sh scripts/get_postgresql.sh
	sh scripts/get_browser.sh $(BIN)/python
	$(ENV) OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -m slow \
		--numprocesses 2 --no-loadscope-reorder tests/slow tests

search: $(BIN)/.dev ## Try the property tests with new examples.
	$(ENV) $(BIN)/python -m pytest -m "hypothesis and not slow and not browsers" --hypothesis-profile=search

# Newer versions of Playwright ask Debian's Firefox for what it cannot do yet.
build/browsers/.done: $(BIN)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --target build/browsers \
		"playwright==1.58.0" "selenium==4.51.0"
	touch $@

test-browsers: build/browsers/.done ## Run a dozen main tests in Firefox and WebKitGTK.
	sh scripts/get_browsers.sh
	PYTHONPATH=build/browsers:. $(BIN)/python -m pytest tests/browser/others

check: $(BIN)/.dev ## Formatting, lint and types.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check-pythons: ## `check` and `quick` under each newer Python that is found here.
	for python in python3.12 python3.13; do \
		if ! $$python --version >/dev/null 2>&1; then echo "$$python is not here"; continue; fi; \
		$(MAKE) check quick VENV=build/$$python PYTHON=$$python || exit 1; \
	done

format: $(BIN)/.dev ## Format the code and sort its imports.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

build/lock/.done:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check "pip-tools==7.6.2"
	touch $@

# With Python 3.11: what newer ones need no more does no harm there.
LOCK := build/lock/bin/pip-compile --quiet --generate-hashes --unsafe-package torch --strip-extras \
	--no-header --no-emit-find-links --no-emit-index-url --no-emit-trusted-host

lock: build/lock/.done ## Write the lock files: every package behind the pins, with its hashes.
	$(LOCK) --output-file requirements.lock requirements.txt
	$(LOCK) --constraint requirements.lock --output-file requirements-dev.lock requirements-dev.txt

licences: $(BIN)/.dev ## Write the table of licences.
	$(BIN)/python scripts/licences.py

bench: $(BIN)/.dev $(BIN)/.drawn build/keras/.done ## Measure what the README promises; TEXT=file adds the long text.
	sh scripts/get_browser.sh $(BIN)/python
	$(ENV) $(BIN)/python -m benchmarks $(TEXT)

build/keras/.done:
	$(PYTHON) -m venv build/keras
	build/keras/bin/python -m pip install --quiet --disable-pip-version-check tensorflow-cpu
	touch $@

samples: $(BIN)/.run ## Train the samples of a first visit anew.
	$(ENV) $(BIN)/python scripts/make_samples.py

messages: $(BIN)/.run ## Bring the translation catalogue up to date.
	$(ENV) $(BIN)/python scripts/messages.py

screenshot: $(BIN)/.dev ## Take the README's screenshot.
	sh scripts/get_browser.sh $(BIN)/python
	$(ENV) $(BIN)/python scripts/screenshot.py

clean: ## Remove what the commands above made.
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis
