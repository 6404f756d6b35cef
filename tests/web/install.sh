#!/bin/bash
# Installs the locked packages of the browser tests into node_modules, when they are not those of the lockfile.
set -euo pipefail
cd "$(dirname "$0")"
cmp -s package-lock.json node_modules/.lock && exit
npm ci --ignore-scripts --no-audit --no-fund
cp package-lock.json node_modules/.lock
