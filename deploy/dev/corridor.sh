#!/bin/bash
# Corridor on this machine: corridor.sh run | up | down
#
# One supervisor does the work: `run` is the supervisor in the foreground, `up` starts it in the background and waits
# until all answers. It starts the private cluster (cluster.sh; none with CORRIDOR_DB), migrates, loads the
# demonstration market into an empty database, starts the programs, and starts again whatever dies. When it is told
# to end it ends them all; what a killed supervisor left behind is found by the next one. Its files in $CORRIDOR_VAR:
#   supervisor         process id, start time, `run` or `up`, and a fingerprint of the settings and programs
#   supervisor.lock    held as long as it lives
#   ready              there once everything answered; holds what is printed then
#   PROGRAM.pid        process id and start time
#   log/corridor.log   what everything said, when in the background
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/settings.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/process.sh"
cd "$root"

var=$CORRIDOR_VAR
log=$var/log/corridor.log
programs=(corridord corridor-ingestd)
declare -A port_variable=([corridord]=CORRIDOR_PORT [corridor-ingestd]=CORRIDOR_FEED_PORT)
start_limit=120     # seconds until everything answers
drain_limit=15      # seconds a program has to end its answers
restart_delay_max=30 # seconds

# Of what the programs go by: not of who moderates, which is the tool's.
fingerprint() {
    local name
    {
        for name in "${known_settings[@]/#/CORRIDOR_}"; do
            [ "$name" = CORRIDOR_MODERATOR ] || printf '%s=%s\n' "$name" "${!name-}"
        done
        stat -c '%n %y %s' build/corridor* deploy/dev/*.sh
    } | sha256sum | cut -c1-32
}

built() {
    local name
    for name in "${programs[@]}"; do
        [ ! -x "build/$name" ] || echo "$name"
    done
}

# ---- The supervisor

declare -A program_pid=() started_at=() retry_at=() retry_delay=()
step='' step_is_cluster='' cluster_process=''

# Runs a command and waits for it in a way that a signal can interrupt.
do_step() {
    "$@" </dev/null 9>&- &
    step=$!
    local status=0
    wait "$step" || status=$?
    step=
    return $status
}

start_cluster() {
    local pid
    step_is_cluster=yes
    do_step deploy/dev/cluster.sh start || return 1
    step_is_cluster=
    pid=$(deploy/dev/cluster.sh pid) && cluster_process=$(identity "$pid")
}

start_program() { # NAME
    "build/$1" </dev/null 9>&- &
    program_pid[$1]=$!
    started_at[$1]=$SECONDS
    identity $! >"$var/$1.pid" || true
}

alive() { # NAME
    identity "${program_pid[$1]}" >/dev/null
}

# Ends everything; also after a failed start. A cluster being started is waited for: it cannot be left half way.
end_all() {
    local name
    trap '' INT TERM HUP
    rm -f "$var/ready"
    if [ -n "$step" ]; then
        [ -n "$step_is_cluster" ] || kill "$step" 2>/dev/null || true
        wait "$step" 2>/dev/null || true
    fi
    for name in "${!program_pid[@]}"; do kill -TERM "${program_pid[$name]}" 2>/dev/null || true; done
    for name in "${!program_pid[@]}"; do end_remembered "$var/$name.pid" $drain_limit; done
    if [ -n "$cluster_process" ] && [ ! -e "$var/pg" ]; then # deleted: nothing is left to shut down in order
        kill -QUIT "${cluster_process% *}" 2>/dev/null || true
    elif [ -z "$CORRIDOR_DB" ]; then
        deploy/dev/cluster.sh stop || true
    fi
    rm -f "$var/supervisor"
}

wait_until_ready() {
    local name deadline=$((SECONDS + start_limit)) status
    for name in "${!program_pid[@]}"; do
        until answers "${!port_variable[$name]}" /readyz; do
            revive_cluster
            if ! alive "$name"; then
                status=0
                wait "${program_pid[$name]}" || status=$?
                fail "$name ended with status $status while starting"
            fi
            [ $SECONDS -lt $deadline ] || fail "$name is not ready after $start_limit seconds"
            sleep 0.1
        done
    done
}

announce() {
    local host name
    host=$(knock_address)
    [[ $host != *:* ]] || host=[$host]
    for name in "${!program_pid[@]}"; do
        case $name in
        corridord)
            say "open http://$host:$CORRIDOR_PORT/"
            [ -z "$CORRIDOR_TLS_PORT" ] || say "open https://$host:$CORRIDOR_TLS_PORT/"
            ;;
        corridor-ingestd) say "corridor-ingestd answers at http://$host:$CORRIDOR_FEED_PORT/" ;;
        esac
    done | sort -r
    say "data and logs are in $var"
}

# Starts PostgreSQL again when it is gone.
revive_cluster() {
    if [ -n "$cluster_process" ] && [ "$(identity "${cluster_process% *}")" != "$cluster_process" ] &&
        [ $SECONDS -ge "${retry_at[cluster]:-0}" ]; then
        say "PostgreSQL is gone; starting it again"
        start_cluster || delay cluster
    fi
}

# Starts again, with growing delays, the programs that are gone.
revive_programs() {
    local name status
    for name in "${!program_pid[@]}"; do
        if alive "$name"; then
            [ $((SECONDS - started_at[$name])) -lt 60 ] || retry_delay[$name]=
        elif [ -z "${retry_at[$name]:-}" ]; then
            status=0
            { wait "${program_pid[$name]}" || status=$?; } 2>/dev/null
            delay "$name"
            say "$name ended with status $status; starting it again in ${retry_delay[$name]} s"
        elif [ $SECONDS -ge "${retry_at[$name]}" ]; then
            retry_at[$name]=
            start_program "$name"
        fi
    done
}

delay() { # NAME
    local next=$((${retry_delay[$1]:-0} * 2))
    [ $next -ge 1 ] || next=1
    [ $next -le $restart_delay_max ] || next=$restart_delay_max
    retry_delay[$1]=$next
    retry_at[$1]=$((SECONDS + next))
}

supervise() { # run | up
    local name
    mkdir -p "$var/log"
    exec 9>"$var/supervisor.lock"
    flock -n 9 ||
        fail "already running on $var, process $(remembered "$var/supervisor" || echo unknown); make down ends it"
    for name in "${programs[@]}"; do end_remembered "$var/$name.pid" $drain_limit; done
    for name in $(built); do check_port_free "${port_variable[$name]}"; done
    [ -z "$CORRIDOR_TLS_PORT" ] || check_port_free CORRIDOR_TLS_PORT
    trap end_all EXIT
    trap 'exit 0' INT TERM HUP
    rm -f "$var/ready"
    echo "$(identity $$) $1 $(fingerprint)" >"$var/supervisor"

    [ -n "$CORRIDOR_DB" ] || start_cluster || exit 1
    do_step build/corridor migrate || fail "the database could not be migrated"
    if [ "$CORRIDOR_DEMO" = 1 ]; then
        do_step build/corridor demo --if-empty || fail "the demonstration market could not be loaded"
    fi
    for name in $(built); do start_program "$name"; done
    wait_until_ready
    announce >"$var/ready.new" # whole when it is seen: `up` waits for it
    mv "$var/ready.new" "$var/ready"
    [ "$1" != run ] || { cat "$var/ready" && say "Ctrl-C stops it"; }

    while :; do
        do_step sleep 1
        # Whoever deletes the folder wants it gone, not everything started anew on an empty one.
        [ -e "$var/supervisor" ] || fail "$var was deleted while it was in use: stopping"
        revive_cluster
        revive_programs
    done
}

# ---- Commands

up() {
    local pid mode mark shown
    mkdir -p "$var/log"
    exec 7>"$var/up.lock"
    flock 7
    if pid=$(remembered "$var/supervisor"); then
        read -r _ _ mode mark <"$var/supervisor"
        if [ "$mark" != "$(fingerprint)" ] && [ "$mode" = up ]; then
            say "the settings or the programs changed; starting again"
            down
            pid=
        elif [ "$mark" != "$(fingerprint)" ]; then
            say "already running in another terminal, with other settings or programs; end it there to use these"
        fi
    fi
    if [ -z "$pid" ]; then
        [ ! -e "$log" ] || [ "$(stat -c %s "$log")" -lt 10000000 ] || mv "$log" "$log.1"
        rm -f "$var/ready"
        touch "$log"
        tail -n 0 -F "$log" 2>/dev/null 7>&- &
        shown=$!
        setsid deploy/dev/corridor.sh supervise </dev/null >>"$log" 2>&1 7>&- &
        pid=$!
    fi
    until [ -e "$var/ready" ]; do
        if ! identity "$pid" >/dev/null; then
            sleep 0.2 # what it said last
            [ -z "${shown:-}" ] || kill "$shown"
            say "not started; the log is $log" >&2
            exit 1
        fi
        sleep 0.05
    done
    [ -z "${shown:-}" ] || kill "$shown"
    cat "$var/ready"
}

down() {
    local name
    end_remembered "$var/supervisor" $((drain_limit + 90))
    for name in "${programs[@]}"; do end_remembered "$var/$name.pid" $drain_limit; done
    rm -f "$var/ready"
    [ -n "$CORRIDOR_DB" ] || deploy/dev/cluster.sh stop
}

case ${1-} in
run)
    if [ "$(cut -d' ' -f3 "$var/supervisor" 2>/dev/null)" = up ] && remembered "$var/supervisor" >/dev/null; then
        say "running in the background; taking it to the foreground"
        down
    fi
    supervise run
    ;;
supervise) supervise up ;;
up) up ;;
down) down ;;
*) fail "usage: corridor.sh run | up | down" ;;
esac
