# Wijkbalie. `make help` lists what there is.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export PYTHONDONTWRITEBYTECODE ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check bench strings format lock

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## install what serving needs (system packages as root, else it says what is missing)
	@tools/setup.sh run

setup-dev: ## the same, and what tests and checks need
	@tools/setup.sh dev

run: setup ## install, create the database, seed a demo, serve, print the addresses
	@exec $(PY) -m app.cli run

test: setup-dev ## every test; media tests last, one after another
	$(PY) -m pytest $(ARGS)

check: setup-dev ## style, types, layers, scripts, strings, plain language
	@tools/check.sh

bench: setup-dev ## figures as JSON lines; ONLY=prefix runs some, AUDIO=dir other recordings
	@$(PY) -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(AUDIO),--audio $(AUDIO))

strings: setup-dev ## source strings against the catalogues; fails on a missing or stale one
	$(PY) tools/strings.py check

format: setup-dev ## lay out the Python
	$(VENV)/bin/ruff check --fix . && $(VENV)/bin/ruff format .

lock: ## renew the lock files (needs uv)
	for part in run dev; do \
	  uv pip compile pyproject.toml --group setup $$( [ $$part = dev ] && echo --group dev ) --universal \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q \
	    -o requirements/$$part.txt > /dev/null; done
