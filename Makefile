# Watch Next: every command that a reader, a teacher or a contributor needs.
# The environment (.venv) is made once, from the hashed lock, and again only when the lock changes.
PYTHON ?= python3
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := .venv/.ready
SITE := _build/html
BENCH := .venv-bench
CLASSROOM := .venv/.classroom
SEED ?= 1
DATA ?= matinee
GRADES ?= assignments/grades
AXE := _build/axe
SPARK := _build/spark
NUMBA := _build/numba
LAUNCHED := _build/launched

# One thread each for sums, because pytest and the runner use the cores.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

# A file's tests stay together, so that what they share is made once and not by each process.
BY_FILE := -n 2 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help book preview serve lab notebooks test system-test twins-test everywhere wheels site-test spark-test spark-bench compiled-test pdf bench scale-bench assignments grade marking student slides quizzes launch-test assignments-test lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) book/tools/system.py book
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(PYTHON) -c 'import platform as p; from book.tools.system import advice as a; print(a(p.system(), p.machine()) or "")'
	@touch $@

# An incremental build after a failed one reports success. So a build that succeeds leaves a mark
# among what it read, and where the mark is missing the next one starts clean.
WHOLE := _build/.doctrees/.whole
BUILD := $(BIN)/python -m book.tools.pages.build && touch $(WHOLE)

book: $(READY) ## build the site from the stored outputs, into _build/html
	@rm -rf $(SITE) _build/.doctrees
	$(BUILD)
	@echo "The book is in $(SITE)/index.html. To read it in a browser: make serve"

preview: $(READY) ## while writing: build only the pages that changed
	@test -f $(WHOLE) || rm -rf $(SITE) _build/.doctrees
	@rm -f $(WHOLE)
	$(BUILD)

serve: ## read the built site at http://127.0.0.1:8000
	@test -f $(SITE)/index.html || $(MAKE) book
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory $(SITE) 8000

lab: $(READY) ## open the chapters in JupyterLab
	$(BIN)/jupyter lab chapters

notebooks: $(READY) ## execute the chapters whose source, library or data changed
	$(BIN)/python -m book.tools.notebooks $(NAMES)

test: system-test $(CLASSROOM) ## lint, test the library and the claims, recompute every stored output
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m book.tools.notebooks --check
	$(ONE_THREAD) $(BIN)/python -m pytest $(BY_FILE) --ignore tests/site --ignore tests/scale/spark --ignore tests/models/compiled --ignore tests/assignments/slow
	$(ONE_THREAD) $(BIN)/python -m pytest $(BY_FILE) --nbval --nbval-current-env chapters

$(AXE): tests/site/requirements.lock $(READY)
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --require-hashes --upgrade --target $(AXE) -r $<
	@touch $@

twins-test: $(READY) ## test the twins in PyTorch, and fail where there is none (Debian: python3-torch)
	RECSYS_TORCH=required $(BIN)/python -m pytest tests/models/test_twins.py

everywhere: $(CLASSROOM) ## test as on other processors; hours (ONLY="--kernels Prescott --parts notebooks")
	$(BIN)/python -m benchmarks.everywhere $(ONLY)

wheels: $(READY) ## ask the package index on which systems the lock can be installed (needs uv)
	$(BIN)/python -m benchmarks.wheels

system-test:
	@$(PYTHON) book/tools/system.py test

site-test: book $(AXE) $(CLASSROOM) ## build the site, then test its gates, links and pages in Chromium
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests/site

# Spark (434 MB, nearly all of it Java) lies beside the environment, so that readers need not have it.
$(SPARK): tests/scale/spark/requirements.lock $(READY)
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --require-hashes --upgrade --target $(SPARK) -r $<
	@touch $@

spark-test: $(SPARK) ## test the counts and factors by Spark, with workers that die (needs Java 17)
	PYTHONPATH=$(CURDIR)/$(SPARK) $(ONE_THREAD) $(BIN)/python -m pytest tests/scale/spark

spark-bench: $(SPARK) ## measure Spark beside one process, into benchmarks/spark.csv (needs Java 17)
	PYTHONPATH=$(CURDIR)/$(SPARK) $(BIN)/python -m benchmarks.spark

# Numba (208 MB) lies beside the environment too: without it the models give the same lists, later.
$(NUMBA): tests/models/compiled/requirements.lock $(READY)
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --require-hashes --upgrade --target $(NUMBA) -r $<
	@touch $@

compiled-test: $(NUMBA) ## test that models compiled by Numba learn and list the same
	PYTHONPATH=$(CURDIR)/$(NUMBA) $(ONE_THREAD) $(BIN)/python -m pytest tests/models/compiled

$(BENCH)/.ready: benchmarks/requirements.lock
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --disable-pip-version-check --require-hashes -r $<
	@touch $@

pdf: $(READY) ## print the built site as _build/watch-next.pdf (needs Chromium)
	@test -f $(SITE)/index.html || $(MAKE) book
	$(BIN)/python -m book.tools.printing.pdf

bench: $(BENCH)/.ready ## measure speed and accuracy against other libraries, and chapter 18's tables; hours
	$(BENCH)/bin/python -m benchmarks
	$(MAKE) scale-bench

scale-bench: $(READY) $(BENCH)/.ready $(SPARK) ## make chapter 18's tables (TABLES="nearest two_cuts"; one needs Java 17)
	$(BIN)/python -m benchmarks.scale $(TABLES)

# What teachers need on top, in the same environment: the students' code runs with what readers have.
$(CLASSROOM): assignments/requirements.lock $(READY)
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

assignments: $(CLASSROOM) ## write the students' versions and the answer keys (SEED=7 DATA=matinee)
	$(BIN)/python -m assignments.tools.release --seed $(SEED) --data $(DATA)

grade: $(CLASSROOM) ## grade a folder of submissions (SUBMISSIONS=folder OPTIONS="--due ...")
	@test -n "$(SUBMISSIONS)" || { echo "Say which folder: make grade SUBMISSIONS=folder"; exit 2; }
	$(BIN)/python -m assignments.tools.grade "$(SUBMISSIONS)" --grades "$(GRADES)" $(OPTIONS)

marking: $(CLASSROOM) ## mark answers in words: the answer, its rubric, your points (GRADES=assignments/grades)
	$(BIN)/python -m assignments.tools.marking --grades "$(GRADES)"

student: $(READY) ## write the chapters without their solutions, into _build/student
	$(BIN)/python -m assignments.tools.student

slides: $(CLASSROOM) ## make lecture slides of the built site, in _build/slides (reveal.js, offline)
	@test -f $(SITE)/index.html || $(MAKE) book
	$(BIN)/python -m book.tools.slides

quizzes: $(CLASSROOM) ## export the quiz questions: JSON, Moodle, Canvas, into _build/quizzes
	$(BIN)/python -m book.tools.quizzes

launch-test: ## install as Binder and Colab do, in an environment of its own, and run a chapter
	rm -rf $(LAUNCHED) && $(PYTHON) -m venv $(LAUNCHED)
	$(LAUNCHED)/bin/python -m pip install --disable-pip-version-check -r .binder/requirements.txt
	$(LAUNCHED)/bin/jupyter nbconvert --to notebook --execute --stdout chapters/01_*.ipynb >/dev/null

assignments-test: $(CLASSROOM) ## mark right, wrong and hostile answers (needs bubblewrap)
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests/assignments/slow

lock: ## resolve requirements.txt into requirements.lock again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-package recsys-lib --output-file requirements.lock requirements.txt

clean: ## remove what was built, keep the environment
	rm -rf _build .pytest_cache .ruff_cache .hypothesis
