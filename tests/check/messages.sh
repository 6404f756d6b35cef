#!/bin/bash
# Every message of the site's code is translated in every catalogue, none is fuzzy, empty, malformed or left over.
# The last line is `N passed, N failed`, one for each catalogue.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
messages=$work/messages.pot

# The keywords are explained in server/web/i18n.h and say.h.
xgettext --language=C --from-code=UTF-8 --add-comments=Translators --sort-output \
    --keyword --keyword=MESSAGE:1 --keyword=message:2 --keyword=message_n:3,4 \
    --keyword=say:2 --keyword=say_with:2 --keyword=say_n:3,4 --keyword=say_n_with:3,4 \
    --output="$messages" server/web/*.c

# `messages.sh update` brings the catalogues up to the code, for a translator to go on with.
if [ "${1:-}" = update ]; then
    for catalogue in server/web/messages/*.po; do
        msgmerge --quiet --no-fuzzy-matching --no-wrap --sort-output --no-location --update --backup=none \
            "$catalogue" "$messages"
        msgattrib --no-wrap --no-obsolete --output-file="$catalogue" "$catalogue"
    done
    exit
fi

passed=0
failed=0
for catalogue in server/web/messages/*.po; do
    faults=$({
        msgfmt --check --output-file=/dev/null "$catalogue" || true
        msgcmp "$catalogue" "$messages" || true
        msgattrib --no-wrap --only-fuzzy --no-obsolete "$catalogue" | grep '^msgid' || true
        grep -n '^#~' "$catalogue" || true
    } 2>&1)
    # A language needs its line in the table as well.
    code=$(basename "$catalogue" .po)
    grep -q "X(\"$code\"," server/web/i18n.c || faults+="server/web/i18n.c does not list $code"
    if [ -n "$faults" ]; then
        printf '%s\n' "$catalogue:" "$faults"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
