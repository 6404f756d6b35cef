#!/bin/bash
# Proves the two commands on a machine that has nothing: makes a bare Debian 12 in a temporary folder (debootstrap),
# with an ordinary user who may sudo, clones this project's last commit there, types `make run` (and again) and
# `make test`, and takes everything away again. It prints how long each took and fails when one does, or when the
# address answers later than it should.
#
#   deploy/dev/fresh.sh [--no-test]
#
# Needs root (it asks sudo) and the packages debootstrap and git. The machine's own package sources, certificates and
# proxies are used; ports are free ones. All of it runs in its own mount and process namespaces, so that nothing
# stays mounted or running whatever happens.
set -euo pipefail

release=bookworm
first_limit=300 # seconds from typing `make run` to an answer, packages included
again_limit=5   # the second time
patience=120    # seconds more that a late answer is waited for
test_limit=3600
user=visitor
root=$(cd "$(dirname "$0")/../.." && pwd -P)

say() { printf 'fresh: %s\n' "$*"; }
fail() {
    say "$*" >&2
    exit 1
}

# ---- Outside: become root, make the folder, enter the namespaces, remove the folder

if [ "$(id -u)" != 0 ]; then
    exec sudo --preserve-env=http_proxy,https_proxy,no_proxy,CORRIDOR_DATA "$0" "$@"
fi
if [ -z "${CORRIDOR_FRESH_FOLDER:-}" ]; then
    command -v debootstrap >/dev/null || fail "needs the package debootstrap"
    CORRIDOR_FRESH_FOLDER=$(mktemp -d /var/tmp/corridor-fresh-XXXXXX)
    export CORRIDOR_FRESH_FOLDER
    trap 'rm -rf --one-file-system "$CORRIDOR_FRESH_FOLDER"' EXIT
    trap 'kill -KILL "$inside" 2>/dev/null; wait; exit 130' INT TERM HUP
    unshare --mount --propagation private --pid --fork --kill-child "$0" "$@" &
    inside=$!
    wait "$inside"
    exit
fi

# ---- Inside

machine=$CORRIDOR_FRESH_FOLDER/machine
home=$machine/home/$user
test_too=yes
[ "${1:-}" != --no-test ] || test_too=

since() { # START
    printf '%s.%s' $((($(date +%s%N) - $1) / 1000000000)) $((($(date +%s%N) - $1) / 100000000 % 10))
}

