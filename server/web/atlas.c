/* Sorts the countries' names with ICU's collation, once for each language. */
#include "server/web/atlas.h"

#include <stdlib.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

#define LANGUAGES_MAX 16
#define KEY_MAX       512

struct entry {
    const struct country *country;
    uint8_t key[KEY_MAX]; /* sorts by its bytes */
};

#define CODES_MAX (26 * 26) /* alpha-2 codes there may be */

static const struct country **sorted[LANGUAGES_MAX];
static uint16_t ranks[LANGUAGES_MAX][CODES_MAX];
static size_t country_count;
static UCollator *names; /* the root order; only read after the start */

static unsigned bit_of(const struct country *country)
{
    return (unsigned)(country->iso2[0] - 'A') * 26 + (unsigned)(country->iso2[1] - 'A');
}

static int by_key(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;

    return memcmp(left->key, right->key, KEY_MAX);
}

static bool sort(size_t index, struct entry *entries, const struct country *const *all)
{
    const char *code = language_code(language_at(index));
    UErrorCode error = U_ZERO_ERROR;
    UCollator *collator = ucol_open(code, &error);

    for (size_t i = 0; U_SUCCESS(error) && i < country_count; i++) {
        char name[128];
        UChar wide[128];
        int32_t len;

        entries[i] = (struct entry){.country = all[i]};
        country_name(all[i], code, name, sizeof(name));
        u_strFromUTF8(wide, COUNT_OF(wide), &len, name, -1, &error);
        if (U_SUCCESS(error))
            ucol_getSortKey(collator, wide, len, entries[i].key, KEY_MAX);
    }
    ucol_close(collator);
    if (U_FAILURE(error))
        return false;
    sorted[index] = calloc(country_count + 1, sizeof(*sorted[index])); /* NULL ends it */
    if (sorted[index] == NULL)
        return false;
    qsort(entries, country_count, sizeof(*entries), by_key);
    for (size_t i = 0; i < country_count; i++) {
        sorted[index][i] = entries[i].country;
        ranks[index][bit_of(entries[i].country)] = (uint16_t)i;
    }
    return true;
}

bool atlas_open(void)
{
    const struct country *const *all = country_all(&country_count);
    struct entry *entries = country_count == 0 ? NULL : calloc(country_count, sizeof(*entries));
    bool ok = entries != NULL && language_count() <= LANGUAGES_MAX;
    UErrorCode error = U_ZERO_ERROR;

    names = ucol_open("", &error);
    ok = ok && U_SUCCESS(error);
    for (size_t i = 0; ok && i < language_count(); i++)
        ok = sort(i, entries, all);
    free(entries);
    if (!ok)
        atlas_close();
    return ok;
}

void atlas_close(void)
{
    ucol_close(names);
    names = NULL;
    for (size_t i = 0; i < LANGUAGES_MAX; i++) {
        free(sorted[i]);
        sorted[i] = NULL;
    }
}

const struct country *const *atlas_sorted(const struct language *language, size_t *count)
{
    *count = country_count;
    return sorted[language_index(language)];
}

size_t atlas_rank(const struct language *language, const struct country *country)
{
    return ranks[language_index(language)][bit_of(country)];
}

int atlas_order(const char *a, const char *b)
{
    UErrorCode error = U_ZERO_ERROR;
    UCollationResult order = ucol_strcollUTF8(names, a, -1, b, -1, &error);

    return U_SUCCESS(error) && order != UCOL_EQUAL ? (int)order : strcmp(a, b);
}

void country_set_add(struct country_set *set, const struct country *country)
{
    set->bits[bit_of(country) / 64] |= UINT64_C(1) << bit_of(country) % 64;
}

bool country_set_has(const struct country_set *set, const struct country *country)
{
    return (set->bits[bit_of(country) / 64] >> bit_of(country) % 64 & 1) != 0;
}
