/*
 * Names to countries. ICU knows most of them; the World Bank writes some thirty in its own way, and
 * those stand in a table: the one place to add a name.
 */
#include <ingest/country_named.h>

#include <ingest/firm_slug.h>

#include <stdlib.h>

enum {
    NAME_MAX_SIZE = 256
};

/* Names as firm_slug folds them. */
static const struct {
    const char *slug;
    const char *code;
} world_bank[] = {
    {"antigua-and-barbuda", "AG"},
    {"bahamas-the", "BS"},
    {"bolivia-plurinational-state-of", "BO"},
    {"bosnia-and-herzegovina", "BA"},
    {"brunei-darussalam", "BN"},
    {"cabo-verde", "CV"},
    {"cape-verde", "CV"},
    {"channel-islands", "CHI"},
    {"congo-dem-rep", "CD"},
    {"congo-rep", "CG"},
    {"cote-divoire", "CI"},
    {"curacao", "CW"},
    {"czech-republic", "CZ"},
    {"czechia", "CZ"},
    {"egypt-arab-rep", "EG"},
    {"eswatini", "SZ"},
    {"faeroe-islands", "FO"},
    {"faroe-islands", "FO"},
    {"gambia-the", "GM"},
    {"hong-kong-sar-china", "HK"},
    {"iran-islamic-rep", "IR"},
    {"korea-dem-peoples-rep", "KP"},
    {"korea-dem-rep", "KP"},
    {"korea-rep", "KR"},
    {"kosovo", "XK"},
    {"kyrgyz-republic", "KG"},
    {"lao-pdr", "LA"},
    {"macao-sar-china", "MO"},
    {"macedonia-fyr", "MK"},
    {"micronesia-fed-sts", "FM"},
    {"myanmar", "MM"},
    {"north-macedonia", "MK"},
    {"puerto-rico-us", "PR"},
    {"russian-federation", "RU"},
    {"sao-tome-and-principe", "ST"},
    {"sint-maarten-dutch-part", "SX"},
    {"slovak-republic", "SK"},
    {"somalia-fed-rep", "SO"},
    {"st-kitts-and-nevis", "KN"},
    {"st-lucia", "LC"},
    {"st-martin-french-part", "MF"},
    {"st-vincent-and-the-grenadines", "VC"},
    {"swaziland", "SZ"},
    {"syrian-arab-republic", "SY"},
    {"taiwan-china", "TW"},
    {"trinidad-and-tobago", "TT"},
    {"turkey", "TR"},
    {"turkiye", "TR"},
    {"turks-and-caicos-islands", "TC"},
    {"venezuela-rb", "VE"},
    {"viet-nam", "VN"},
    {"virgin-islands-u-s", "VI"},
    {"virgin-islands-us", "VI"},
    {"west-bank-and-gaza", "PS"},
    {"yemen-rep", "YE"},
};

/* What sums and rests are called; each may go on ("total remittance inflows"). */
static const char *const totals[] = {"world",       "total",       "grand-total", "sum",
                                     "other-north", "other-south", "others",      "unidentified"};

struct country_names {
    size_t count;
    struct {
        char slug[FIRM_SLUG_SIZE];
        const struct country *country;
    } known[]; /* ICU's */
};

struct country_names *country_names_open(void)
{
    size_t count = 0;
    const struct country *const *all = country_all(&count);
    struct country_names *names = malloc(sizeof *names + count * sizeof names->known[0]);
    if (!names) {
        return NULL;
    }
    names->count = 0;
    for (size_t i = 0; i < count; i++) {
        char name[NAME_MAX_SIZE];
        (void)country_name(all[i], "en", name, sizeof name);
        if (firm_slug(span_of(name), names->known[names->count].slug)) {
            names->known[names->count++].country = all[i];
        }
    }
    return names;
}

void country_names_close(struct country_names *names)
{
    free(names);
}

const struct country *country_named(const struct country_names *names, struct span name)
{
    char slug[FIRM_SLUG_SIZE];
    if (name.len >= NAME_MAX_SIZE || !firm_slug(name, slug)) {
        return NULL;
    }
    for (size_t i = 0; i < COUNT_OF(world_bank); i++) {
        if (strcmp(world_bank[i].slug, slug) == 0) {
            return country_find(span_of(world_bank[i].code));
        }
    }
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->known[i].slug, slug) == 0) {
            return names->known[i].country;
        }
    }
    return NULL;
}

bool country_name_is_total(struct span name)
{
    char slug[FIRM_SLUG_SIZE];
    if (name.len >= NAME_MAX_SIZE || !firm_slug(name, slug)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(totals); i++) {
        size_t len = strlen(totals[i]);
        if (strncmp(slug, totals[i], len) == 0 && (slug[len] == '\0' || slug[len] == '-')) {
            return true;
        }
    }
    return false;
}
