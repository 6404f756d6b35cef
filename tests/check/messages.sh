#!/bin/bash
# Every message of the site's code is translated in every catalogue, whole: none is fuzzy, empty, malformed, left over
# or still English, no plural form is missing, no line breaks within a figure. The last line is `N passed, N failed`,
# one for each language.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
messages=$work/messages.pot

# The keywords are explained in server/web/i18n.h and say.h.
xgettext --language=C --from-code=UTF-8 --add-comments=Translators --sort-output \
    --keyword --keyword=MESSAGE:1 --keyword=message:2 --keyword=message_span:2 --keyword=message_n:3,4 \
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

# Messages whose translation is the English itself, which is seldom right: where it is, messages_same.txt has a line
# "LANGUAGE: message". A language in a script of its own needs a letter of it.
still_english() { # CATALOGUE LANGUAGE
    msgcat --no-wrap "$1" | LC_ALL=C awk -v language="$2" '
        NR == FNR { same[$0] = 1; next }
        /^msgid "/ { id = substr($0, 8, length($0) - 8) }
        /^msgstr/ {
            text = substr($0, index($0, "\"") + 1)
            sub(/"$/, "", text)
            bare = id
            gsub(/[{][^}]*[}]/, "", bare)
            if (bare !~ /[A-Za-z][A-Za-z][A-Za-z]/ || (language ": " id) in same) next
            if (text == id || (language ~ /^(ar|zh)$/ && text !~ /[^ -~]/)) print "still English: " id
        }
    ' tests/check/messages_same.txt -
}

# A line must not break before the number of what is named by one, nor, where French has a blank before a mark and it,
# Spanish and Portuguese one within a figure, there: a plain blank is wrong. The texts in Markdown are looked at with
# their language's messages, but for examples of code.
breaking_blanks() { # LANGUAGE
    local marks='(RFC|WCAG|Guidelines|OpenAPI|CFR) [0-9]|[0-9] CFR|[^ :|-] (\xe2\x80\x8e)?10\.c|[^)] AA([^A-Za-z]|$)|[^A-Za-z]AA [^ ]'
    local own=''
    case $1 in
    en) ;;
    fr) own='[0-9] (%|€)|[0-9] [0-9]{3}([^0-9]|$)| (;|:|\?|!|%|»|€)|« ' ;;
    es | pt) own='[0-9] (%|€)|[0-9] [0-9]{3}([^0-9]|$)' ;;
    esac
    {
        if [ "$1" = en ]; then
            msgcat --no-wrap "$messages" | grep '^msgid'
        else
            grep '^msgstr' "server/web/messages/$1.po"
        fi
        awk '/^```/ { code = !code } !code && !/\|---/' server/web/{articles,pages}/"$1"/*.md
    } | LC_ALL=C grep -P "$marks${own:+|$own}" | sed 's/^/blank that breaks: /' || true
}

passed=0
failed=0
for catalogue in server/web/messages/*.po; do
    code=$(basename "$catalogue" .po)
    faults=$({
        msgfmt --check --output-file=/dev/null "$catalogue" || true
        msgcmp "$catalogue" "$messages" || true
        msgattrib --no-wrap --only-fuzzy --no-obsolete "$catalogue" | grep '^msgid' || true
        msgattrib --no-wrap --untranslated --no-obsolete "$catalogue" | grep '^msgid' || true
        grep -n '^#~' "$catalogue" || true
        grep -n '^msgstr\[[0-9]\] ""$' "$catalogue" || true
        still_english "$catalogue" "$code"
        breaking_blanks "$code"
        # A language needs its line in the table as well.
        grep -q "X(\"$code\"," server/web/i18n.c || echo "server/web/i18n.c does not list $code"
    } 2>&1)
    if [ -n "$faults" ]; then
        printf '%s\n' "$catalogue:" "$faults"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
done
faults=$(breaking_blanks en)
if [ -n "$faults" ]; then
    printf '%s\n' "English:" "$faults"
    failed=$((failed + 1))
else
    passed=$((passed + 1))
fi
# Who keeps each fixed rate in force is said in words.
while read -r source; do
    grep -qF "MESSAGE(\"$source\")" server/web/pegs.c || {
        echo "server/web/pegs.c lacks: $source"
        failed=$((failed + 1))
    }
done < <(sed -n "/^INSERT INTO peg /,/;$/s/.*, NULL, '\([^']*\)').*/\1/p" sql/*.sql)
# And a language of the table its catalogue.
while read -r code; do
    [ "$code" = en ] || [ -e "server/web/messages/$code.po" ] || {
        echo "server/web/messages/$code.po is missing"
        failed=$((failed + 1))
    }
done < <(sed -n 's/^ *X("\([a-z]*\)",.*/\1/p' server/web/i18n.c)
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