make_machine() {
    local mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg file folder
    # shellcheck disable=SC2016 # apt's own placeholders
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v release="$release" '$2 ~ "^" release "(-updates|-security)?$" && $3 == "main"' >"$machine.sources"
    mirror=$(awk -v release="$release" '$2 == release { print $1; exit }' "$machine.sources")
    [ -n "$mirror" ] || fail "apt's sources on this machine have no $release"
    debootstrap --variant=minbase --keyring="$keyring" --include=ca-certificates,git,make,sudo \
        "$release" "$machine" "$mirror" >"$machine.log" 2>&1 || {
        tail -5 "$machine.log" >&2
        fail "debootstrap failed"
    }
    awk '{ print "deb", $1, $2, $3 }' "$machine.sources" >"$machine/etc/apt/sources.list"
    # How this machine reaches its sources: apt's own settings, and certificates added by hand.
    while IFS= read -r file; do
        cp "$file" "$machine/etc/apt/apt.conf.d/"
    done < <(grep -ls '^ *Acquire' /etc/apt/apt.conf.d/*)
    cp /etc/resolv.conf /etc/hosts "$machine/etc/"
    cp -r /usr/local/share/ca-certificates/. "$machine/usr/local/share/ca-certificates/"
    mount -t proc proc "$machine/proc"
    for folder in dev sys; do mount --rbind "/$folder" "$machine/$folder"; done
    in_machine root update-ca-certificates >/dev/null 2>&1
    in_machine root useradd --create-home --shell /bin/bash $user
    echo "$user ALL=(ALL) NOPASSWD: ALL" >"$machine/etc/sudoers.d/$user"
    echo 'Defaults env_keep += "http_proxy https_proxy no_proxy"' >>"$machine/etc/sudoers.d/$user"
    git clone --quiet --bare --no-local "file://$root" "$machine/srv/corridor.git"
    in_machine root chown -R $user /srv/corridor.git
    in_machine $user git clone --quiet /srv/corridor.git corridor
    if [ -d "${CORRIDOR_DATA:-$root/../shared/data}" ]; then # public data sets that some tests read when present
        in_machine $user mkdir -p shared/data
        mount --bind -o ro "${CORRIDOR_DATA:-$root/../shared/data}" "$home/shared/data"
    fi
}

# Runs a command there, as somebody, in the home folder or the clone when there is one; for $limit seconds if set.
# Ctrl-C works there even when this script itself runs where it is ignored.
in_machine() { # USER COMMAND...
    local who=$1 environment=() name
    shift
    for name in http_proxy https_proxy no_proxy; do
        [ -z "${!name:-}" ] || environment+=("$name=${!name}")
    done
    if command -v npm >/dev/null; then
        environment+=("npm_config_registry=$(npm config get registry 2>/dev/null)")
    fi
    # shellcheck disable=SC2016 # for the shell inside
    ${limit:+timeout $limit} chroot --userspec="$who" "$machine" /usr/bin/env -i --default-signal=INT \
        PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
        HOME="$([ "$who" = root ] && echo /root || echo "/home/$who")" USER="$who" LANG=C.UTF-8 \
        NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
        CORRIDOR_PORT="${port:-}" CORRIDOR_FEED_PORT="${feed_port:-}" "${environment[@]}" \
        bash -c 'cd; cd corridor 2>/dev/null; exec "$@"' - "$@"
}

free_port() { # FIRST
    local port=$1
    while (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

# Succeeds when GET / at http://HOST:PORT/ is answered without an error; the network is this machine's.
answers() { # ADDRESS
    local host_port=${1#http://} status
    host_port=${host_port%/}
    status=$(
        exec 2>/dev/null 3<>"/dev/tcp/${host_port%:*}/${host_port##*:}" || exit
        printf 'GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$host_port" >&3
        read -rt 5 _ status _ <&3 && echo "$status"
    )
    [[ $status =~ ^[23] ]]
}

# Types `make run`, waits until the printed address answers, and presses Ctrl-C. Slow is noted, and the rest still tried.
make_run() { # WHICH LIMIT OUTPUT
    local start address='' job uid left took
    start=$(date +%s%N)
    : >"$3"
    set -m # its own process group, as a terminal would give it
    in_machine $user make run >"$3" 2>&1 &
    job=$!
    set +m
    until address=$(sed -n 's/.*open \(http:[^ ]*\).*/\1/p' "$3") && [ -n "$address" ] && answers "$address"; do
        took=$(since "$start")
        if ! kill -0 $job 2>/dev/null || [ "${took%.*}" -ge $(($2 + patience)) ]; then
            tail -30 "$3" >&2
            fail "make run: no answer at '$address' within $took s"
        fi
        sleep 0.1
    done
    took=$(since "$start")
    say "make run, the $1 time: answers after $took s"
    [ "${took%.*}" -lt "$2" ] || {
        say "make run, the $1 time: too late, $2 s are allowed"
        late=yes
    }
    kill -INT -- -$job
    wait $job || true # make says that it was interrupted
    uid=$(awk -F: -v user=$user '$1 == user { print $3 }' "$machine/etc/passwd")
    left=$(stat -c '%u %n' "$machine"/proc/[0-9]* 2>/dev/null | grep -c "^$uid ") || true
    [ "$left" = 0 ] || fail "make run left $left processes behind"
}

mkdir "$machine"
port=$(free_port $((30000 + $$ % 10000 + RANDOM % 1000)))
feed_port=$(free_port $((port + 1)))

start=$(date +%s%N)
make_machine
say "a bare Debian $(cat "$machine/etc/debian_version") in $(since "$start") s"

late=
make_run first $first_limit "$machine.run"
make_run second $again_limit "$machine.again"

if [ -n "$test_too" ]; then
    start=$(date +%s%N)
    limit=$test_limit in_machine $user make test >"$machine.test" 2>&1 || {
        mkdir -p "$root/build" && cp "$machine.test" "$root/build/fresh-test.log"
        tail -3 "$machine.test"
        fail "make test failed after $(since "$start") s; build/fresh-test.log has what it said"
    }
    say "make test: $(tail -1 "$machine.test"), in $(since "$start") s"
    [[ $(tail -1 "$machine.test") =~ ^[0-9]+\ passed,\ 0\ failed ]] || fail "make test: a last line that is not the summary"
fi
[ -z "$late" ]
