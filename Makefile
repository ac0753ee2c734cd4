# Every developer command, once. `make run` and `make test` do all their set-up themselves.
PYTHON ?= python3
BIN := .venv/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
QUIET := --no-audit --no-fund --no-update-notifier --loglevel=error
# The runtime as well: Python in the browser has it inside.
SOURCES := package.json labextension/rspack.config.cjs $(wildcard labextension/*.ts) $(shell find \
  labextension/src labextension/style labextension/schema rdit_ext/runtime -type f -not -name "*.pyc" 2>/dev/null)
SCRIPT ?= examples/tour.py

.PHONY: run site test test-python test-page test-pythons test-cpython bench stale check format protocol tables setup build browser pictures clean

run:  ## Open the editor on an example script (SCRIPT=… for another)
	@# Side by side: pip waits for the network while the page is built.
	@$(MAKE) --no-print-directory -j2 $(BIN)/.ready-to-run rdit_ext/static/page.js
	@# Where the tests have been set up too: what only they need of the server's extensions stays out.
	@$(BIN)/rdit --ServerApp.jpserver_extensions=jupyter_server_ydoc=False "$(SCRIPT)"

test: setup build browser test-page test-python  ## Install what the tests need, and run them all

test-page:
	npm test

# Two processes (JOBS=4 for more), which take file by file, the longest first. Where twenty tests fail it has one cause.
test-python:
	$(BIN)/python -m pytest -q -n $(or $(JOBS),2) --dist loadfile --no-loadscope-reorder --instafail --tb=short \
	  --durations=15 --maxfail=20

test-pythons: rdit_ext/static/page.js  ## The suites of runtime and server on each Python there is, oldest and newest packages too (ROWS="3.10 oldest" for some; QUICK=1)
	$(PYTHON) tests/pythons.py $(if $(QUICK),--quick) $(or $(ROWS),$(if $(QUICK),oldest newest))

test-cpython: setup  ## CPython's own tests, by python and by rdit: the verdicts by module (MODULES="builtin pdb" for some)
	$(BIN)/python -m tests.cpython $(MODULES)

bench: setup build browser  ## Measure, as ratios within this run, and print the table
	$(BIN)/python benchmarks/bench.py

stale: setup  ## Check the marks of stale results against whole runs, after random edits of many scripts (ARGS="--sessions 2 --only lists")
	$(BIN)/python -m tests.stale.check $(or $(ARGS),--sessions 4)

check: setup  ## ruff, mypy --strict, tsc, prettier
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	npm run check

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	npm run format

protocol: setup  ## Write labextension/src/protocol.ts from rdit_ext/protocol.py
	npm run build:protocol

tables: setup  ## Write labextension/schema/plugin.json, src/page/defaults.ts and the keys in docs/using.md from the tables of commands and settings
	npm test -- tests/ui/tables.test.ts --update

# What `make run` needs of Python. SKIP_JUPYTER_BUILDER: pip would build the page, and the extension for JupyterLab,
# by itself, with all the packages of both. Modules are compiled when they are first imported: most never are.
$(BIN)/.ready-to-run: pyproject.toml package.json
	@echo "Installing rdit and what the example imports, into .venv (about a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@mkdir -p rdit_ext/labextension
	@SKIP_JUPYTER_BUILDER=1 $(PIP) install --no-compile --editable '.[example]'
	@touch $@

# What builds the page; where the tests have been set up, what they need besides.
node_modules/.ready: package.json package-lock.json
	@echo "Installing what builds the page, into node_modules"
	@npm ci $$(test -e $(BIN)/.ready || echo --omit=dev) $(QUIET)
	@touch $@

setup: $(BIN)/.ready  ## A virtual environment in .venv, rdit in it (editable), all test tools

# The stamp is older than what it depends on when a dependency changed: then install again.
$(BIN)/.ready: pyproject.toml package.json package-lock.json
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing all that the tests and checks need (a few minutes)"
	npm ci $(QUIET)
	@touch node_modules/.ready
	@# pip puts a copy of the extension for JupyterLab into the environment.
	npm run --silent build:lab
	SKIP_JUPYTER_BUILDER=1 $(PIP) install --editable '.[test,check]'
	@# JupyterLab's yarn is no module, as our package.json would have all beneath it be: it complains at each start.
	@echo '{}' > .venv/package.json
	@touch $(BIN)/.ready-to-run
	@touch $@ rdit_ext/labextension/static/style.js

build: rdit_ext/static/page.js rdit_ext/labextension/static/style.js  ## Build the page and the JupyterLab extension, if their sources changed

rdit_ext/static/page.js: $(SOURCES) node_modules/.ready
	@echo "Building the page"
	@npm run --silent build:page -- --logLevel error

rdit_ext/labextension/static/style.js: $(SOURCES) $(BIN)/.ready
	npm run --silent build:lab

site: setup  ## A folder that any web server can serve, with Python in the browser: dist/site
	npm run build:site

browser:  ## Chromium, which the browser tests drive
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	  echo "Installing Chromium for the tests"; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends \
	    chromium fonts-dejavu-core; }

pictures: setup build browser  ## Take the pictures of the README and of using.md from the real page
	$(BIN)/python docs/images/take.py

clean:
	rm -rf .venv .venv-pythons node_modules rdit_ext/static rdit_ext/labextension rdit_ext/_version.py dist
