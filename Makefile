# The two commands a newcomer types: `make demo` and `make test`. Everything is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SERVER := .venv-server

.PHONY: demo test explore test-server test-label-studio serve check notebooks docs site clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $(STAMP)

demo: $(STAMP)      ## the whole agent on an embedded workbook, with prepared model replies
	$(BIN)/sheets-agent demo

test: $(STAMP)      ## every test
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

explore: $(STAMP)   ## the tests of invariants, with examples that were never tried before
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --hypothesis-profile exploring -m hypothesis

test-label-studio: $(STAMP) ## the contract tests of Label Studio against a real server, which this installs and starts
	$(BIN)/python tests/with_label_studio.py

$(SERVER)/.installed: pyproject.toml
	$(PYTHON) -m venv $(SERVER)
	$(SERVER)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[server,postgres,openai]'
	@touch $@

test-server: $(STAMP) $(SERVER)/.installed  ## LangGraph's server as a process on loopback, in an environment of its own
	$(BIN)/python -m pytest -m server tests/e2e/test_langgraph_server.py

serve: $(SERVER)/.installed  ## LangGraph's server on loopback; docs/server.md
	LANGGRAPH_CLI_NO_ANALYTICS=1 $(SERVER)/bin/langgraph dev --no-browser --no-reload

check: $(STAMP)     ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

notebooks: $(STAMP) ## run every notebook from top to bottom
	$(BIN)/python -m pytest tests/e2e/test_notebooks.py

docs: $(STAMP)      ## rewrite the generated pages of docs/
	$(BIN)/python -m sheets_agent.actions.docs docs/actions.md
	$(BIN)/python -m sheets_agent.emulator.coverage docs/coverage.md
	$(BIN)/python -m sheets_agent.prompt_page docs/prompts.md
	$(BIN)/python -m sheets_agent.cli.reference docs/cli.md

site: $(STAMP)      ## the documentation as a site in build/site, to be opened with a browser
	$(BIN)/python -m zensical build --strict --clean

clean:
	rm -rf $(VENV) $(SERVER) .label-studio demo-output
