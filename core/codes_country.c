/*
 * Countries from ICU, in one table with an index for each kind of code. The hard problem: files of
 * fifteen years carry codes that ISO has withdrawn, codes that the World Bank made itself, and
 * countries whose money changed after this ICU was made; three small tables say what ICU does not.
 */
#include "codes.h"

#include <stdlib.h>
#include <unicode/uenum.h>
#include <unicode/uloc.h>
#include <unicode/uregion.h>
#include <unicode/ures.h>
#include <unicode/ustring.h>

#define COUNTRIES_MAX   320
#define CURRENCIES_EACH 12
#define M49_END         1000

/* ISO 3166 has no code for Kosovo. XK is the one in use; the World Bank writes XKX and KSV; 412 is
 * the United Nations Statistics Division's number in the SDG database (ICU's XKK and 983 are its
 * own). */
#define KOSOVO     "XK"
#define KOSOVO_3   "XKX"
#define KOSOVO_M49 412

/* Places that survey files name and no longer, or never, stood in ISO 3166-1 by themselves. Names
 * in the order of codes_languages. */
static const struct {
    char iso2[3];
    char iso3[4];
    uint16_t m49;
    char currency[4];
    const char *names[CODES_LANGUAGES];
} withdrawn[] = {
    {"AN",
     "ANT",
     530,
     "ANG",
     {"Netherlands Antilles", "Antilles néerlandaises", "Antillas Neerlandesas",
      "Antilhas Holandesas", "جزر الأنتيل الهولندية", "荷属安的列斯", "Antille thuộc Hà Lan",
      "Hollanda Antilleri"}},
    {"CS",
     "SCG",
     891,
     "CSD",
     {"Serbia and Montenegro", "Serbie-et-Monténégro", "Serbia y Montenegro", "Sérvia e Montenegro",
      "صربيا والجبل الأسود", "塞尔维亚和黑山", "Serbia và Montenegro", "Sırbistan ve Karadağ"}},
    {"YU",
     "YUG",
     890,
     "YUM",
     {"Yugoslavia", "Yougoslavie", "Yugoslavia", "Iugoslávia", "يوغوسلافيا", "南斯拉夫", "Nam Tư",
      "Yugoslavya"}},
    {"JG",
     "CHI",
     830,
     "GBP", /* the World Bank's, for Guernsey and Jersey together */
     {"Channel Islands", "Îles Anglo-Normandes", "Islas del Canal", "Ilhas do Canal", "جزر القنال",
      "海峡群岛", "Quần đảo Eo Biển", "Manş Adaları"}},
};

/* Other spellings of a country of today: withdrawn by ISO 3166, or the World Bank's own. */
static const struct {
    char code[4];
    char iso2[3];
} aliases[] = {
    {"KSV", "XK"}, {"UNK", "XK"}, {"XKK", "XK"}, {"ROM", "RO"}, {"ZAR", "CD"},
    {"ZR", "CD"},  {"TMP", "TL"}, {"TP", "TL"},  {"WBG", "PS"}, {"ADO", "AD"},
    {"IMY", "IM"}, {"BUR", "MM"}, {"BU", "MM"},  {"UK", "GB"},
};

/* Money that ICU 72 does not know of a country, or does not put first. */
static const struct {
    char iso2[3];
    char currency[4];
    bool first;
} money_since[] = {
    {"BG", "EUR", true}, /* 2026-01-01 */
    {"CW", "XCG", true}, /* 2025-03-31 */
    {"SX", "XCG", true}, /* 2025-03-31 */
    {"LS", "LSL", true}, /* ICU puts the rand, which circulates beside it, first */
    {"ZW", "ZWG",
     false}, /* 2024-04-05; the US dollar circulates beside it and pays most transfers */
};

struct country_record {
    struct country country; /* first: a country is its record */
    struct codes_names names;
    const struct currency *used[CURRENCIES_EACH]; /* now or once, up to the first NULL */
};

static struct country_record *records;
static size_t record_count;
static uint16_t by_iso2[CODES_OF_2], by_code3[CODES_OF_3],
    by_m49[M49_END];                 /* the record's index + 1 */
static const struct country **today; /* in alpha-2 order, withdrawn ones left out */
static size_t today_count;

