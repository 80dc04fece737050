# Two commands set everything up on a fresh Debian that has python3 and make:
#   make demo    installs levytool into .venv and runs a whole month on sample_data
#   make test    installs what the tests need as well, and runs them
.PHONY: demo test lint bench docs clean constraints
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install \
	--constraint constraints.txt

demo: $(VENV)/.installed
	$(BIN)/levytool demo --into demo

test: $(VENV)/.installed-dev $(VENV)/.tools
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks

docs: $(VENV)/.installed-dev
	$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) demo dist build .coverage .pytest_cache .hypothesis .mypy_cache .ruff_cache \
		.import_linter_cache
	find src tests benchmarks docs migrations sample_data -name __pycache__ -type d -prune \
		-exec rm -rf {} +

# Newest versions that pyproject.toml allows, written down exactly; then run the tests.
constraints:
	rm -rf build/fresh
	$(PYTHON) -m venv build/fresh
	build/fresh/bin/python -m pip --quiet install --upgrade pip
	build/fresh/bin/python -m pip --quiet install --editable . --group dev
	build/fresh/bin/python -m pip freeze --all --exclude-editable --exclude setuptools \
		--exclude wheel | LC_ALL=C sort -f > constraints.txt
	rm -rf build/fresh

# Stamps: a repeated call installs nothing unless what is asked for has changed.
$(VENV)/.made: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'levytool needs Python 3.11 or newer; $(PYTHON) is older.' \
		'Say which to use: make PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo '$(PYTHON) cannot make virtual environments: its package is missing.' \
		'On Debian: sudo apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip
	@touch $@

# With the extras that transcripts of the documents use; a server's driver is left to who has one.
$(VENV)/.installed: $(VENV)/.made pyproject.toml
	$(PIP) --editable '.[pdf,bank,match,tui]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made pyproject.toml
	$(PIP) --editable . --group dev
	@touch $@ $(VENV)/.installed

# Programs that tests read our files with; installed where make may, else named: tests say what they
# skipped.
$(VENV)/.tools: $(VENV)/.made Makefile
	@missing=; \
	command -v pdftotext >/dev/null || missing="$$missing poppler-utils"; \
	command -v hledger >/dev/null || missing="$$missing hledger"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	as=; [ "$$(id -u)" = 0 ] || as="sudo -n"; \
	if [ -z "$$missing" ]; then :; \
	elif command -v apt-get >/dev/null && $$as true 2>/dev/null; then \
		$$as apt-get update -qq && $$as apt-get install -y -qq $$missing >/dev/null; \
	else echo "Some tests are skipped without:$$missing. Install them by:" \
		"sudo apt-get install$$missing"; fi
	@touch $@
