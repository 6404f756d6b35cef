/*
 * Asks ICU how a language writes. The trick is to let ICU write a few numbers whose digits we know
 * and to read off what it put before, between and after them; so every rule of CLDR that shows in
 * a result is kept without copying any.
 */
#include "server/web/format_private.h"

#include <stdlib.h>
#include <unicode/udat.h>
#include <unicode/udateintervalformat.h>
#include <unicode/udatpg.h>
#include <unicode/unumberformatter.h>
#include <unicode/ustring.h>

#define TEXT_MAX 160

/* A number as ICU writes it, cut into its digits (as 0 to 9) and what stands round them. */
struct probe {
    char text[TEXT_MAX];
    unsigned count;
    struct {
        const char *at;
        const char *end;
    } digits[16];
};

/* ICU's text of a number by a skeleton (ICU "Number Skeletons"). */
static bool icu_number(char text[TEXT_MAX], const char *locale, const char *skeleton,
                       const char *number)
{
    UChar pattern[64];
    UChar wide[TEXT_MAX];
    UErrorCode error = U_ZERO_ERROR;
    UNumberFormatter *formatter;
    UFormattedNumber *result;
    int32_t len;

    u_uastrncpy(pattern, skeleton, COUNT_OF(pattern));
    formatter = unumf_openForSkeletonAndLocale(pattern, -1, locale, &error);
    result = unumf_openResult(&error);
    unumf_formatDecimal(formatter, number, -1, result, &error);
    len = unumf_resultToString(result, wide, COUNT_OF(wide), &error);
    u_strToUTF8(text, TEXT_MAX, NULL, wide, len, &error);
    unumf_closeResult(result);
    unumf_close(formatter);
    return U_SUCCESS(error);
}

static bool probe(struct probe *out, const struct format *format, const char *locale,
                  const char *skeleton, const char *number)
{
    if (!icu_number(out->text, locale, skeleton, number))
        return false;
    out->count = 0;
    for (const char *at = out->text; *at != '\0';) {
        size_t len = 0;

        for (unsigned d = 0; d < 10 && len == 0; d++) {
            size_t digit = strlen(format->digits[d]);

            if (strncmp(at, format->digits[d], digit) == 0)
                len = digit;
        }
        if (len == 0) {
            at++;
            continue;
        }
        if (out->count == COUNT_OF(out->digits))
            return false;
        out->digits[out->count].at = at;
        out->digits[out->count++].end = at + len;
        at += len;
    }
    return out->count > 0;
}

static bool copy(char *to, size_t size, const char *from, const char *end)
{
    size_t len = (size_t)(end - from);

    if (len >= size)
        return false;
    memcpy(to, from, len);
    to[len] = '\0';
    /* What is written unescaped later must not be able to mean anything in HTML. */
    return strpbrk(to, "<>&\"'") == NULL;
}

/* What stands between digit i and the next. */
static bool between(struct separator *to, const struct probe *p, unsigned i)
{
    const char *from = p->digits[i].end;
    const char *end = p->digits[i + 1].at;

    to->len = (size_t)(end - from);
    return copy(to->text, sizeof(to->text), from, end);
}

static bool affix(struct affix *to, const char *from, const char *end)
{
    to->len = (size_t)(end - from);
    return copy(to->text, sizeof(to->text), from, end);
}

static bool digits_read(struct format *format, const char *locale)
{
    char text[TEXT_MAX];

    for (unsigned d = 0; d < 10; d++) {
        char number[2] = {(char)('0' + d), '\0'};

        if (!icu_number(text, locale, "precision-integer", number) ||
            !copy(format->digits[d], sizeof(format->digits[d]), text, text + strlen(text)) ||
            strlen(text) != strlen(format->digits[0]))
            return false;
    }
    format->digit_len = strlen(format->digits[0]);
    return true;
}

/* From 123456789.12 and 1234: the separators, and how many digits stand in a group. */
static bool grouping_read(struct format *format, const char *locale)
{
    struct probe p;
    unsigned ends[8]; /* digits before each separator, the decimal one last */
    unsigned count = 0;

    if (!probe(&p, format, locale, ".00", "123456789.12") || p.count != 11)
        return false;
    for (unsigned i = 0; i + 1 < p.count; i++) {
        if (p.digits[i].end != p.digits[i + 1].at) {
            if (count == COUNT_OF(ends))
                return false;
            ends[count++] = i + 1;
        }
    }
    if (count < 3 || ends[count - 1] != 9)
        return false;
    format->group_first = 9 - ends[count - 2];
    format->group_next = ends[count - 2] - ends[count - 3];
    if (!between(&format->decimal, &p, 8) || !between(&format->group, &p, ends[0] - 1))
        return false;
    if (!probe(&p, format, locale, "precision-integer", "1234") || p.count != 4)
        return false;
    format->group_min = p.digits[0].end == p.digits[1].at ? 2 : 1;
    return true;
}

static bool affixes_read(struct affixes *out, const struct format *format, const char *locale,
                         const char *skeleton)
{
    for (unsigned negative = 0; negative < 2; negative++) {
        struct probe p;

        if (!probe(&p, format, locale, skeleton, negative ? "-1.5" : "1.5") || p.count != 2 ||
            !affix(&out->before[negative], p.text, p.digits[0].at) ||
            !affix(&out->after[negative], p.digits[1].end, p.text + strlen(p.text)))
            return false;
    }
    return true;
}

