/* Writes the countries' names as a form's list has them, and sorts them with ICU's collation, once
 * for each language: a page lists a hundred of them. */
#include "server/web/atlas.h"

#include "server/web/html.h"

#include <stdlib.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

#define LANGUAGES_MAX 16
#define KEY_MAX       512

struct entry {
    const struct country *country;
    uint8_t key[KEY_MAX]; /* sorts by its bytes */
};

static const struct country **sorted[LANGUAGES_MAX];
static uint16_t ranks[LANGUAGES_MAX][COUNTRY_INDEX_END];
static struct out options_text[LANGUAGES_MAX];
static struct place {
    uint32_t option; /* in options_text */
    uint16_t option_len;
    uint16_t name_len;
} places[LANGUAGES_MAX][COUNTRY_INDEX_END];
static size_t country_count;
static UCollator *order; /* the root one; only read after the start */

/* "Congo - Kinshasa": the hyphen ends a line and begins none. */
static void name_write(struct html *h, struct span name)
{
    const char *hyphen = memmem(name.at, name.len, " - ", 3);

    if (hyphen != NULL) {
        html_span(h, (struct span){name.at, (size_t)(hyphen - name.at)});
        html(h, "\u00A0");
        name.len -= (size_t)(hyphen + 1 - name.at);
        name.at = hyphen + 1;
    }
    html_span(h, name);
}

static const char NAMED[] = "<option value='FR'>"; /* what stands before the name */

/* Every country that has a name, those of the past included. */
static bool options_write(size_t index)
{
    struct html h = {.out = &options_text[index], .language = language_at(index)};

    out_init(h.out, OUT_LIMIT_DEFAULT);
    for (unsigned at = 0; at < COUNTRY_INDEX_END; at++) {
        const char code[] = {(char)('A' + at / 26), (char)('A' + at % 26)};
        const struct country *country = country_find((struct span){code, sizeof(code)});
        uint32_t before = (uint32_t)h.out->len;
        uint32_t named;
        char name[128];

        if (country == NULL || country_index(country) != at)
            continue;
        html(&h, "<option value='");
        html_text(&h, country->iso2);
        html(&h, "'>");
        name_write(&h, (struct span){name, country_name(country, language_code(h.language), name,
                                                        sizeof(name))});
        named = (uint32_t)h.out->len;
        html(&h, "</option>\n");
        places[index][at] =
            (struct place){.option = before,
                           .option_len = (uint16_t)(h.out->len - before),
                           .name_len = (uint16_t)(named - before - (sizeof(NAMED) - 1))};
    }
    return !out_failed(h.out);
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
        ranks[index][country_index(entries[i].country)] = (uint16_t)i;
    }
    return true;
}

bool atlas_open(void)
{
    const struct country *const *all = country_all(&country_count);
    struct entry *entries = country_count == 0 ? NULL : calloc(country_count, sizeof(*entries));
    bool ok = entries != NULL && language_count() <= LANGUAGES_MAX;
    UErrorCode error = U_ZERO_ERROR;

    order = ucol_open("", &error);
    ok = ok && U_SUCCESS(error);
    for (size_t i = 0; ok && i < language_count(); i++)
        ok = sort(i, entries, all) && options_write(i);
    free(entries);
    if (!ok)
        atlas_close();
    return ok;
}

void atlas_close(void)
{
    ucol_close(order);
    order = NULL;
    for (size_t i = 0; i < LANGUAGES_MAX; i++) {
        free(sorted[i]);
        sorted[i] = NULL;
        out_free(&options_text[i]);
    }
}

const struct country *const *atlas_sorted(const struct language *language, size_t *count)
{
    *count = country_count;
    return sorted[language_index(language)];
}

struct span atlas_name(const struct language *language, const struct country *country)
{
    size_t index = language_index(language);
    const struct place *place = &places[index][country_index(country)];

    return (struct span){options_text[index].at + place->option + sizeof(NAMED) - 1,
                         place->name_len};
}

struct span atlas_option(const struct language *language, const struct country *country)
{
    size_t index = language_index(language);
    const struct place *place = &places[index][country_index(country)];

    return (struct span){options_text[index].at + place->option, place->option_len};
}

size_t atlas_rank(const struct language *language, const struct country *country)
{
    return ranks[language_index(language)][country_index(country)];
}

int atlas_order(const char *a, const char *b)
{
    UErrorCode error = U_ZERO_ERROR;
    UCollationResult result = ucol_strcollUTF8(order, a, -1, b, -1, &error);

    return U_SUCCESS(error) && result != UCOL_EQUAL ? (int)result : strcmp(a, b);
}

void country_set_add(struct country_set *set, const struct country *country)
{
    unsigned bit = country_index(country);

    set->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

bool country_set_has(const struct country_set *set, const struct country *country)
{
    unsigned bit = country_index(country);

    return (set->bits[bit / 64] >> bit % 64 & 1) != 0;
}
