# Wijkbalie. `make help` lists what there is.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export PYTHONDONTWRITEBYTECODE ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check bench strings format lock image image-run image-test

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

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

image: setup ## the terminal's disk, in var/image (as root, on Debian 12); FACE=stand-in: a page of two colours as face
	@tools/image_setup.sh && kiosk_image/build.sh

image-run: ## start that disk in an emulated machine
	@tools/image_setup.sh && $(PY) kiosk_image/machine.py

image-test: setup-dev ## start it to its first page, and a bad release back to the good one: about ten minutes
	@tools/image_setup.sh && $(PY) -m pytest tests/image -m image --timeout 3000 $(ARGS)

strings: setup-dev ## source strings against the catalogues; fails on a missing or stale one
	$(PY) tools/strings.py check

format: setup-dev ## lay out the Python
	$(VENV)/bin/ruff check --fix . && $(VENV)/bin/ruff format .

lock: ## renew the lock files (needs uv)
	for part in run dev; do \
	  uv pip compile pyproject.toml --group setup $$( [ $$part = dev ] && echo --group dev ) --universal \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q \
	    -o requirements/$$part.txt > /dev/null; done
