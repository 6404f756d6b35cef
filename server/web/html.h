/*
 * Writes HTML so that page code reads like the page: literal pieces of HTML with what varies
 * between them. A literal is the only thing that can be written as it is (anything else does not
 * compile); every other function escapes for its place. Failures are kept by the buffer (out.h).
 */
#ifndef CORRIDOR_WEB_HTML_H
#define CORRIDOR_WEB_HTML_H

#include "server/web/format.h"
#include "server/web/i18n.h"

#include <corridor/out.h>

/* Where a page is written, and for which reader. */
struct html {
    struct out *out;
    const struct language *language;
    bool words_only; /* within an attribute or a title, where no tag may stand */
};

/* html(h, "<p class='note'>"): a string literal, unescaped. */
#define html(h, literal) out_bytes((h)->out, "" literal "", sizeof(literal) - 1)

/*
 * Words between tags or within a quoted attribute: & < > " and ' are escaped, so that neither can
 * be left. Bytes that are not UTF-8 and control characters become U+FFFD.
 */
void html_span(struct html *h, struct span text);
void html_text(struct html *h, const char *text);
/* One component of an address, as a path segment or a query's name or value: everything but
 * letters, digits and -._~ is percent-encoded (RFC 3986, 2.3). */
void html_url(struct html *h, struct span component);
void html_int(struct html *h, int64_t value); /* plain digits, as in an attribute */

/* Figures as the reader's language writes them; what each looks like is said in format.h. Where the
 * language runs from right to left, each stands in a <bdi>, so that the words round it cannot turn
 * its parts about. */
void html_number(struct html *h, int64_t value);
/* The same, and a word for zero, which in Arabic is a dot that looks like nothing. For what stands
 * alone: services, corridors. */
void html_count(struct html *h, int64_t value);
/* A plain decimal ("1234.5") with the decimals it has; anything else as it is, escaped. */
void html_decimal(struct html *h, struct span plain);
void html_money(struct html *h, int64_t minor, const struct currency *currency);
void html_money_short(struct html *h, int64_t minor, const struct currency *currency);
void html_percent(struct html *h, int64_t percent, unsigned decimals);
void html_percent_short(struct html *h, int64_t percent, unsigned decimals);
void html_rate(struct html *h, struct rate rate, const struct currency *currency);
void html_day(struct html *h, int32_t day);
void html_year(struct html *h, unsigned year);
/* " → ", pointing the way the language reads; it stays on the line of what follows. */
void html_arrow(struct html *h);
/* What stands between two things that are told one after the other. */
void html_comma(struct html *h);
/* What stands between a name and what is said of it, and between two sentences. */
void html_colon(struct html *h);
void html_stop(struct html *h);
void html_country(struct html *h, const struct country *country);
void html_currency(struct html *h, const struct currency *currency);

#endif
