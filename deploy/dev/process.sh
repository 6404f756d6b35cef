#!/bin/bash
# Processes and ports, for corridor.sh: source it after settings.sh.
#
# A process is remembered in a file as its number and its start time, so that a stale file never points at a stranger
# that has the number now.

# Prints `PID START` of a live process; fails for one that is gone or only waits to be reaped.
identity() { # PID
    local stat
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    read -ra stat <<<"${stat##*) }"
    [ "${stat[0]}" != Z ] && echo "$1 ${stat[19]}"
}

# Prints the process id that a file remembers, if that process still lives.
remembered() { # FILE
    local pid start
    { read -r pid start _ <"$1"; } 2>/dev/null && [ "$(identity "$pid")" = "$pid $start" ] && echo "$pid"
}

# Ends the process that a file remembers: asks, waits, and kills it when it does not go.
end_remembered() { # FILE SECONDS
    local pid tenths=$(($2 * 10))
    if pid=$(remembered "$1"); then
        kill -TERM "$pid" 2>/dev/null || true
        while remembered "$1" >/dev/null; do
            sleep 0.1
            tenths=$((tenths - 1))
            [ "$tenths" != 0 ] || kill -KILL "$pid" 2>/dev/null || true
        done
    fi
    rm -f "$1"
}

# Where to knock for a program that listens on CORRIDOR_ADDRESS.
knock_address() {
    case $CORRIDOR_ADDRESS in
    0.0.0.0) echo 127.0.0.1 ;;
    ::) echo ::1 ;;
    *) echo "$CORRIDOR_ADDRESS" ;;
    esac
}

# Fails, naming the port, its variable and its holder, when somebody listens there.
check_port_free() { # VARIABLE
    local port=${!1} holder=''
    (: <>"/dev/tcp/$(knock_address)/$port") 2>/dev/null || return 0
    if command -v ss >/dev/null; then
        holder=$(ss -Hltnp "sport = :$port" | sed -nE 's/.*\(\("([^"]+)",pid=([0-9]+).*/ by \1 (process \2)/p' | head -1)
    fi
    fail "port $port is in use$holder; set $1 to another one, for example: $1=$((port % 55000 + 10000))"
}

# Succeeds when GET PATH is answered with 200.
answers() { # PORT PATH
    local status
    status=$(
        exec 2>/dev/null 3<>"/dev/tcp/$(knock_address)/$1" || exit
        printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
        timeout 3 cat <&3 | { read -r _ status _ && echo "$status" && cat >/dev/null; }
    ) || return 1
    [ "$status" = 200 ]
}
