# For developers. A planner needs only: pip install geokehila && geokehila demo
PYTHON ?= python3
BIN := .venv/bin
OUT ?= .

.PHONY: setup demo test check run batch bench docs pages fuzz audit dist install-check clean

setup: .venv/compiled

# Python packages by the hashed lock, Leaflet by npm's lock, then GeoKehila itself, editable.
.venv/ready: requirements.lock package-lock.json pyproject.toml hatch_build.py
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	npm ci --silent --no-audit --no-fund
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch .venv/ready

# The engine is compiled once, and again only where its kernels change.
.venv/compiled: .venv/ready $(wildcard geokehila/reach/*.py geokehila/reach/kernels/*.py) geokehila/locate/kernels.py
	$(BIN)/python -m geokehila.reach.warm
	$(BIN)/python -m geokehila.locate.warm
	touch .venv/compiled

demo: setup
	$(BIN)/geokehila demo --out $(OUT)

test: setup tools
	$(BIN)/pytest -n 2 --dist loadfile

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

run: setup
	@test -n "$(CITY)" || (echo "usage: make run CITY=dimona" && exit 2)
	$(BIN)/geokehila run $(CITY)

batch: setup
	@test -n "$(CITIES)" || (echo "usage: make batch CITIES=dimona,arad" && exit 2)
	$(BIN)/geokehila batch --cities $(CITIES)

# The engine beside other libraries (the towns that validation runs draw pages, so their assets must be there): SIZE=small to try it out, PARTS="nearest counts mix growth start locate validation" for some of it.
bench: setup .venv-bench/ready
	.venv-bench/bin/python -m benchmarks $(PARTS) $(if $(filter small,$(SIZE)),--small)

# The documentation: site/index.html opens by double click. Every warning is an error.
docs: setup .venv-docs/ready
	$(BIN)/python -m manual.notebooks
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict

# Tables of docs/ that are written from the code: commands and catalogue.
pages: setup
	$(BIN)/python -m manual

# Spoiled inputs of every loader: INPUTS=2000 for fewer, SEED=2 for others, LOADERS="dem gtfs" for some.
fuzz: setup
	$(BIN)/python -m fuzz --inputs $(or $(INPUTS),20000) --seed $(or $(SEED),1) $(LOADERS)

# The locks: hashes, versions that were taken back, known weaknesses. What cannot be asked is said aloud and fails nothing.
audit: setup
	$(BIN)/python -m audit

# What is measured stays out of the project's own environment.
.venv-bench/ready: benchmarks/requirements.lock
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

.venv-docs/ready: docs/requirements.lock
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	touch $@

# Wheel and sdist, the same to the byte from the same sources; the checksums are printed.
dist: setup
	rm -rf dist
	$(BIN)/hatchling build
	@cd dist && sha256sum *

# The wheel in a clean environment, in folders of Hebrew with a blank: the demo runs, the tables of docs/install.md are written.
install-check: dist
	$(BIN)/python -m benchmarks.install --write dist/*.whl

clean:
	rm -rf .venv .venv-bench .venv-docs .venv-lowest site node_modules geokehila/draw/assets dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.PHONY: tools
# Tests look at pages with Chromium, read PDFs with pdftotext and publish into PostGIS; without the right to install these
# they are skipped aloud (and fail under CI). The package of PostGIS has the version of PostgreSQL in its name.
tools:
	@absent=""; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || absent="chromium"; \
	command -v pdftotext >/dev/null || absent="$$absent poppler-utils"; \
	ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || absent="$$absent postgresql-postgis"; \
	if [ -z "$$absent" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && \
	  postgis=$$(apt-cache pkgnames postgresql- | grep -E '^postgresql-[0-9]+-postgis-3$$' | sort -V | tail -n 1) && \
	  absent=$$(echo "$$absent" | sed "s/postgresql-postgis/$$postgis/") && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$absent >/dev/null; \
	else echo "Absent: $$absent. Some tests will be skipped; install them with: sudo apt install $$absent"; fi

.PHONY: lock
# After a change of dependencies: write the hashed lock anew (needs uv).
lock:
	uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --group dev --quiet --upgrade --output-file requirements.lock pyproject.toml

.PHONY: bench-lock
# The same for what the benchmarks compare with.
bench-lock:
	uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --group bench --quiet --upgrade --output-file benchmarks/requirements.lock pyproject.toml

.PHONY: docs-lock
# And for what builds the documentation.
docs-lock:
	uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --group docs --quiet --upgrade --output-file docs/requirements.lock

.PHONY: lowest
# The lowest versions that pyproject.toml promises (needs uv): the demo, and the tests of what reads, walks and writes.
# pyproj speaks to NumPy of before 2.4 in a way that NumPy has warned of since; no user sees that, tests do.
LOWEST := frames statistical_areas census zone_facts office user_zones equity merging
lowest: .venv/ready
	uv venv --quiet --clear --python 3.11 .venv-lowest
	uv pip compile --quiet --resolution lowest-direct --python-version 3.11 --all-extras --no-header --no-annotate \
	  --output-file .venv-lowest/pins.txt pyproject.toml
	uv pip install --quiet --python .venv-lowest/bin/python --requirement .venv-lowest/pins.txt \
	  hypothesis openpyxl pytest pytest-socket pytest-xdist
	PYTHONPATH=.:cli .venv-lowest/bin/python -W error::FutureWarning -m geokehila_cli demo --residents 1500 --out .venv-lowest
	PYTHONPATH=.:cli .venv-lowest/bin/python -m pytest -p no:cacheprovider -W "ignore:Conversion of an array:DeprecationWarning" \
	  $(LOWEST:%=tests/test_%.py)