static size_t ask_name(const char *code, const char *language, char *buffer, size_t size)
{
    UErrorCode status = U_ZERO_ERROR;
    char locale[] = "und_XX";
    UChar name[256];
    int32_t length;

    memcpy(locale + 4, code, 2);
    length = uloc_getDisplayCountry(locale, language, name, (int32_t)COUNT_OF(name), &status);
    u_strToUTF8(buffer, (int32_t)size, &length, name, length, &status);
    return U_SUCCESS(status) && status != U_STRING_NOT_TERMINATED_WARNING ? (size_t)length : 0;
}

static struct country_record *record_of(const char *iso2)
{
    int place = codes_place(span_of(iso2));

    return place < 0 || by_iso2[place] == 0 ? NULL : &records[by_iso2[place] - 1];
}

static bool add(const char *iso2, const char *iso3, int m49, const char *const *names)
{
    struct country_record *record = &records[record_count];
    int place2 = codes_place(span_of(iso2)), place3 = codes_place(span_of(iso3));

    if (record_count == COUNTRIES_MAX || strlen(iso2) != 2 || strlen(iso3) != 3 || place2 < 0 ||
        place3 < 0 || m49 <= 0 || m49 >= M49_END ||
        !names_keep(&record->names, iso2, ask_name, names))
        return false;
    memcpy(record->country.iso2, iso2, 3);
    memcpy(record->country.iso3, iso3, 4);
    record->country.m49 = (uint16_t)m49;
    by_iso2[place2] = by_code3[place3] = by_m49[m49] = (uint16_t)++record_count;
    return true;
}

/* Puts a currency on a country's list, first or last, once. */
static void use(struct country_record *record, const struct currency *currency, bool first)
{
    size_t place = 0;

    if (!currency)
        return;
    while (place < CURRENCIES_EACH - 1 && record->used[place] && record->used[place] != currency)
        place++;
    record->used[place] = currency;
    if (first) {
        for (; place > 0; place--)
            record->used[place] = record->used[place - 1];
        record->used[0] = currency;
    }
}

/* ISO 3166-1's countries and territories: those that ICU has a number for. */
static bool add_regions(void)
{
    UErrorCode status = U_ZERO_ERROR;
    UEnumeration *all = uregion_getAvailable(URGN_TERRITORY, &status);
    const char *code;
    bool done = false;

    while (U_SUCCESS(status) && (code = uenum_next(all, NULL, &status)) != NULL) {
        char locale[] = "und_XX";
        int32_t numeric = uregion_getNumericCode(uregion_getRegionFromCode(code, &status));
        bool kosovo = strcmp(code, KOSOVO) == 0;

        if (U_FAILURE(status) || strlen(code) != 2)
            goto out;
        if (numeric <= 0)
            continue; /* Ascension, the Canary Islands …: parts of a country */
        memcpy(locale + 4, code, 2);
        if (!add(code, kosovo ? KOSOVO_3 : uloc_getISO3Country(locale),
                 kosovo ? KOSOVO_M49 : numeric, NULL))
            goto out;
    }
    done = U_SUCCESS(status) && record_count > 0;
out:
    uenum_close(all);
    return done;
}

static int by_alpha2(const void *a, const void *b)
{
    return strcmp((*(const struct country *const *)a)->iso2,
                  (*(const struct country *const *)b)->iso2);
}

static bool list_today(void)
{
    today = calloc(record_count, sizeof(const struct country *));
    if (!today)
        return false;
    for (today_count = 0; today_count < record_count; today_count++)
        today[today_count] = &records[today_count].country;
    qsort(today, today_count, sizeof(const struct country *), by_alpha2);
    return true;
}

/* One entry of ICU's list of a region's currencies, the newest first: {id, from, [to], [tender:
 * false]}. */
static void read_currency(struct country_record *record, const UResourceBundle *entry)
{
    UErrorCode status = U_ZERO_ERROR, no_tender = U_ZERO_ERROR;
    int32_t length = 0;
    const UChar *id = ures_getStringByKey(entry, "id", &length, &status);
    char code[4] = "";

    ures_getStringByKey(entry, "tender", &length, &no_tender);
    if (U_FAILURE(status) || U_SUCCESS(no_tender) || u_strlen(id) != 3)
        return;
    u_UCharsToChars(id, code, 3);
    use(record, currency_find(span_of(code)), false);
}

