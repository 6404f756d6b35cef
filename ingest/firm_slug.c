/*
 * Identifiers from names, by ICU's transliterators. The hard part is that folding to ASCII loses
 * what tells two firms apart (other scripts, signs), so the slug alone never decides that two names
 * are one firm: the key does, and it folds less.
 */
#include <ingest/firm_slug.h>

#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

enum {
    UNITS_MAX = 1024 /* UTF-16 units of a name in any stage */
};

/* Runs a transliteration over the name; false when it does not fit. */
static bool transliterate(struct span name, const UChar *id, UChar *text, int32_t *len)
{
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8(text, UNITS_MAX, len, name.at, (int32_t)name.len, &status);
    UTransliterator *way = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    int32_t limit = *len;
    if (U_SUCCESS(status)) {
        utrans_transUChars(way, text, len, UNITS_MAX, 0, &limit, &status);
    }
    utrans_close(way);
    return U_SUCCESS(status);
}

bool firm_slug(struct span name, char slug[FIRM_SLUG_SIZE])
{
    UChar text[UNITS_MAX];
    int32_t len = 0;
    size_t out = 0;
    bool gap = false;
    if (!transliterate(name, u"Any-Latin; Latin-ASCII; Lower", text, &len)) {
        return false;
    }
    for (int32_t i = 0; i < len; i++) {
        bool kept = (text[i] >= u'a' && text[i] <= u'z') || (text[i] >= u'0' && text[i] <= u'9');
        /* An apostrophe joins: "Int'l" is one word. */
        if (!kept) {
            gap = gap || (out > 0 && text[i] != u'\'');
            continue;
        }
        if (out + (gap ? 2 : 1) > FIRM_SLUG_MAX) {
            break;
        }
        if (gap) {
            slug[out++] = '-';
            gap = false;
        }
        slug[out++] = (char)text[i];
    }
    slug[out] = '\0';
    return out > 0;
}

bool firm_key(struct span name, char key[FIRM_KEY_SIZE])
{
    UChar text[UNITS_MAX];
    UChar folded[UNITS_MAX];
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 0;
    int32_t out = 0;
    int32_t written = 0;
    bool gap = false;
    if (!transliterate(name, u"NFKD; [:M:] Remove; Lower", text, &len)) {
        return false;
    }
    for (int32_t i = 0; i < len; i++) {
        UChar c = text[i];
        bool half = c >= 0xD800 && c <= 0xDFFF; /* of a character of two units: letters too */
        if (c == u'\'' || c == u'’') {
            continue;
        }
        bool sign = u_strchr(u"&+@#", c) != NULL;
        if (!half && !sign && !u_isalnum(c)) {
            gap = out > 0;
            continue;
        }
        if (out + 2 > UNITS_MAX) {
            return false;
        }
        /* "C & A" is "C&A". */
        if (gap && !sign && !u_strchr(u"&+@#", folded[out - 1])) {
            folded[out++] = u' ';
        }
        gap = false;
        folded[out++] = c;
    }
    u_strToUTF8(key, FIRM_KEY_SIZE, &written, folded, out, &status);
    return U_SUCCESS(status) && written < FIRM_KEY_SIZE;
}
