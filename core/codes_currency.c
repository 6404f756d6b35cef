/*
 * Currencies from ICU, in one table with an index by code. The hard problem: ICU's decimals are
 * those of CLDR, which say what people show (LBP, MMK and RSD no decimals), while an amount is
 * exact to ISO 4217's minor unit; and ICU lists codes that ISO 4217 never had. Both are put right
 * by small tables of the differences.
 */
#include "codes.h"

#include <stdlib.h>
#include <unicode/ucurr.h>
#include <unicode/uenum.h>
#include <unicode/ustring.h>

#define CURRENCIES_MAX 400

/* ISO 4217 (list one of 2024-06, list three for the past) where CLDR 42 says otherwise. */
static const struct {
    char code[4];
    uint8_t exponent;
} iso_exponents[] = {
    /* in use */
    {"AFN", 2},
    {"ALL", 2},
    {"IQD", 3},
    {"IRR", 2},
    {"KPW", 2},
    {"LAK", 2},
    {"LBP", 2},
    {"MGA", 2},
    {"MMK", 2},
    {"RSD", 2},
    {"SOS", 2},
    {"SYP", 2},
    {"YER", 2},
    /* past: these had a minor unit */
    {"MRO", 2},
    {"SLL", 2},
    {"STD", 2},
    {"TMM", 2},
    {"ZMK", 2},
    {"ZWD", 2},
    /* past: and these had none */
    {"BEF", 0},
    {"BYB", 0},
    {"GRD", 0},
    {"PTE", 0},
    {"TPE", 0},
};

/* Codes of ISO 4217 that ICU 72 does not list. */
static const struct currency iso_more[] = {
    {"XCG", 532, 2}, /* Caribbean guilder, 2025 */
    {"ZWG", 924, 2}, /* Zimbabwe gold, 2024 */
    {"AYM", 945, 2}, {"GHP", 939, 2}, {"LAJ", 418, 2}, {"MVQ", 462, 2},
    {"PEH", 604, 2}, {"ROK", 642, 2}, {"UGW", 800, 2}, {"UYN", 858, 2},
    {"VNC", 704, 2}, {"ZWC", 716, 2}, {"ZWN", 942, 2},
};

/* Every X code is gold, a fund, a test, except the currencies shared by several countries. */
static const char shared_currencies[][4] = {"XAF", "XCD", "XCG", "XOF", "XPF"};

struct currency_record {
    struct currency currency; /* first: a currency is its record */
    struct codes_names names;
};

static struct currency_record *records;
static size_t record_count;
static uint16_t by_code[CODES_OF_3]; /* the record's index + 1 */

static size_t ask_name(const char *code, const char *language, char *buffer, size_t size)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar letters[4];
    const UChar *name;
    int32_t length = 0;

    u_charsToUChars(code, letters, 4);
    name = ucurr_getName(letters, language, UCURR_LONG_NAME, NULL, &length, &status);
    u_strToUTF8(buffer, (int32_t)size, &length, name, length, &status);
    return U_SUCCESS(status) && status != U_STRING_NOT_TERMINATED_WARNING ? (size_t)length : 0;
}

static bool is_money(const char *code, int numeric)
{
    if (numeric <= 0)
        return false; /* CNH, CLE …: CLDR's own */
    if (code[0] != 'X')
        return true;
    for (size_t i = 0; i < COUNT_OF(shared_currencies); i++) {
        if (strcmp(code, shared_currencies[i]) == 0)
            return true;
    }
    return false;
}

static bool add(const char *code, int numeric, uint8_t exponent)
{
    struct currency_record *record = &records[record_count];
    int place = codes_place(span_of(code));

    if (record_count == CURRENCIES_MAX || place < 0 || strlen(code) != 3)
        return false;
    if (by_code[place] != 0)
        return true;
    memcpy(record->currency.code, code, 4);
    record->currency.numeric = (uint16_t)numeric;
    record->currency.exponent = exponent;
    if (!names_keep(&record->names, record->currency.code, ask_name, NULL))
        return false;
    by_code[place] = (uint16_t)++record_count;
    return true;
}

static uint8_t exponent_of(const char *code, int32_t shown)
{
    for (size_t i = 0; i < COUNT_OF(iso_exponents); i++) {
        if (strcmp(code, iso_exponents[i].code) == 0)
            return iso_exponents[i].exponent;
    }
    return (uint8_t)shown;
}

bool currencies_open(void)
{
    UErrorCode status = U_ZERO_ERROR;
    UEnumeration *all = ucurr_openISOCurrencies(UCURR_ALL, &status);
    const char *code;
    bool done = false;

    records = calloc(CURRENCIES_MAX, sizeof *records);
    if (!records || U_FAILURE(status))
        goto out;
    while ((code = uenum_next(all, NULL, &status)) != NULL) {
        UChar letters[4];
        int numeric;
        int32_t shown;

        u_charsToUChars(code, letters, 4);
        numeric = ucurr_getNumericCode(letters);
        shown = ucurr_getDefaultFractionDigits(letters, &status);
        if (U_FAILURE(status))
            goto out;
        if (is_money(code, numeric) && !add(code, numeric, exponent_of(code, shown)))
            goto out;
    }
    for (size_t i = 0; i < COUNT_OF(iso_more); i++) {
        if (!add(iso_more[i].code, iso_more[i].numeric, iso_more[i].exponent))
            goto out;
    }
    done = U_SUCCESS(status);
out:
    uenum_close(all);
    return done;
}

void currencies_close(void)
{
    free(records);
    records = NULL;
    record_count = 0;
    memset(by_code, 0, sizeof by_code);
}

const struct currency *currency_find(struct span code)
{
    int place = code.len == 3 ? codes_place(code) : -1;

    if (place < 0 || by_code[place] == 0)
        return NULL;
    return &records[by_code[place] - 1].currency;
}

size_t currency_count(void)
{
    return record_count;
}

const struct currency *currency_at(size_t index)
{
    return &records[index].currency;
}

size_t currency_index(const struct currency *currency)
{
    return (size_t)((const struct currency_record *)currency - records);
}

size_t currency_name(const struct currency *currency, const char *language, char *buffer,
                     size_t size)
{
    const struct currency_record *record = (const struct currency_record *)currency;

    return names_get(&record->names, currency->code, ask_name, language, buffer, size);
}