/* Every country's legal tenders of all times. ICU's functions answer for one date; the data behind
 * them has all. */
static bool read_money(void)
{
    UErrorCode status = U_ZERO_ERROR;
    UResourceBundle *data = ures_openDirect(U_ICUDATA_NAME "-curr", "supplementalData", &status);
    UResourceBundle *map = ures_getByKey(data, "CurrencyMap", NULL, &status);
    UResourceBundle *region = NULL, *entry = NULL;

    while (U_SUCCESS(status) && ures_hasNext(map)) {
        struct country_record *record;

        region = ures_getNextResource(map, region, &status);
        record = U_SUCCESS(status) ? record_of(ures_getKey(region)) : NULL;
        while (record && U_SUCCESS(status) && ures_hasNext(region)) {
            entry = ures_getNextResource(region, entry, &status);
            if (U_SUCCESS(status))
                read_currency(record, entry);
        }
    }
    ures_close(entry);
    ures_close(region);
    ures_close(map);
    ures_close(data);
    return U_SUCCESS(status);
}

bool countries_open(void)
{
    records = calloc(COUNTRIES_MAX, sizeof *records);
    if (!records || !add_regions() || !list_today())
        return false;
    for (size_t i = 0; i < COUNT_OF(withdrawn); i++) {
        if (!add(withdrawn[i].iso2, withdrawn[i].iso3, withdrawn[i].m49, withdrawn[i].names))
            return false;
        use(&records[record_count - 1], currency_find(span_of(withdrawn[i].currency)), false);
    }
    if (!read_money())
        return false;
    for (size_t i = 0; i < COUNT_OF(money_since); i++)
        use(record_of(money_since[i].iso2), currency_find(span_of(money_since[i].currency)),
            money_since[i].first);
    for (size_t i = 0; i < record_count; i++)
        records[i].country.currency = records[i].used[0];
    for (size_t i = 0; i < COUNT_OF(aliases); i++) {
        uint16_t *index = strlen(aliases[i].code) == 2 ? by_iso2 : by_code3;

        index[codes_place(span_of(aliases[i].code))] =
            by_iso2[codes_place(span_of(aliases[i].iso2))];
    }
    return true;
}

void countries_close(void)
{
    free(records);
    free(today);
    records = NULL;
    today = NULL;
    record_count = today_count = 0;
    memset(by_iso2, 0, sizeof by_iso2);
    memset(by_code3, 0, sizeof by_code3);
    memset(by_m49, 0, sizeof by_m49);
}

/* One to three digits (spreadsheets drop the zeros in front); 0, which is no country, when it is
 * anything else. */
static unsigned m49_of(struct span code)
{
    unsigned number = 0;

    if (code.len > 3)
        return 0;
    for (size_t i = 0; i < code.len; i++) {
        if (code.at[i] < '0' || code.at[i] > '9')
            return 0;
        number = number * 10 + (unsigned)(code.at[i] - '0');
    }
    return number;
}

const struct country *country_find(struct span code)
{
    unsigned index = by_m49[m49_of(code)];
    int place = code.len == 2 || code.len == 3 ? codes_place(code) : -1;

    if (place >= 0)
        index = code.len == 2 ? by_iso2[place] : by_code3[place];
    return index == 0 ? NULL : &records[index - 1].country;
}

const struct country *const *country_all(size_t *count)
{
    *count = today_count;
    return today;
}

size_t country_name(const struct country *country, const char *language, char *buffer, size_t size)
{
    const struct country_record *record = (const struct country_record *)country;
    /* ICU gives a withdrawn country the name of its successor. */
    bool withdrawn_one = record - records >= (ptrdiff_t)today_count;

    return names_get(&record->names, country->iso2, withdrawn_one ? NULL : ask_name, language,
                     buffer, size);
}

bool country_uses(const struct country *country, const struct currency *currency)
{
    const struct country_record *record = (const struct country_record *)country;

    for (size_t i = 0; i < CURRENCIES_EACH && record->used[i]; i++) {
        if (record->used[i] == currency)
            return true;
    }
    return false;
}
