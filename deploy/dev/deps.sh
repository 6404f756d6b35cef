#!/bin/bash
# Installs the Debian packages that are missing: deps.sh KIND... with the kinds of the Makefile's DEPENDENCIES,
# which it reads from the environment. With nothing missing it takes about 0.1 s and needs no rights.
set -euo pipefail

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)

# The lines of the kinds asked for, as three lists.
names=() versions=() commands=()
while read -r kind entry _; do
    [[ -n $kind && " $* " == *" $kind "* ]] || continue
    names+=("${entry%%[>=]*}")
    case $entry in
    *'>='*) versions+=("${entry#*>=}") commands+=('') ;;
    *=*) versions+=('') commands+=("${entry#*=}") ;;
    *) versions+=('') commands+=('') ;;
    esac
done <<<"${DEPENDENCIES:?is set by the Makefile: run make deps}"

# Sets `missing` to the names that are not installed, or are too old, and whose command is not there either.
find_missing() {
    local -A installed=()
    local name status version i
    while read -r name status version; do
        [ "$status" != ii ] || installed[$name]=$version
    done < <(dpkg-query -W -f '${Package} ${db:Status-Abbrev} ${Version}\n' "${names[@]}" 2>/dev/null)
    missing=()
    for i in "${!names[@]}"; do
        [ -n "${commands[i]}" ] && command -v "${commands[i]}" >/dev/null && continue
        version=${installed[${names[i]}]-}
        if [ -z "$version" ] ||
            { [ -n "${versions[i]}" ] && dpkg --compare-versions "$version" lt "${versions[i]}"; }; then
            missing+=("${names[i]}")
        fi
    done
}

find_missing
[ ${#missing[@]} -gt 0 ] || exit 0
echo "Installing ${missing[*]}"
[ ${#as_root[@]} = 0 ] || command -v sudo >/dev/null || {
    echo "deps: there is no sudo here; let root run: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
}

# The packaged cluster would start a server of its own; ours is private (deploy/dev/cluster.sh).
conf=/etc/postgresql-common/createcluster.conf
if [[ " ${missing[*]} " == *' postgresql '* && ! -e $conf ]]; then
    "${as_root[@]}" mkdir -p "${conf%/*}"
    echo 'create_main_cluster = false' | "${as_root[@]}" tee "$conf" >/dev/null
fi

# Lists that are a little old would give packages with known holes; a source that fails must not stop the others.
"${as_root[@]}" apt-get update -q || echo "deps: apt-get update failed; going on with the package lists there are" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}"

# apt keeps an older version without a word when its sources have no newer one.
find_missing
[ ${#missing[@]} = 0 ] || {
    echo "deps: too old or still missing: ${missing[*]}; are Debian's security updates among apt's sources?" >&2
    exit 1
}
