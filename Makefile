# 明账 Mingzhang. `make` lists what there is.
#
# Everything runs in .venv, which is set up by itself the first time and whenever a requirement changed:
#   .venv/.bootstrapped   Python's own venv, with uv and the build backend, by pip and their hashes
#   .venv/.ready-to-run   what Mingzhang needs to run, and Mingzhang itself, linked to this folder
#   .venv/.ready-to-check the same with the checkers and the tests' libraries

PYTHON  ?= python3
LEDGER  ?= demo-ledger
PACKAGE ?= samples/township
SERVE   ?= 1
TESTS   ?= tests
WORKERS ?= auto
BENCH   ?=
UPGRADE ?=
PLATFORM ?=

VENV := .venv
BIN  := $(VENV)/bin
UV   := $(BIN)/uv
export UV_LINK_MODE := copy
export UV_PYTHON_DOWNLOADS := never
# An office behind its own certificate authority is known to the system, as pip knows it.
export UV_SYSTEM_CERTS := 1

.DEFAULT_GOAL := help
.PHONY: help demo run verify verifier test check format docs bench lock wheelhouse clean

help: ## 列出全部命令 / list what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.ready-to-run ## 演示：样例镇的一年，随后打开网页；SERVE=0 不打开 / a township's year, then served; SERVE=0 stops before
	@$(BIN)/mingzhang --ledger $(LEDGER) demo $(PACKAGE) $(if $(filter 0,$(SERVE)),--no-serve,--serve)

run: $(VENV)/.ready-to-run ## 启动网页，账套为 LEDGER=… / serve the ledger LEDGER=…
	@$(BIN)/mingzhang --ledger $(LEDGER) serve

verify: $(VENV)/.ready-to-run ## 逐字节核验 LEDGER=… 的两本账 / recompute every byte of both books of LEDGER=…
	@$(BIN)/mingzhang --ledger $(LEDGER) verify

verifier: $(VENV)/.ready-to-run ## 单文件核验器 dist/mingzhang-verify.pyz / the verifier of evidence bundles in one file
	@$(BIN)/python -m audit.bundle.one_file dist/mingzhang-verify.pyz

test: $(VENV)/.ready-to-check ## 运行测试，可用 TESTS=… 指定 / run the tests, or some of them: TESTS=…
	@$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 $(TESTS)

check: $(VENV)/.ready-to-check ## 格式、规范、类型、依赖方向、测试 / format, lint, types, import contracts, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: $(VENV)/.ready-to-check ## 整理代码格式 / format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: $(VENV)/.ready-to-check ## 由事件目录和规则重写 docs/events.md、docs/rules.md / remake them from the catalogue and the rules
	@$(BIN)/python -m domain.document > docs/events.md
	@$(BIN)/python -m projections.rules.document > docs/rules.md

bench: $(VENV)/.ready-to-check ## 性能测试，同一次运行内对比；BENCH=--quick 一分钟 / figures of one run; BENCH=--quick a minute
	@$(BIN)/python -m bench $(BENCH)

lock: $(VENV)/.bootstrapped ## 重新固定依赖版本；UPGRADE=1 取新版本 / pin the requirements anew; UPGRADE=1 takes newer ones
	@$(LOCK) --group bootstrap -o requirements/bootstrap.txt
	@$(LOCK) pyproject.toml -c requirements/bootstrap.txt -o requirements/runtime.txt
	@$(LOCK) pyproject.toml --group dev -c requirements/bootstrap.txt -c requirements/runtime.txt -o requirements/dev.txt

wheelhouse: $(VENV)/.bootstrapped ## 离线安装包，可用 PLATFORM=win_amd64 等 / wheels for machines without internet; PLATFORM=win_amd64 …
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python requirements/wheelhouse.py $(if $(PLATFORM),--platform $(PLATFORM))

clean: ## 删除环境、缓存与演示账套 / remove the environment, the caches and the demonstration's ledger
	@rm -rf $(VENV) demo-ledger dist wheelhouse .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One resolution for Python 3.11 and later on every system; every file's hash, and nobody's address.
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# Only what is named and hashed goes in; nothing is built but Mingzhang itself, by the backend that is there already.
install = $(UV) pip sync --quiet --python $(BIN)/python --require-hashes --no-build $(1) && \
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .

$(VENV)/.bootstrapped: requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "需要 Python 3.11 或更高版本 / Python 3.11 or later is needed: make PYTHON=python3.11 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "缺少 venv，请先安装 / Python's venv is missing, install it first: apt-get install python3-venv" >&2; exit 1; }
	@echo "正在准备 .venv，首次约需一分钟 / Setting up .venv; the first time takes about a minute." >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $<
	@touch $@

$(VENV)/.ready-to-run: $(VENV)/.bootstrapped requirements/runtime.txt pyproject.toml
	@if [ -e $(VENV)/.ready-to-check ]; then $(MAKE) --no-print-directory $(VENV)/.ready-to-check; else \
		$(call install,requirements/bootstrap.txt requirements/runtime.txt); fi
	@touch $@

$(VENV)/.ready-to-check: $(VENV)/.bootstrapped requirements/dev.txt pyproject.toml
	@$(call install,requirements/dev.txt)
	@touch $(VENV)/.ready-to-run $@
