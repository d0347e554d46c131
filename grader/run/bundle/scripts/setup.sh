#!/usr/bin/env bash
# Installs the grader from the wheels that lie beside this script. Nothing is fetched where the right Python is
# there; where it is not, it comes from Ubuntu.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

find_python() {
  for name in python@PYTHON@ python3 python; do
    if "$name" -c 'import sys, pip; sys.exit("%d.%d" % sys.version_info[:2] != "@PYTHON@")' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  return 1
}

if ! python=$(find_python); then
  apt-get update
  apt-get install -y python@PYTHON@ python3-pip
  python=$(find_python)
fi
rm -rf "$here/site"
"$python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-index --no-deps \
  --target "$here/site" "$here"/wheels/*.whl
printf '%s\n' "$python" > "$here/python"
