#!/bin/sh
# Make the virtual environment with the newest Python we support; say clearly what is missing if there is none.
set -eu
supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
for python in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do
  if [ -n "$python" ] && "$python" -c "$supported" >/dev/null 2>&1; then
    echo "建立 $1（$("$python" --version)）…"
    "$python" -m venv --clear "$1" && exit 0
    echo "建立虚拟环境失败：请安装它的 venv 模块（Debian、Ubuntu：apt install python3-venv）。" >&2
    echo "Python's venv module is missing (Debian, Ubuntu: apt install python3-venv)." >&2
    exit 1
  fi
done
echo "没有找到 Python 3.11–3.13：请先安装，或用 PYTHON=/路径/python3.12 指明。" >&2
echo "No Python 3.11-3.13 found: install one, or name it with PYTHON=/path/to/python3.12." >&2
exit 1
