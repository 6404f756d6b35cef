#!/bin/bash
# The settings, for the scripts beside this one: source it. The C programs read the same in core/config.c.
#
# Sets and exports every CORRIDOR_ variable, CORRIDOR_VAR as an absolute path; sets `root`, the project's folder,
# `is_root`, and `var_moved` where the default folder could not be used.

set -euo pipefail
umask 022
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
is_root=$([ "$(id -u)" != 0 ] || echo yes)
var_moved=

say() { printf 'corridor: %s\n' "$*"; }
fail() {
    printf 'corridor: %s\n' "$*" >&2
    exit 1
}

# libpq must not be led elsewhere by what the caller's shell has set for another project.
unset "${!PG@}"

read -rd '' -a known_settings <<'END' || true
ADDRESS PORT FEED_PORT TLS_PORT TLS_CERTS ORIGIN FEED_ORIGIN CONTACT VAR CACHE_MB DEMO DB USER MASTER_KEY_FILE MODERATOR
CONNECTIONS CONNECTIONS_PER_ADDRESS PROXY_FROM HANDSHAKE_SECONDS HEAD_SECONDS BODY_SECONDS BODY_RATE WRITE_SECONDS WRITE_RATE
IDLE_SECONDS DRAIN_SECONDS STREAM_SECONDS REQUEST_LOG
END

# corridor.env: KEY=VALUE a line, the value as it stands, without quotes. The environment wins.
read_settings_file() { # PATH
    local line key number=0
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
        key=${line%%=*}
        [[ $line == CORRIDOR_*=* && " ${known_settings[*]} " == *" ${key#CORRIDOR_} "* ]] ||
            fail "$1, line $number: '$line' is not one of CORRIDOR_{$(IFS=, && echo "${known_settings[*]}")}=VALUE"
        [ -n "${!key+set}" ] || export "$key=${line#*=}"
    done <"$1"
}

check_port() { # VARIABLE
    if ! [[ ${!1} =~ ^[0-9]{1,5}$ ]] || ((10#${!1} < 1 || 10#${!1} > 65535)); then
        fail "$1 is '${!1}'; it must be a port number from 1 to 65535"
    fi
}

# Runs a command as the user that owns the cluster: ourselves, or postgres when we are root (initdb refuses root).
as_cluster_user() {
    if [ -n "$is_root" ]; then
        setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
    else
        "$@"
    fi
}

# Prints the first folder on the way to PATH that the cluster's user may not pass; nothing when all is well.
blocked_folder() { # PATH
    local at='' part
    as_cluster_user test -x "$1" && return
    while IFS= read -r -d / part; do
        [ -n "$part" ] || continue
        at=$at/$part
        as_cluster_user test -x "$at" || break
    done <<<"${1#/}/"
    printf '%s\n' "$at"
}

[ ! -e "$root/corridor.env" ] || read_settings_file "$root/corridor.env"

default_var=$([ -n "${CORRIDOR_VAR:-}" ] || echo yes)
: "${CORRIDOR_ADDRESS:=127.0.0.1}" "${CORRIDOR_PORT:=8080}" "${CORRIDOR_FEED_PORT:=8081}" "${CORRIDOR_VAR:=var}" \
    "${CORRIDOR_TLS_PORT:=}" "${CORRIDOR_CACHE_MB:=16}" "${CORRIDOR_DEMO:=1}" "${CORRIDOR_DB:=}" "${CORRIDOR_USER:=${is_root:+nobody}}"
check_port CORRIDOR_PORT
check_port CORRIDOR_FEED_PORT
[ "$CORRIDOR_PORT" != "$CORRIDOR_FEED_PORT" ] ||
    fail "CORRIDOR_PORT and CORRIDOR_FEED_PORT are both $CORRIDOR_PORT; they must differ"
if [ -n "$CORRIDOR_TLS_PORT" ]; then
    check_port CORRIDOR_TLS_PORT
    [[ $CORRIDOR_TLS_PORT != "$CORRIDOR_PORT" && $CORRIDOR_TLS_PORT != "$CORRIDOR_FEED_PORT" ]] ||
        fail "CORRIDOR_TLS_PORT is $CORRIDOR_TLS_PORT, as another port is; they must differ"
fi
[[ $CORRIDOR_DEMO =~ ^[01]$ ]] || fail "CORRIDOR_DEMO is '$CORRIDOR_DEMO'; it must be 0 or 1"
[[ $CORRIDOR_VAR == /* ]] || CORRIDOR_VAR=$root/$CORRIDOR_VAR

# A clone in /root: the cluster's own user cannot reach its var/, so the data goes where it can. A script that another
# one calls meets the folder in its environment already.
moved_to=/var/lib/corridor-dev/$(printf %s "$root" | sha256sum | cut -c1-12)
if [ -n "$is_root" ] && [[ -n $default_var || $CORRIDOR_VAR == "$moved_to" ]] && [ -z "$CORRIDOR_DB" ] &&
    id postgres >/dev/null 2>&1 && ! as_cluster_user test -x "$root"; then
    # shellcheck disable=SC2034 # read by cluster.sh
    var_moved=$root/var
    CORRIDOR_VAR=$moved_to
fi
: "${CORRIDOR_TLS_CERTS:=$CORRIDOR_VAR/tls}"
[[ $CORRIDOR_TLS_CERTS == /* ]] || CORRIDOR_TLS_CERTS=$root/$CORRIDOR_TLS_CERTS
# Where the tool looks for it too, which knows of no move.
: "${CORRIDOR_MASTER_KEY_FILE:=${var_moved:-$CORRIDOR_VAR}/master.key}"
[[ $CORRIDOR_MASTER_KEY_FILE == /* ]] || CORRIDOR_MASTER_KEY_FILE=$root/$CORRIDOR_MASTER_KEY_FILE
export CORRIDOR_ADDRESS CORRIDOR_PORT CORRIDOR_FEED_PORT CORRIDOR_TLS_PORT CORRIDOR_TLS_CERTS CORRIDOR_VAR CORRIDOR_CACHE_MB \
    CORRIDOR_DEMO CORRIDOR_DB CORRIDOR_USER CORRIDOR_MASTER_KEY_FILE
