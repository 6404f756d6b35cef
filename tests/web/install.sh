#!/bin/bash
# Installs the locked packages of the browser tests into node_modules, when they are not those of the lockfile. Parts that
# run at the same time wait for the one that does it.
set -euo pipefail
cd "$(dirname "$0")"
exec 9<package-lock.json
flock 9
cmp -s package-lock.json node_modules/.lock && exit
npm ci --ignore-scripts --no-audit --no-fund 9<&-
cp package-lock.json node_modules/.lock
