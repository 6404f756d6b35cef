/*
 * Writes figures from what format_open.c learnt of the language. Everything is whole numbers: the
 * value, how many of its digits are decimals, and one rounding.
 */
#include "server/web/format_private.h"

#include <assert.h>
#include <unicode/ustring.h>

/* |value| / 10^scale to so many decimals; a half goes up, away from zero. */
static uint64_t rounded(uint64_t magnitude, unsigned scale, unsigned decimals)
{
    uint64_t divisor = 1;

    for (; scale > decimals; scale--)
        divisor *= 10;
    return magnitude / divisor + (magnitude % divisor >= divisor - divisor / 2 && divisor > 1);
}

/* Appends to what is being put together, which has room for it. */
static inline char *put(char *at, const char *text)
{
    while (*text != '\0')
        *at++ = *text++;
    return at;
}

static inline char *put_digit(char *at, const struct format *f, unsigned digit)
{
    memcpy(at, f->digits[digit], DIGIT_MAX); /* all of them, so that it is one move */
    return at + f->digit_len;
}

#define DIGITS_MAX 24U
#define TEXT_MAX   (2 * AFFIX_MAX + DIGITS_MAX * (DIGIT_MAX + sizeof(((struct format *)0)->group)))

/*
 * units / 10^scale between its affixes, with at most `most` decimals, of which those that are zero
 * may be left out down to `least`. most <= scale <= 18.
 */
static void number(struct out *out, const struct format *f, const struct affixes *affixes,
                   int64_t units, unsigned scale, unsigned least, unsigned most)
{
    uint64_t left =
        rounded(units < 0 ? (uint64_t)0 - (uint64_t)units : (uint64_t)units, scale, most);
    bool negative = units < 0 && left != 0;
    unsigned char digits[DIGITS_MAX]; /* from the last to the first */
    unsigned count = 0;
    unsigned skip = 0; /* decimals left out */
    char text[TEXT_MAX];
    char *at = put(text, affixes->before[negative]);
    unsigned group; /* digits from here to the next separator or to the decimals */

    while (left != 0 || count <= most) {
        digits[count++] = (unsigned char)(left % 10);
        left /= 10;
    }
    while (most - skip > least && digits[skip] == 0)
        skip++;
    group = count - most; /* whole digits; not cut when they are too few for it */
    if (group >= f->group_first + f->group_min)
        group = (group - f->group_first + f->group_next - 1) % f->group_next + 1;
    for (unsigned i = count; i > most; i--) {
        at = put_digit(at, f, digits[i - 1]);
        if (--group > 0 || i - 1 == most)
            continue;
        at = put(at, f->group);
        group = i - 1 - most == f->group_first ? f->group_first : f->group_next;
    }
    if (skip < most)
        at = put(at, f->decimal);
    for (unsigned i = most; i > skip; i--)
        at = put_digit(at, f, digits[i - 1]);
    at = put(at, affixes->after[negative]);
    out_bytes(out, text, (size_t)(at - text));
}

static const struct currency_style *style_of(const struct format *format,
                                             const struct currency *currency)
{
    size_t low = 0;
    size_t high = format->currency_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct currency *there = format->currencies[middle].currency;

        if (there == currency)
            return &format->currencies[middle];
        if ((uintptr_t)currency < (uintptr_t)there)
            high = middle;
        else
            low = middle + 1;
    }
    assert(false && "every currency of codes.h is one of ICU");
    return &format->currencies[0];
}

static unsigned decimals_short(int64_t minor, const struct currency *currency)
{
    int64_t unit = 1;

    for (unsigned i = 0; i < currency->exponent; i++)
        unit *= 10;
    return minor % unit == 0 ? 0 : currency->exponent;
}

void format_int(struct out *out, const struct format *format, int64_t value)
{
    number(out, format, &format->plain, value, 0, 0, 0);
}

void format_decimal(struct out *out, const struct format *format, int64_t units, unsigned scale)
{
    number(out, format, &format->plain, units, scale, scale, scale);
}

void format_money(struct out *out, const struct format *format, int64_t minor,
                  const struct currency *currency)
{
    number(out, format, &style_of(format, currency)->affixes, minor, currency->exponent,
           currency->exponent, currency->exponent);
}

void format_money_short(struct out *out, const struct format *format, int64_t minor,
                        const struct currency *currency)
{
    number(out, format, &style_of(format, currency)->affixes, minor, currency->exponent,
           decimals_short(minor, currency), currency->exponent);
}

