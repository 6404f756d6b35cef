/*
 * Numbers, money, percentages, dates and lists as a language writes them. ICU is asked once, at the
 * start, how that is; writing is then ours, because asking it for every figure of a page costs more
 * than the rest of the page. tests/unit/test_format.c holds the two against each other.
 *
 * A struct format is immutable and safe from any thread.
 */
#ifndef CORRIDOR_WEB_FORMAT_H
#define CORRIDOR_WEB_FORMAT_H

#include <corridor/money.h>
#include <corridor/out.h>

struct format;

/* For a language of ICU's, "fr". NULL when ICU lacks it or writes it in a way we do not. */
struct format *format_open(const char *locale);
void format_close(struct format *format); /* NULL is nothing to close */

void format_int(struct out *out, const struct format *format, int64_t value);
/* units / 10^scale with all its decimals; scale at most 18. */
void format_decimal(struct out *out, const struct format *format, int64_t units, unsigned scale);
/* Minor units with all decimals of the currency: "1 234,50 €". */
void format_money(struct out *out, const struct format *format, int64_t minor,
                  const struct currency *currency);
/* Without decimals where the amount is whole: "200 €". */
void format_money_short(struct out *out, const struct format *format, int64_t minor,
                        const struct currency *currency);
/* Percent units (money.h) to so many decimals, half up: "1,6 %". */
void format_percent(struct out *out, const struct format *format, int64_t percent,
                    unsigned decimals);
/* The same without decimals that are zero: "3 %". */
void format_percent_short(struct out *out, const struct format *format, int64_t percent,
                          unsigned decimals);
/* What one unit gives in a currency, to six significant digits and at least four decimals, those
 * that are zero left out: "655,957 F CFA". */
void format_rate(struct out *out, const struct format *format, struct rate rate,
                 const struct currency *currency);

/* A day counted from 1970-01-01: "22 novembre 2026". Not before year 1. */
void format_day(struct out *out, const struct format *format, int32_t day);

/* A quarter, 1 to 4, shortly: "juil.–sept. 2026". For tables and lists to choose from. */
void format_quarter(struct out *out, const struct format *format, unsigned year, unsigned quarter);

/* "2026", in the language's digits and without groups. */
void format_year(struct out *out, const struct format *format, unsigned year);

/* "cash, card or wallet"; at most FORMAT_LIST_MAX things. Asks ICU: for the start, not for a page.
 */
#define FORMAT_LIST_MAX 16U
void format_list_or(struct out *out, const struct format *format, const char *const *things,
                    size_t count);

/* What stands between the digits of a number, NUL-terminated UTF-8. */
const char *format_group_separator(const struct format *format);
const char *format_decimal_separator(const struct format *format);
const char *format_digit(const struct format *format, unsigned digit); /* 0 to 9 */

#endif
