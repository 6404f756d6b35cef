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
    uint64_t divisor;

    if (scale <= decimals)
        return magnitude;
    divisor = decimal_powers[scale - decimals];
    return magnitude / divisor + (magnitude % divisor >= divisor / 2);
}

/*
 * Each of the following writes all the bytes there may be and steps over those that there are, so
 * that it is a few moves of a fixed length: there is room for the longest, and what comes next
 * covers the rest.
 */
static inline char *put_affix(char *at, const struct affix *affix)
{
    memcpy(at, affix->text, AFFIX_MAX);
    return at + affix->len;
}

static inline char *put_separator(char *at, const struct separator *separator)
{
    memcpy(at, separator->text, sizeof(separator->text));
    return at + separator->len;
}

static inline char *put_digit(char *at, const struct format *f, unsigned digit)
{
    memcpy(at, f->digits[digit], DIGIT_MAX);
    return at + f->digit_len;
}

#define DIGITS_MAX 24U
#define TEXT_MAX   (2 * AFFIX_MAX + DIGITS_MAX * (DIGIT_MAX + sizeof(((struct separator *)0)->text)))

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
    char *text = out_room(out, TEXT_MAX);
    char *at;
    unsigned group; /* digits from here to the next separator or to the decimals */

    if (text == NULL)
        return;
    at = put_affix(text, &affixes->before[negative]);
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
        at = put_separator(at, &f->group);
        group = i - 1 - most == f->group_first ? f->group_first : f->group_next;
    }
    if (skip < most)
        at = put_separator(at, &f->decimal);
    for (unsigned i = most; i > skip; i--)
        at = put_digit(at, f, digits[i - 1]);
    at = put_affix(at, &affixes->after[negative]);
    out->len += (size_t)(at - text);
}

static const struct affixes *style_of(const struct format *format, const struct currency *currency)
{
    return &format->currencies[currency_index(currency)];
}

static bool whole(int64_t minor, const struct currency *currency)
{
    return minor % (int64_t)decimal_powers[currency->exponent] == 0;
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
    number(out, format, style_of(format, currency), minor, currency->exponent, currency->exponent,
           currency->exponent);
}

void format_money_short(struct out *out, const struct format *format, int64_t minor,
                        const struct currency *currency)
{
    number(out, format, style_of(format, currency), minor, currency->exponent,
           whole(minor, currency) ? 0 : currency->exponent, currency->exponent);
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
    number(out, format, style_of(format, currency), rate.units, RATE_SCALE, 0, decimals);
}

/* A number without groups, as a year is written. */
static void ungrouped(struct out *out, const struct format *format, unsigned value, unsigned width)
{
    unsigned char digits[10];
    unsigned count = 0;
    char *text = out_room(out, sizeof(digits) * DIGIT_MAX);
    char *at = text;

    if (text == NULL)
        return;
    for (; value != 0 || count < width; value /= 10)
        digits[count++] = (unsigned char)(value % 10);
    while (count > 0)
        at = put_digit(at, format, digits[--count]);
    out->len += (size_t)(at - text);
}

void format_year(struct out *out, const struct format *format, unsigned year)
{
    ungrouped(out, format, year, 1);
}

void format_quarter(struct out *out, const struct format *format, unsigned year, unsigned quarter)
{
    assert(quarter >= 1 && quarter <= 4);
    const struct affix *round_year = format->quarters[quarter - 1];

    out_bytes(out, round_year[0].text, round_year[0].len);
    format_year(out, format, year);
    out_bytes(out, round_year[1].text, round_year[1].len);
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
            const struct affix *month = &format->months[day.month - 1];

            out_bytes(out, month->text, month->len);
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
    return format->group.text;
}

const char *format_decimal_separator(const struct format *format)
{
    return format->decimal.text;
}

const char *format_digit(const struct format *format, unsigned digit)
{
    return format->digits[digit];
}
