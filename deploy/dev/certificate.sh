#!/bin/bash
# Makes certificates for localhost that nobody but this machine trusts, one with an ECDSA key and one with an RSA key:
# deploy/dev/certificate.sh [FOLDER]. Without a FOLDER they go where the programs look for them (CORRIDOR_TLS_CERTS),
# and what to do with them is printed. What is there already is kept.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/settings.sh"
folder=${1:-$CORRIDOR_TLS_CERTS}

make_certificate() { # NAME NEWKEY_OPTIONS...
    local name=$1
    shift
    [ ! -e "$folder/$name.crt" ] || return 0
    # The key first and under another name, so that a folder is never read with half a pair in it.
    openssl req -x509 -new -nodes "$@" -keyout "$folder/$name.key" -out "$folder/$name.new" -days 365 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1 \
        -addext keyUsage=critical,digitalSignature -addext extendedKeyUsage=serverAuth 2>/dev/null
    # As root the programs become another user, who has to read the key.
    [ -z "$is_root" ] || [ -z "$CORRIDOR_USER" ] || chown "$CORRIDOR_USER" "$folder/$name.key"
    mv "$folder/$name.new" "$folder/$name.crt"
}

mkdir -p "$folder"
make_certificate localhost -newkey ec -pkeyopt ec_paramgen_curve:P-256
make_certificate localhost-rsa -newkey rsa:2048
if [ $# = 0 ]; then
    say "certificates for localhost are in $folder"
    say "try them:  CORRIDOR_TLS_PORT=8443 make run"
    say "then:      curl --cacert $folder/localhost.crt https://localhost:8443/"
fi