static bool currencies_read(struct format *format, const char *locale)
{
    size_t count = currency_count();
    bool ok;

    format->currencies = calloc(count + 1, sizeof(*format->currencies));
    ok = format->currencies != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        char skeleton[32] = "currency/XXX .0";

        memcpy(skeleton + sizeof("currency/") - 1, currency_at(i)->code, 3);
        ok = affixes_read(&format->currencies[i], format, locale, skeleton);
    }
    return ok;
}

/* A date stays in one line: its blanks do not break. */
static bool unbroken(char *to, size_t size, const char *from)
{
    static const char BLANK[] = "\u00A0";
    size_t len = 0;

    for (; *from != '\0'; from++) {
        if (len + sizeof(BLANK) > size)
            return false;
        if (*from == ' ') {
            memcpy(to + len, BLANK, sizeof(BLANK) - 1);
            len += sizeof(BLANK) - 1;
        } else {
            to[len++] = *from;
        }
    }
    to[len] = '\0';
    return true;
}

static bool dates_read(struct format *format, const char *locale)
{
    static const double MILLISECONDS_A_DAY = 86400000.0; /* UDate is ICU's, not money */
    UChar skeleton[16];
    UChar pattern[64];
    UChar wide[64];
    UErrorCode error = U_ZERO_ERROR;
    UDateTimePatternGenerator *generator = udatpg_open(locale, &error);
    UDateFormat *month_name;
    int32_t len;
    char text[TEXT_MAX];
    char name[TEXT_MAX];
    bool ok;

    u_uastrcpy(skeleton, "yMMMMd");
    len = udatpg_getBestPattern(generator, skeleton, -1, pattern, COUNT_OF(pattern), &error);
    udatpg_close(generator);
    u_strToUTF8(text, sizeof(text), NULL, pattern, len, &error);
    u_uastrcpy(pattern, "UTC");
    u_uastrcpy(wide, "MMMM");
    month_name = udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, pattern, -1, wide, -1, &error);
    ok = U_SUCCESS(error) && unbroken(format->date, sizeof(format->date), text);
    for (unsigned month = 0; ok && month < 12; month++) {
        /* 15 January 1970 and every 30.4 days after falls into each month once. */
        double date = (14.0 + 30.4 * month) * MILLISECONDS_A_DAY;

        len = udat_format(month_name, date, wide, COUNT_OF(wide), NULL, &error);
        u_strToUTF8(text, sizeof(text), NULL, wide, len, &error);
        ok = U_SUCCESS(error) && unbroken(name, sizeof(name), text) &&
             affix(&format->months[month], name, name + strlen(name));
    }
    udat_close(month_name);
    return ok;
}

/* The months of each quarter of 2026, cut at the year. */
static bool quarters_read(struct format *format, const char *locale)
{
    static const double JANUARY = 1767225600000.0; /* UDate, of 2026 */
    static const double MONTH = 30.4 * 86400000.0;
    static const unsigned YEAR[] = {2, 0, 2, 6};
    UErrorCode error = U_ZERO_ERROR;
    UDateIntervalFormat *interval;
    UChar skeleton[8];
    UChar utc[8];
    char year[4 * DIGIT_MAX + 1] = "";
    bool ok = true;

    for (size_t i = 0; i < COUNT_OF(YEAR); i++)
        memcpy(year + i * format->digit_len, format->digits[YEAR[i]], format->digit_len);
    u_uastrcpy(skeleton, "yMMM");
    u_uastrcpy(utc, "UTC");
    interval = udtitvfmt_open(locale, skeleton, -1, utc, -1, &error);
    for (unsigned quarter = 0; ok && quarter < 4; quarter++) {
        double middle = JANUARY + (3 * quarter + 0.5) * MONTH; /* of its first month */
        UChar wide[TEXT_MAX];
        char text[TEXT_MAX];
        const char *at;
        int32_t len = udtitvfmt_format(interval, middle, middle + 2 * MONTH, wide, COUNT_OF(wide),
                                       NULL, &error);

        u_strToUTF8(text, sizeof(text), NULL, wide, len, &error);
        at = U_SUCCESS(error) ? strstr(text, year) : NULL;
        ok = at != NULL && affix(&format->quarters[quarter][0], text, at) &&
             affix(&format->quarters[quarter][1], at + strlen(year), text + strlen(text));
    }
    udtitvfmt_close(interval);
    return ok;
}

struct format *format_open(const char *locale)
{
    struct format *format = calloc(1, sizeof(*format));
    UErrorCode error = U_ZERO_ERROR;

    if (format == NULL)
        return NULL;
    format->list_or = ulistfmt_openForType(locale, ULISTFMT_TYPE_OR, ULISTFMT_WIDTH_WIDE, &error);
    if (U_SUCCESS(error) && digits_read(format, locale) && grouping_read(format, locale) &&
        affixes_read(&format->plain, format, locale, ".0") &&
        affixes_read(&format->percent, format, locale, "percent .0") &&
        currencies_read(format, locale) && dates_read(format, locale) &&
        quarters_read(format, locale))
        return format;
    format_close(format);
    return NULL;
}

void format_close(struct format *format)
{
    if (format == NULL)
        return;
    ulistfmt_close(format->list_or);
    free(format->currencies);
    free(format);
}
