#!/bin/bash
# The tables of raw requests by TLS, each whole, byte by byte and cut at every position, a record for each piece: the unit
# test test_http_cases once more, with certificates. The last line is `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests/build.sh build/tests/unit/test_http_cases
HTTP_CERTIFICATES=$(mktemp -d)
export HTTP_CERTIFICATES
trap 'rm -rf "$HTTP_CERTIFICATES"' EXIT
deploy/dev/certificate.sh "$HTTP_CERTIFICATES"
build/tests/unit/test_http_cases
