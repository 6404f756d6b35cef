/* The values of our answers in JSON: money, rates and percentages as decimal strings, sets of
 * codes, days and instants. Each writes a key and its value (json_* of <corridor/out.h> does the
 * rest). */
#ifndef SERVER_FIELDS_H
#define SERVER_FIELDS_H

#include "server/market.h"

#include <corridor/out.h>

void field_money(struct out *out, const char *key, int64_t minor, const struct currency *currency);
void field_rate(struct out *out, const char *key, struct rate rate);
/* Four decimals; MARKET_PCT_NONE is null. */
void field_percent(struct out *out, const char *key, int64_t percent);
void field_instant(struct out *out, const char *key, int64_t instant);   /* INSTANT_NEVER: null */
void field_day(struct out *out, const char *key, int32_t day);           /* -1: null */
void field_period(struct out *out, const char *key, const char *period); /* "": null */

/* {"iso2","iso3","m49","name"} */
void field_country(struct out *out, const char *key, const struct country *country,
                   const char *name);
/* "corridor":{"id","from":{…},"to":{…}} */
void field_corridor(struct out *out, const struct country *from, const char *from_name,
                    const struct country *to, const char *to_name);
/* "operator":{"id","name","type"} */
void field_operator(struct out *out, const struct market_operator *firm);
/* Sets of enum pay_in and enum pay_out as lists of codes. */
void field_pay_ins(struct out *out, const char *key, unsigned set);
void field_pay_outs(struct out *out, const char *key, unsigned set);
/* "service":{"id","pay_in":[],"access_point":[],"pay_out":[],"speed","coverage"} */
void field_service(struct out *out, const struct market_service *service);
/* "quote":"q123". Quotes ('q') and survey rows ('s') are counted apart; the letter keeps their
 * numbers apart. */
void field_quote(struct out *out, char kind, int64_t number);
/* "demonstration", and "notice" when it is. */
void field_demonstration(struct out *out, bool demonstration);

#endif
