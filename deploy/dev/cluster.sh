#!/bin/bash
# The private PostgreSQL cluster: cluster.sh start | stop | pid | psql [OPTIONS]
#
# It lives under $CORRIDOR_VAR and listens on a socket only. Its files there:
#   pg/            the data; made as pg.new and renamed when whole, so a killed start is repaired by the next
#   run/           the socket, unless the path is too long for one or has characters that libpq gives a meaning (it
#                  reads a comma as a list of hosts): then a folder under /tmp that the file `socket` names
#   connection     how to reach it, for the C programs (core/config.c); the role is added by who connects
#   log/           its log
# Roles are taken by operating-system user (peer): whoever owns the cluster may be any of them, and as root the user
# that the programs drop to may be only those that they need.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/settings.sh"

pg=$CORRIDOR_VAR/pg
log=$CORRIDOR_VAR/log/postgresql.log
every_role='postgres corridor_owner corridor_ingest corridor_server corridor_community corridor_moderator corridor_researcher'
start_limit=170    # seconds; recovery after a crash may take long
socket_path_max=90 # bytes; the kernel's limit is 107 with the socket's own name

find_programs() {
    local version
    version=$(as_cluster_user cat "$pg/PG_VERSION" 2>/dev/null) ||
        version=$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | cut -d/ -f5 | sort -n | tail -1)
    bin=/usr/lib/postgresql/$version/bin
    [ -x "$bin/postgres" ] ||
        fail "PostgreSQL ${version:-} is not installed under /usr/lib/postgresql; run make deps"
}

