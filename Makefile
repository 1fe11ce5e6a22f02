# Everything here needs Python 3.11 or newer, make, and the package registries; nothing else by hand.
.DEFAULT_GOAL := help
.PHONY: help setup run demo test check bench faults mutants lock clean environment

# Zone data is the pinned tzdata package's, not the machine's.
export PYTHONTZPATH :=
BIN := .venv/bin
# On every core; tests/side_by_side.py says what keeps together and what begins first.
SIDE_BY_SIDE := --numprocesses auto --dist loadgroup --no-loadscope-reorder

help:   ## this list
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/  make \1	\2/p' Makefile | expand -t 16

setup:   ## the environment only, in .venv
	@scripts/setup run

run: setup   ## everything, on the embedded defaults, with the sample course; Ctrl-C ends it
	@$(BIN)/meantime up

demo: setup   ## a whole course in a minute, without hands, in a throw-away folder
	@$(BIN)/meantime demo

test: environment   ## the checks, then every test, with the coverage of course/ and emails/
	@scripts/install-test-tools
	@$(MAKE) --no-print-directory check
	$(BIN)/pytest $(SIDE_BY_SIDE) --cov --cov-report=term --cov-fail-under=95

check: environment   ## format, lint, types, import arrows, and the sizes of functions and files
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -q tests/test_shape.py

bench: environment   ## what it costs, measured; on a machine that does nothing else
	@$(BIN)/python -m bench --keep

faults: environment   ## every fault with 200 readers on both databases, and a day with 10,000; takes hours
	@scripts/install-test-tools
	$(BIN)/pytest tests/faults tests/worker/test_a_full_hour.py -m "long or not long" --readers 200 --repeats 3

mutants: environment   ## breaks the code on purpose, in a copy, and sees the tests turn red
	@$(BIN)/python scripts/mutants

lock: environment   ## the lock files again, after a change in pyproject.toml
	@scripts/lock

clean:   ## takes away the environment and every cache; var/ and .env stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* htmlcov *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@scripts/setup dev
