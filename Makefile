# Every target with one line of help: `make help`. Needs nothing but Python 3.11 and make.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help install run reset test test-fast test-browser lint format bench faults lock

help:  ## Say what each target does
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)$$/\1|\2/p' Makefile | while IFS='|' read -r name text; do printf '  make %-13s %s\n' "$$name" "$$text"; done

install: $(STAMP)  ## Make .venv and install the pinned packages (quick when nothing changed)

$(STAMP): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "Ressio needs Python 3.11; name it with: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

run: install  ## Start Ressio with demo data and a stand-in QuickBooks; Ctrl-C stops it, the data stays
	@exec $(BIN)/python -m config.devtools.run

reset: install  ## Start over: delete the local database, uploads and queues (asks first; FORCE=1 does not)
	@FORCE="$(FORCE)" $(BIN)/python -m config.devtools.reset

test: install  ## Run every test, on SQLite, on PostgreSQL + Redis, and in a browser
	@$(BIN)/python -m config.devtools.run_tests all $(ARGS)

test-fast: install  ## Run the quick tests on SQLite (the inner loop; ARGS="-k word" narrows it)
	@$(BIN)/python -m config.devtools.run_tests fast $(ARGS)

test-browser: install  ## Run the browser tests only
	@$(BIN)/python -m config.devtools.run_tests browser $(ARGS)

lint: install  ## Check style, types, imports, migrations, settings, templates, API schema and wording
	@$(BIN)/python -m config.devtools.lint

format: install  ## Rewrite code in the house style
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: install  ## Measure the goals on this machine and print a table
	@$(BIN)/python tests/bench/run.py $(ARGS)

faults: install  ## Send 1,000 bills and 300 invoices, then 300 shifts, on PostgreSQL + Redis while things break (ARGS="--seed 7" repeats a run)
	@$(BIN)/python -m tests.faults.run --bills 1000 --invoices 300 --faults 200 --stack full --migrate --prove $(ARGS)
	@$(BIN)/python -m tests.faults.run --shifts 300 --faults 60 --stack full --migrate $(ARGS)

lock: install  ## Pin every package again after a change in pyproject.toml
	@$(BIN)/python -m config.devtools.lock
