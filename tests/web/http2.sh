#!/bin/bash
# The pages over HTTP/2 and TLS in a real browser: another corridord on the demonstration market's database at
# $CORRIDOR_VAR, with certificates of its own. The last line is `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")"
./install.sh >/dev/null
exec node http2.mjs
