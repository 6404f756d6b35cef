/* Amounts as people type them, and the amount a page begins with. */
#ifndef CORRIDOR_WEB_AMOUNT_H
#define CORRIDOR_WEB_AMOUNT_H

#include "server/web/format.h"

#define AMOUNT_PLAIN_MAX 64

/*
 * Rewrites an amount typed in a language's notation ("1 234,56") as the plain decimal that
 * /v1/compare takes ("1234.56"). `currency` is its own, NULL where that is not known yet.
 * What is not that notation, or could also be read as another plain decimal ("1.234" in Spanish,
 * where the currency has three decimals), is left as it was typed, for the comparison to refuse or
 * take. The result points into typed or buffer.
 */
struct span amount_plain(char buffer[AMOUNT_PLAIN_MAX], struct span typed,
                         const struct format *format, const struct currency *currency);

/* About 200 US dollars in a round figure of the currency, whole units: what a corridor's page
 * answers when nobody has said an amount. */
const char *amount_usual(const struct currency *currency);

#endif
