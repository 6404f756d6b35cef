/*
 * Countries (ISO 3166-1 alpha-2, alpha-3, UN M49) and currencies (ISO 4217), read once from ICU.
 * Everything returned lives as long as the program; all functions but codes_open are safe from any
 * thread.
 */
#ifndef CORRIDOR_CODES_H
#define CORRIDOR_CODES_H

#include <corridor/base.h>

struct currency {
    char code[4];
    uint16_t numeric; /* ISO 4217 numeric code */
    uint8_t exponent; /* decimals of the minor unit: EUR 2, XOF 0, TND 3 */
};

struct country {
    char iso2[3];
    char iso3[4];
    uint16_t m49;
    const struct currency *currency; /* legal tender now or last, the first of several; or NULL */
};

/* Builds the tables. Call once, before threads start. False when ICU has no data. */
MUST_CHECK bool codes_open(void);
void codes_close(void);

/*
 * Finds a country by alpha-2 ("FR", any case), alpha-3 ("FRA") or M49 ("250"). Also the World
 * Bank's own codes where they differ (KSV Kosovo, ROM, ZAR, TMP …) and codes withdrawn since (ANT),
 * because survey files use them. NULL when unknown.
 */
const struct country *country_find(struct span code);
/* Countries and territories of today (ISO 3166-1 and Kosovo), in alpha-2 order; *count is set. */
const struct country *const *country_all(size_t *count);
/*
 * The country's name in a language ("en", "fr" …), UTF-8, NUL-terminated, cut at a whole character
 * where the buffer is short; falls back to the alpha-2 code. Returns the length. The site's eight
 * languages are kept ready; another one is asked of ICU each time.
 */
size_t country_name(const struct country *country, const char *language, char *buffer, size_t size);
/* Its place among all alpha-2 codes there may be, below COUNTRY_INDEX_END, for tables that hold
 * something of each country. */
#define COUNTRY_INDEX_END (26 * 26)
static inline unsigned country_index(const struct country *country)
{
    return (unsigned)(country->iso2[0] - 'A') * 26 + (unsigned)(country->iso2[1] - 'A');
}
/* True when the currency is, or was, legal tender there on any date. */
bool country_uses(const struct country *country, const struct currency *currency);

/* By its three letters, any case; NULL when ISO 4217 has and had no such currency. */
const struct currency *currency_find(struct span code);
/* All of them, by an index from 0, for tables that hold something of each. */
size_t currency_count(void);
const struct currency *currency_at(size_t index);
size_t currency_index(const struct currency *currency); /* one of currency_find's */
/* As country_name; falls back to the code. */
size_t currency_name(const struct currency *currency, const char *language, char *buffer,
                     size_t size);

/* The two countries of "FR-SN", "FRASEN", "FRA-SEN", "250-686". False when unknown or both are one.
 */
MUST_CHECK bool corridor_parse(struct span text, const struct country **from,
                               const struct country **to);
/* Writes "FR-SN" and a NUL: 6 bytes. */
void corridor_print(char buffer[6], const struct country *from, const struct country *to);

#endif
