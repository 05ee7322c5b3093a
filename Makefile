.PHONY: setup test test-all check check-python check-web demo dist screenshots
PSA = .venv/bin/psa
# every process would compile what it imports again
unexport PYTHONDONTWRITEBYTECODE

setup:
	@sh infra/setup.sh

test: setup check
	@sh infra/test_packages.sh
	@.venv/bin/python -m pytest --cov --cov-report=term:skip-covered --cov-fail-under=85

# the API's tests once more in the other shapes: every service its own process, and mixed
test-all: test
	@.venv/bin/python -m pytest --shape apart tests/operational/api
	@.venv/bin/python -m pytest --shape mixed tests/operational/api

# the web UI's part beside the others
check: setup
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-web check-python

check-python:
	@.venv/bin/ruff check . && .venv/bin/ruff format --check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache

check-web:
	@sh infra/build_web.sh check

# `make demo ONCE=1` does the main job and ends
demo: setup
	@$(PSA) demo $(if $(ONCE),--once)

# a wheel with everything built into it: it runs without Node
dist: setup
	@rm -rf dist && .venv/bin/hatchling build --target wheel && ls dist/*.whl

# every page in three sizes, two themes, two languages, with missing, usual and too many data
screenshots: setup
	@sh infra/test_packages.sh
	@.venv/bin/python -m infra.screenshots $(or $(OUT),screenshots)
