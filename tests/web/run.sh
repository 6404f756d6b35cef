#!/bin/bash
# The pages in a real browser, against the programs at $CORRIDOR_PORT on the demonstration market.
# The last line is `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")"
./install.sh >/dev/null
exec node run.mjs "$@"
