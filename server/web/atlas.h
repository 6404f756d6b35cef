/* Countries as a reader looks for them: their names, and in the order that the language has for
 * names. */
#ifndef CORRIDOR_WEB_ATLAS_H
#define CORRIDOR_WEB_ATLAS_H

#include "server/web/i18n.h"

#include <corridor/codes.h>

/* Sorts them for every language. Call once, after i18n_open. False when ICU or memory fails. */
MUST_CHECK bool atlas_open(void);
void atlas_close(void);
/* All countries; immutable, safe from any thread. */
const struct country *const *atlas_sorted(const struct language *language, size_t *count);

/* A country's name in the language, escaped for a page. */
struct span atlas_name(const struct language *language, const struct country *country);
/* The same as a form's list has it, not chosen: "<option value='SN'>Senegal</option>\n". */
struct span atlas_option(const struct language *language, const struct country *country);
/* A country's place in that order, from 0. */
size_t atlas_rank(const struct language *language, const struct country *country);
/* Orders two names as people look for them, whatever the language: below, at or above 0. */
int atlas_order(const char *a, const char *b);

/* A set of countries by their alpha-2 codes; all zeros is empty. */
struct country_set {
    uint64_t bits[(COUNTRY_INDEX_END + 63) / 64];
};
void country_set_add(struct country_set *set, const struct country *country);
bool country_set_has(const struct country_set *set, const struct country *country);

#endif
