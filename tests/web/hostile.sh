#!/bin/bash
# Operators whose names are hostile, on a demonstration market of its own. The last line is `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")"
./install.sh >/dev/null
CORRIDOR_VAR=$(mktemp -d /tmp/corridor-hostile-XXXXXX)
chmod 755 "$CORRIDOR_VAR"
port=$((22000 + $$ % 9000)) # below those that the kernel gives to clients
while (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || (: <>"/dev/tcp/127.0.0.1/$((port + 1))") 2>/dev/null; do
    port=$((port + 2))
done
export CORRIDOR_VAR CORRIDOR_DEMO=1 CORRIDOR_PORT=$port CORRIDOR_FEED_PORT=$((port + 1))
finish() {
    ../../deploy/dev/corridor.sh down >/dev/null || true
    [ ! -e "$CORRIDOR_VAR/socket" ] || rm -rf "$(cat "$CORRIDOR_VAR/socket")"
    rm -rf "$CORRIDOR_VAR"
}
trap finish EXIT
../../deploy/dev/corridor.sh up >/dev/null
node hostile.mjs
