#!/bin/bash
# Fuzzes what strangers send, under AddressSanitizer and UndefinedBehaviorSanitizer:
#
#   tests/fuzz/run.sh [SECONDS [NAME...]]     for a time each [60]; the names are those of fuzz_NAME.c
#   FUZZ_RUNS=1000000 tests/fuzz/run.sh       so many runs each instead
#
# It begins with what seeds.py writes: the cases of the tables, and the seeds kept in tests/fuzz/seeds/. What is found on
# the way stays in build/fuzz/NAME/ for the next time, a finding in build/fuzz/NAME-crash-*. The last line is
# `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
[ $# -gt 0 ] || set -- http http2 proxy query llhttp signature quote
if [ -n "${FUZZ_RUNS:-}" ]; then limit=-runs=$FUZZ_RUNS; else limit=-max_total_time=$seconds; fi

folder=build/fuzz
for name in "$@"; do mkdir -p "$folder/$name"; done
tests/fuzz/seeds.py "$folder"

# What a fuzzer is made of is compiled again here, since it has to see the branches.
parser=(core/http_{head,field,target,chunk,bytes}.c core/utf8.c)
engine=(core/http_*.c core/http2_*.c core/{out,json,utf8,log,metrics}.c)
asking=(server/ask.c core/{instant,decimal,money,cost,tariff,service,codes}.c core/codes_*.c)
quotes=(ingest/{quote_read,quote_rules,document,judge}.c core/{refusal,instant,decimal,money,tariff,tariff_json,service}.c
    core/{out,json,utf8,codes}.c core/codes_*.c)
sources_of() { # NAME
    case $1 in
    http | http2 | proxy) printf '%s\n' tests/unit/http_{wire,echo,receive}.c "${engine[@]}" ;;
    query) printf '%s\n' "${engine[@]}" "${asking[@]}" ;;
    signature) printf '%s\n' ingest/feed_{signature,digest}.c ingest/structured_field.c core/{out,utf8}.c ;;
    quote) printf '%s\n' "${quotes[@]}" ;;
    llhttp) printf '%s\n' "${parser[@]}" tests/fuzz/differ_{ours,llhttp,compare,look,class}.c ;;
    esac
}
libraries_of() { # NAME
    case $1 in
    http | http2 | proxy | query)
        pkg-config --libs libevent_core libnghttp2 openssl jansson zlib libbrotlienc icu-i18n icu-uc
        ;;
    quote) pkg-config --libs jansson icu-i18n icu-uc ;;
    signature) pkg-config --libs libcrypto ;;
    llhttp) for file in api http llhttp; do echo "$folder/llhttp_$file.o"; done ;;
    esac
}

passed=0
failed=0
for name in "$@"; do
    echo "== $name"
    if [ "$name" = llhttp ]; then # Debian's package has the sources alone
        for file in api http llhttp; do
            clang -w -O1 -fsanitize=fuzzer-no-link -DLLHTTP_STRICT_MODE=1 -I/usr/share/include/llhttp \
                -c -o "$folder/llhttp_$file.o" "/usr/share/llhttp/$file.c"
        done
    fi
    # shellcheck disable=SC2046 # lists of words
    clang -std=c17 -D_GNU_SOURCE -O1 -g -I. -Iinclude -I/usr/share/include -DLLHTTP_STRICT_MODE=1 \
        -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        -o "$folder/fuzz_$name" "tests/fuzz/fuzz_$name.c" $(sources_of "$name") $(libraries_of "$name") -lm -pthread
    if "$folder/fuzz_$name" -max_len=3000 -timeout=10 "$limit" -print_final_stats=1 -artifact_prefix="$folder/$name-" \
        "$folder/$name" >"$folder/$name.log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
    grep -v 'Uses:\|NEW\|REDUCE\|pulse\|RELOAD' "$folder/$name.log" | tail -40
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
