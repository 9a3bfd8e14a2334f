# make run    reads every pending issue under data/raw and shows the tables
# make test   lint, format, types and tests
# make bench  measures extraction on the corpus in CORPUS, one text issue a file, named by its day,
#             the whole pipeline beside it, in one process, in two and on a Dask cluster, then pages a second of
#             text, HTML, PDF and scans, then publishing into a store that has grown, then the report, then how time
#             grows with the length of texts that nobody prints, and with the number of issues
# make bench-service  measures the service: from an issue's arrival to the tables, a burst, what it uses at rest
# make fuzz   looks for input that breaks a promise, FUZZ_SECONDS a target (decoding, cleaning, extraction, repetition)
# make kill   kills KILLS runs at random instants, and compares the tables with those of an undisturbed run
# make ocr    adds what reads scanned pages and images (450 MB)
# make dask   adds what spreads batches over machines
# make s3     adds what keeps the data folder in an object store
# make lock   resolves the requirements anew after pyproject.toml changed
# make clean  removes .venv and caches; never the data

PYTHON ?= python3.11
DATA ?= data
CORPUS ?= ../shared/corpus/broadcast-news
BIN := .venv/bin
FUZZ_SECONDS ?= 20
KILLS ?= 200
FUZZ_TARGETS ?= decoding cleaning extraction repetition

# A machine may switch bytecode off to keep images small; without it every start here compiles for seconds.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DO_NOT_TRACK := 1

.PHONY: run test lint bench bench-service fuzz kill ocr dask s3 lock clean
.DELETE_ON_ERROR:

run: .venv/.installed
	@$(BIN)/gazette run --data $(DATA)
	@$(BIN)/gazette tables --data $(DATA)
	@echo "To read it in a browser: $(BIN)/gazette report --data $(DATA)"

test: lint
	$(BIN)/python -m pytest

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/.installed-dev
	$(BIN)/python -m benchmarks.extraction $(CORPUS)
	$(BIN)/python -m benchmarks.pipeline $(CORPUS)
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.report $(CORPUS)
	$(BIN)/python -m benchmarks.linearity
	$(BIN)/python -m benchmarks.scale $(CORPUS)

bench-service: .venv/.installed-dev
	$(BIN)/python -m benchmarks.service

fuzz: .venv/.installed-dev
	@mkdir -p $(FUZZ_TARGETS:%=build/fuzz/%)
	@set -e; for target in $(FUZZ_TARGETS); do \
		nice $(BIN)/python -m fuzz.targets $$target build/fuzz/$$target -max_total_time=$(FUZZ_SECONDS) -timeout=30 \
			-max_len=160 -len_control=0 -print_final_stats=1 -verbosity=0 -artifact_prefix=build/fuzz/$$target-; \
	done

kill: .venv/.installed-dev
	$(BIN)/python -m benchmarks.killing --kills $(KILLS)

ocr dask s3: .venv/.installed
	$(BIN)/python -m pip install -qq --no-compile --no-deps --require-hashes --requirement requirements-$@.txt

# The other requirements contain requirements.txt, with the same versions. The lists are complete (pip check), so pip
# need not resolve; the one that comes with Python 3.11 trips over sqlalchemy[asyncio] where it does.
.venv/.installed: requirements.txt pyproject.toml
.venv/.installed-dev: requirements-dev.txt pyproject.toml
.venv/.installed .venv/.installed-dev:
	$(PYTHON) -m venv .venv
	@echo "Installing $< into .venv (a few minutes on the first run)"
	$(BIN)/python -m pip install -qq --no-compile --no-deps --require-hashes --requirement $<
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	$(BIN)/python -m pip check
	@echo "Compiling bytecode"
	-@$(BIN)/python -m compileall -q -j 0 -x 'tests?/' $(BIN)/../lib >/dev/null 2>&1
	@echo "Making the tables of Prefect's database, which every data folder begins with"
	-@$(BIN)/python -m flows.database
	@touch $@

LOCK := build/lock/bin/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --quiet --extra build

lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install -qq uv
	$(LOCK) --output-file requirements.txt
	$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	$(LOCK) --extra ocr --constraint requirements.txt --output-file requirements-ocr.txt
	$(LOCK) --extra dask --constraint requirements.txt --output-file requirements-dask.txt
	$(LOCK) --extra s3 --constraint requirements.txt --output-file requirements-s3.txt

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
