# Two commands do everything: `make run` and `make test`. `make help` lists the rest.

PYTHON ?= python3
PORT ?= 8501
ADDRESS ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin
ENV := PYTHONPATH=.

.PHONY: help run test quick test-slow test-browsers check format bench sample messages screenshot clean

help: ## List the commands.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/.run: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, but this is " + sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "torch==2.13.0"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(BIN)/.compiled: $(BIN)/.run $(wildcard explorer/kernels/*.py)
	$(ENV) $(BIN)/python -m explorer.kernels
	touch $@

$(BIN)/.dev: requirements-dev.txt $(BIN)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

run: $(BIN)/.compiled ## Install what is missing and start the app.
	$(BIN)/streamlit run streamlit_app.py --server.address $(ADDRESS) --server.port $(PORT)

test: $(BIN)/.dev ## Run every test but the slow ones, or ONLY=models those of a room.
	sh scripts/get_postgresql.sh
	sh scripts/get_browser.sh $(BIN)/python
	sh scripts/test.sh $(BIN)/python $(ONLY)

quick: $(BIN)/.dev ## Say yes or no in two minutes: lint, import rules, a few tests of every room.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	sh scripts/get_browser.sh $(BIN)/python
	sh scripts/test.sh $(BIN)/python quick

test-slow: $(BIN)/.dev ## Run the tests that train for minutes.
	$(ENV) $(BIN)/python -m pytest -m slow

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

format: $(BIN)/.dev ## Format the code and sort its imports.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(BIN)/.dev build/keras/.done ## Measure what the README promises; TEXT=file adds the long text.
	sh scripts/get_browser.sh $(BIN)/python
	$(ENV) $(BIN)/python -m benchmarks $(TEXT)

build/keras/.done:
	$(PYTHON) -m venv build/keras
	build/keras/bin/python -m pip install --quiet --disable-pip-version-check tensorflow-cpu
	touch $@

sample: $(BIN)/.run ## Train the sample run of the first visit anew.
	$(ENV) $(BIN)/python scripts/make_sample.py

messages: $(BIN)/.run ## Bring the translation catalogue up to date.
	$(ENV) $(BIN)/python scripts/messages.py

screenshot: $(BIN)/.dev ## Take the README's screenshot.
	sh scripts/get_browser.sh $(BIN)/python
	$(ENV) $(BIN)/python scripts/screenshot.py

clean: ## Remove what the commands above made.
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis
