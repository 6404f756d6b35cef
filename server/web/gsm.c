/*
 * The alphabet of short messages. Its hard part is asking ICU in time: a transliterator may not be
 * shared between threads, so what it says of every Latin letter is kept in a table.
 */
#include "server/web/gsm.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

/* Where letters and marks of Latin languages are: up to U+02FF, U+1E00 to U+20FF. */
enum {
    LOW_END = 0x300,
    HIGH_BEGIN = 0x1E00,
    HIGH_END = 0x2100,
    LIKENESS_MAX = 4 /* "ffi" and its NUL */
};
static char low[LOW_END][LIKENESS_MAX];
static char high[HIGH_END - HIGH_BEGIN][LIKENESS_MAX];

/* The basic table without its capital Greek letters and escape, beyond ASCII. */
static const UChar BEYOND_ASCII[] = u"£¥èéùìòÇØøÅåÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/* ASCII that the table lacks, or has only behind the escape; and what stands for it. */
static const char NOT_BASIC[] = "[]{}\\^~|`";
static const char INSTEAD[] = "()()/---'";

static bool is_basic(UChar32 c)
{
    if (c < 0x80)
        return c == '\n' || (c >= ' ' && c < 0x7F && strchr(NOT_BASIC, c) == NULL);
    for (size_t i = 0; BEYOND_ASCII[i] != 0; i++) {
        if (BEYOND_ASCII[i] == c)
            return true;
    }
    return false;
}

static void ask(char likeness[LIKENESS_MAX], const UTransliterator *latin, UChar32 c)
{
    UChar text[8];
    UErrorCode error = U_ZERO_ERROR;
    int32_t length = 0;
    UBool failed = false;

    U16_APPEND(text, length, (int32_t)COUNT_OF(text), c, failed);
    int32_t limit = length;
    utrans_transUChars(latin, text, &length, COUNT_OF(text), 0, &limit, &error);
    if (failed || U_FAILURE(error) || length >= LIKENESS_MAX)
        return;
    if (u_isUWhiteSpace(c)) {
        likeness[0] = ' ';
        return;
    }
    for (int32_t i = 0; i < length; i++) {
        if (text[i] >= 0x80 || !is_basic(text[i]))
            return;
    }
    for (int32_t i = 0; i < length; i++)
        likeness[i] = (char)text[i];
}

bool gsm_open(void)
{
    UErrorCode error = U_ZERO_ERROR;
    UTransliterator *latin =
        utrans_openU(u"Latin-ASCII", -1, UTRANS_FORWARD, NULL, 0, NULL, &error);

    if (U_FAILURE(error))
        return false;
    for (UChar32 c = 0x80; c < LOW_END; c++)
        ask(low[c], latin, c);
    for (UChar32 c = HIGH_BEGIN; c < HIGH_END; c++)
        ask(high[c - HIGH_BEGIN], latin, c);
    utrans_close(latin);
    return true;
}

static bool is_latin(UChar32 c)
{
    return c < LOW_END || (c >= HIGH_BEGIN && c < HIGH_END);
}

void gsm_append(struct out *out, struct span text)
{
    const uint8_t *bytes = (const uint8_t *)text.at;
    int32_t length = (int32_t)text.len;
    int32_t at = 0;

    while (at < length) {
        int32_t begin = at;
        UChar32 c;

        U8_NEXT(bytes, at, length, c);
        if (c < 0)
            continue;
        const char *instead = c < 0x80 && c != 0 ? strchr(NOT_BASIC, c) : NULL;
        if (is_basic(c) || !is_latin(c))
            out_bytes(out, text.at + begin, (size_t)(at - begin));
        else if (instead != NULL)
            out_char(out, INSTEAD[instead - NOT_BASIC]);
        else
            out_text(out, c < LOW_END ? low[c] : high[c - HIGH_BEGIN]);
    }
}
