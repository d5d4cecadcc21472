# Every target makes .venv when it is missing or out of date, and nothing twice.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := .demo

.PHONY: demo test faults check lint types contracts bench clean

$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[offline,fast,dev]'
	touch $@

demo: $(READY)  ## ingest the example and open the chat; without a terminal, ask eight questions
	$(BIN)/knowbot --data-dir $(DEMO) ingest examples/lanternfish --yes
	@if [ -t 0 ]; then exec $(BIN)/knowbot --data-dir $(DEMO) chat; \
	else $(BIN)/knowbot --data-dir $(DEMO) chat < examples/demo.txt; fi

test: $(READY)  ## every test but the long ones
	$(BIN)/pytest -m "not faults" -n 2 --dist loadscope

faults: $(READY)  ## kills, full disks, locks, hostile input; minutes long
	$(BIN)/pytest -m faults

check: lint types contracts test  ## what has to be green before anything lands

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

bench: $(READY)  ## speeds as ratios against a baseline in the same run
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]' || echo "without FAISS or hnswlib"
	$(BIN)/python -m benchmarks.speed

clean:
	rm -rf $(VENV) $(DEMO)
