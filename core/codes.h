/*
 * What the three files of codes share. codes_country.c and codes_currency.c hold the tables,
 * codes_name.c the names in each language; codes.c opens and closes them together.
 */
#ifndef CORE_CODES_H
#define CORE_CODES_H

#include <corridor/codes.h>

#define CODES_OF_2 COUNTRY_INDEX_END
#define CODES_OF_3 (26 * 26 * 26)

/* The place of a code of two or three letters (any case) among all such; -1 when it is not letters.
 */
static inline int codes_place(struct span code)
{
    int place = 0;

    for (size_t i = 0; i < code.len; i++) {
        char letter = (char)(code.at[i] & ~0x20);

        if (letter < 'A' || letter > 'Z')
            return -1;
        place = place * 26 + (letter - 'A');
    }
    return place;
}

/* The site's languages, in the order of the tables of names. */
#define CODES_LANGUAGES 8
extern const char *const codes_languages[CODES_LANGUAGES];

/* Where the names of one country or currency lie, one for each language; 0 where there is none. */
struct codes_names {
    uint32_t at[CODES_LANGUAGES];
};

/* Asks ICU for a name in a language into UTF-8; the length, 0 when ICU has none. */
typedef size_t codes_ask(const char *code, const char *language, char *buffer, size_t size);

/* Keeps the names of a code in all languages: `fixed` where given, otherwise as ICU has them. */
MUST_CHECK bool names_keep(struct codes_names *names, const char *code, codes_ask *ask,
                           const char *const *fixed);
/* Copies the kept name, or asks (in English where `ask` is NULL); the code where there is no name.
 */
size_t names_get(const struct codes_names *names, const char *code, codes_ask *ask,
                 const char *language, char *buffer, size_t size);
void names_drop(void);

MUST_CHECK bool currencies_open(void);
void currencies_close(void);
MUST_CHECK bool countries_open(void); /* after currencies_open */
void countries_close(void);

#endif