void format_percent(struct out *out, const struct format *format, int64_t percent,
                    unsigned decimals)
{
    number(out, format, &format->percent, percent, PERCENT_SCALE, decimals, decimals);
}

void format_percent_short(struct out *out, const struct format *format, int64_t percent,
                          unsigned decimals)
{
    number(out, format, &format->percent, percent, PERCENT_SCALE, 0, decimals);
}

void format_rate(struct out *out, const struct format *format, struct rate rate,
                 const struct currency *currency)
{
    unsigned decimals = 5; /* six digits where one stands before the decimals */
    int64_t first = INT64_C(1000000000000);

    for (; decimals > 4 && rate.units >= first * 10; first *= 10)
        decimals--;
    for (; decimals < RATE_SCALE && rate.units < first; first /= 10)
        decimals++;
    number(out, format, &style_of(format, currency)->affixes, rate.units, RATE_SCALE, 0, decimals);
}

/* A number without groups, as a year is written. */
static void ungrouped(struct out *out, const struct format *format, unsigned value, unsigned width)
{
    unsigned char digits[10];
    unsigned count = 0;

    for (; value != 0 || count < width; value /= 10)
        digits[count++] = (unsigned char)(value % 10);
    while (count > 0)
        out_text(out, format->digits[digits[--count]]);
}

void format_year(struct out *out, const struct format *format, unsigned year)
{
    ungrouped(out, format, year, 1);
}

struct date {
    unsigned year;
    unsigned month; /* 1 to 12 */
    unsigned day;   /* 1 to 31 */
};

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days: the year begins
 * in March, so that the leap day is its last. */
static struct date date_of(int32_t days)
{
    uint32_t z = (uint32_t)(days + 719468);
    uint32_t era = z / 146097;
    uint32_t in_era = z % 146097;
    uint32_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    uint32_t in_year = in_era - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * in_year + 2) / 153;

    return (struct date){.year = year + era * 400 + (month >= 10),
                         .month = month < 10 ? month + 3 : month - 9,
                         .day = in_year - (153 * month + 2) / 5 + 1};
}

/* The pattern's letters are those of Unicode TR 35, "Date Field Symbol Table"; the generator was
 * asked for year, month and day only. */
void format_day(struct out *out, const struct format *format, int32_t days)
{
    const char *at = format->date;
    struct date day;

    assert(days > -719000);
    day = date_of(days);
    while (*at != '\0') {
        unsigned width = 1;

        while (at[width] == *at)
            width++;
        if (*at == 'y') {
            ungrouped(out, format, day.year, 1);
        } else if (*at == 'd') {
            ungrouped(out, format, day.day, width);
        } else if ((*at == 'M' || *at == 'L') && width > 2) {
            out_text(out, format->months[day.month - 1]);
        } else if (*at == 'M' || *at == 'L') {
            ungrouped(out, format, day.month, width);
        } else if (*at == '\'') {
            const char *end = strchrnul(at + 1, '\'');

            out_bytes(out, at + 1, (size_t)(end - at - 1));
            width = (unsigned)(end - at) + (*end == '\'');
        } else {
            out_bytes(out, at, width);
        }
        at += width;
    }
}

void format_list_or(struct out *out, const struct format *format, const char *const *things,
                    size_t count)
{
    UChar wide[FORMAT_LIST_MAX][64];
    const UChar *texts[FORMAT_LIST_MAX];
    int32_t lengths[FORMAT_LIST_MAX];
    UChar joined[FORMAT_LIST_MAX * 64];
    char utf8[sizeof(joined) / sizeof(UChar) * 3];
    UErrorCode error = U_ZERO_ERROR;
    int32_t len;

    assert(count <= FORMAT_LIST_MAX);
    for (size_t i = 0; i < count; i++) {
        u_strFromUTF8(wide[i], COUNT_OF(wide[i]), &lengths[i], things[i], -1, &error);
        texts[i] = wide[i];
    }
    len = ulistfmt_format(format->list_or, texts, lengths, (int32_t)count, joined, COUNT_OF(joined),
                          &error);
    u_strToUTF8(utf8, sizeof(utf8), &len, joined, len, &error);
    if (U_SUCCESS(error))
        out_bytes(out, utf8, (size_t)len);
    else
        out->failed = true;
}

const char *format_group_separator(const struct format *format)
{
    return format->group;
}

const char *format_decimal_separator(const struct format *format)
{
    return format->decimal;
}

const char *format_digit(const struct format *format, unsigned digit)
{
    return format->digits[digit];
}