# Sets `socket`, from what an earlier start left or by the rule.
find_socket() {
    socket=$CORRIDOR_VAR/run
    if [ ${#socket} -lt $socket_path_max ] && [[ $socket =~ ^[A-Za-z0-9_./+-]+$ ]]; then return; fi
    socket=$(cat "$CORRIDOR_VAR/socket" 2>/dev/null) && [ -d "$socket" ] && [ -O "$CORRIDOR_VAR/socket" ] || socket=
}

ready() {
    [ -n "$socket" ] && "$bin/pg_isready" -q -h "$socket" -p 5432 -t 3
}

# Prints the postmaster's process id if it is alive and ours: the file may be stale and its number another's by now.
postmaster() {
    local pid
    read -r pid < <(head -1 "$pg/postmaster.pid" 2>/dev/null) || return 1
    tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -- "$pg" && echo "$pid"
}

# The children of a postmaster that was killed end when they next wait for something; one in the midst of a long question
# does not, and the next postmaster is refused as long. They are told to end at once, which its recovery expects.
end_orphans() {
    local folder
    ! postmaster >/dev/null || return 0
    for folder in /proc/[0-9]*; do
        [ "$(readlink "$folder/cwd" 2>/dev/null)" != "$pg" ] || kill -QUIT "${folder#/proc/}" 2>/dev/null || true
    done
}

make_folders() {
    local blocked
    mkdir -p "$CORRIDOR_VAR/log"
    if [ -n "$is_root" ]; then
        chmod o+x "$CORRIDOR_VAR"
        blocked=$(blocked_folder "$CORRIDOR_VAR")
        [ -z "$blocked" ] || fail "the user postgres, who runs the cluster, may not pass through $blocked on the way" \
            "to CORRIDOR_VAR=$CORRIDOR_VAR; set CORRIDOR_VAR to a folder elsewhere, or run: chmod o+x $blocked"
    fi
    if [ -z "$socket" ]; then
        socket=$(mktemp -d /tmp/corridor-XXXXXXXX)
        chmod 755 "$socket"
        echo "$socket" >"$CORRIDOR_VAR/socket"
    fi
    mkdir -p "$socket"
    [ -z "$is_root" ] || chown postgres "$socket"
}

# Makes the data folder with the owner's role and the database in it; everything else is done by migrations. Text is ordered
# by its bytes, as C.UTF-8 does too, but through the C library, which makes storing a submission a sixth slower.
make_data() {
    local new=$CORRIDOR_VAR/pg.new
    rm -rf "$new"
    mkdir -m 700 "$new"
    [ -z "$is_root" ] || chown postgres "$new"
    as_cluster_user "$bin/initdb" -D "$new" -U postgres --auth=peer --encoding=UTF8 --locale=C.UTF-8 --lc-collate=C \
        --data-checksums >"$CORRIDOR_VAR/log/initdb.log" 2>&1 || {
        cat "$CORRIDOR_VAR/log/initdb.log" >&2
        fail "initdb failed"
    }
    as_cluster_user "$bin/postgres" --single -D "$new" postgres >>"$CORRIDOR_VAR/log/initdb.log" 2>&1 <<-'SQL'
		CREATE ROLE corridor_owner LOGIN CREATEROLE
		CREATE DATABASE corridor OWNER corridor_owner
	SQL
    mv "$new" "$pg"
}

write_access() {
    local user role
    echo 'local all all peer map=corridor' >"$pg/pg_hba.conf"
    user=$(id -un)
    {
        for role in $every_role; do
            printf 'corridor "%s" %s\n' "$user" "$role"
        done
        if [ -n "$is_root" ]; then
            echo 'corridor postgres postgres'
            for role in corridor_server corridor_community corridor_ingest; do
                printf 'corridor "%s" %s\n' "$CORRIDOR_USER" "$role"
            done
        fi
    } >"$pg/pg_ident.conf"
}

# Starts the postmaster and waits until it takes connections; fails when it ends instead. Shared memory is mapped
# from files in pg/, since the /dev/shm of a container is often too small. What takes long is logged without its
# parameters: which countries and amounts somebody looks at is written down nowhere.
launch() {
    local user_switch=() pid deadline
    [ -z "$is_root" ] || user_switch=(setpriv --reuid=postgres --regid=postgres --init-groups --)
    [ ! -e "$log" ] || [ "$(stat -c %s "$log")" -lt 10000000 ] || mv "$log" "$log.1"
    (
        cd /
        exec 8>&- setsid "${user_switch[@]}" "$bin/postgres" -D "$pg" -p 5432 -c listen_addresses= \
            -c unix_socket_directories="$socket" -c timezone=UTC -c log_timezone=UTC \
            -c shared_buffers=256MB -c dynamic_shared_memory_type=mmap -c max_wal_size=2GB -c jit=off \
            -c log_min_duration_statement=1s -c log_parameter_max_length=0
    ) </dev/null >>"$log" 2>&1 &
    pid=$!
    deadline=$((SECONDS + start_limit))
    while [ -d "/proc/$pid" ]; do
        ! ready || return 0
        [ $SECONDS -lt $deadline ] || fail "PostgreSQL is not ready after $start_limit seconds; its log is $log"
        sleep 0.05
    done
    return 1
}

start() {
    local attempt
    find_programs
    find_socket
    if ready; then return; fi
    [ -z "$var_moved" ] ||
        say "the user postgres cannot reach $root, so the data is kept in $CORRIDOR_VAR"
    make_folders
    exec 8>"$CORRIDOR_VAR/cluster.lock"
    flock -w 180 8 || fail "another start of the cluster in $CORRIDOR_VAR does not end"
    find_programs
    if ready; then return; fi
    [ -d "$pg" ] || make_data
    write_access
    for attempt in 1 2 3 4 5 give-up; do
        end_orphans
        ! launch || break
        [ "$attempt" != give-up ] || {
            tail -5 "$log" >&2
            fail "PostgreSQL does not start; its log is $log"
        }
        sleep 1
    done
    echo "host=$socket port=5432 dbname=corridor" >"$CORRIDOR_VAR/connection"
    [ -z "$var_moved" ] || { mkdir -p "$var_moved" && cp "$CORRIDOR_VAR/connection" "$var_moved/"; }
}

stop() {
    local pid signal
    for signal in INT QUIT; do # fast; then immediate, which recovers at the next start
        pid=$(postmaster) || return 0
        kill -s "$signal" "$pid" 2>/dev/null || true
        for _ in {1..600}; do
            [ -d "/proc/$pid" ] || return 0
            sleep 0.05
        done
    done
    fail "PostgreSQL, process $pid, does not stop"
}

case ${1-} in
start) start ;;
stop) stop ;;
pid) postmaster ;;
psql)
    shift
    find_programs
    find_socket
    exec "$bin/psql" -h "$socket" -p 5432 -d corridor -U corridor_owner "$@"
    ;;
*) fail "usage: cluster.sh start | stop | pid | psql [OPTIONS]" ;;
esac
