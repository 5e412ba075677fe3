# The commands of the project. `make` alone lists them. Needs Python 3.11-3.13, git and make; nothing else.
SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
ARGS ?=

# Done once for each state of the files it depends on: the stamp's name is their checksum.
sum = $(shell cat $(1) 2>/dev/null | cksum | cut -d' ' -f1)
RUN_READY := $(VENV)/.ready-run-$(call sum,requirements.lock)
DEV_READY := $(VENV)/.ready-dev-$(call sum,requirements-dev.lock)
FRONT_READY := static/vendor/.ready-$(call sum,package-lock.json tools/frontend.py)
INSTALL = $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: help run test lint bench screenshots lock clean
help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' Makefile | awk -F':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

run: $(RUN_READY) $(FRONT_READY) ## set everything up and serve it with the demo (PORT=8000, DEMO=0: without)
	@$(PY) manage.py prepare --demo
	@exec $(PY) manage.py up

test: $(DEV_READY) $(FRONT_READY) ## all tests, on SQLite and where they answer on PostgreSQL and Redis (ARGS="-k word")
	@exec $(PY) tools/test.py $(ARGS)

lint: $(DEV_READY) $(FRONT_READY) ## linters, migrations in step with models, deployment check
	@$(PY) tools/lint.py

bench: $(DEV_READY) $(FRONT_READY) ## the benchmark suite
	@$(PY) -m benchmarks $(ARGS)

screenshots: $(DEV_READY) $(FRONT_READY) ## a PNG of every page, wide and phone
	@$(PY) tools/screenshots.py $(ARGS)

lock: $(DEV_READY) ## pin all dependencies anew, with hashes and without addresses (needs uv and npm)
	@command -v uv >/dev/null || { echo "make lock needs uv on PATH"; exit 1; }
	@for name in requirements requirements-ocr requirements-dev requirements-node; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url $(ARGS) $$name.in --output-file $$name.lock || exit 1; done
	@npm install --package-lock-only $(ARGS) && $(PY) tools/frontend.py --bare-lock

clean: ## remove what was installed and fetched; the data stay
	@rm -rf $(VENV) node_modules static/vendor fonts staticfiles

# ---------------------------------------------------------------- set-up
$(PY):
	@sh tools/venv.sh $(VENV)

$(RUN_READY): | $(PY)
	@test -e $(DEV_READY) || { echo "安装依赖…"; $(INSTALL) -r requirements.lock; }
	@touch $@

$(DEV_READY): | $(PY)
	@echo "安装依赖（含测试工具）…"
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

$(FRONT_READY): | $(PY)
	@echo "准备页面文件和字体…"
	@command -v npm >/dev/null || $(INSTALL) -r requirements-node.lock
	@$(PY) tools/frontend.py
	@touch $@
