/* Countries by the names that tables give them. */
#ifndef INGEST_COUNTRY_NAMED_H
#define INGEST_COUNTRY_NAMED_H

#include <corridor/codes.h>

struct country_names;

/* NULL when memory is short. codes_open comes first. */
MUST_CHECK struct country_names *country_names_open(void);
/* NULL is nothing to close. */
void country_names_close(struct country_names *names);

/*
 * The country of an English name as ICU writes it or as the World Bank does ("Bahamas, The",
 * "Congo, Dem. Rep."), whatever the case, accents and punctuation; NULL when unknown.
 */
const struct country *country_named(const struct country_names *names, struct span name);

/* True for what is no country but a sum or a rest: "WORLD", "Total", "Other South". */
bool country_name_is_total(struct span name);

#endif
