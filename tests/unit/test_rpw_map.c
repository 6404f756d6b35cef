/*
 * The survey's words against our codes, in both generations of its columns; and the names of firms
 * against their identifiers.
 */
#include "unit.h"

#include <ingest/firm_slug.h>
#include <ingest/operator_directory.h>
#include <ingest/rpw_map.h>

/* What was told as unknown: "column:word;". */
static char unknown_text[256];
static void tell(struct span column, struct span word, void *arg)
{
    (void)arg;
    size_t len = strlen(unknown_text);
    (void)snprintf(unknown_text + len, sizeof unknown_text - len, "%.*s:%.*s;", (int)column.len,
                   column.at, (int)word.len, word.at);
}
static const struct rpw_unknown unknown = {tell, NULL};

#define IN(name)  (1U << PAY_IN_##name)
#define AT(name)  (1U << ACCESS_##name)
#define OUT(name) (1U << PAY_OUT_##name)

static const struct {
    enum rpw_vocabulary vocabulary;
    const char *cell;
    unsigned pay_in;
    unsigned access_point;
    unsigned pay_out;
    const char *unknown;
} sets[] = {
    {RPW_WORDS_PRODUCT, "Cash to cash", IN(CASH), 0, OUT(CASH), ""},
    {RPW_WORDS_PRODUCT, "Account to account (same bank)", IN(BANK_ACCOUNT), 0, OUT(BANK_ACCOUNT),
     ""},
    {RPW_WORDS_PRODUCT, "Account,Card,Cash to cash",
     IN(BANK_ACCOUNT) | IN(DEBIT_CARD) | IN(CREDIT_CARD) | IN(CASH), 0, OUT(CASH), ""},
    {RPW_WORDS_PRODUCT, "Credit/debit card service", IN(DEBIT_CARD) | IN(CREDIT_CARD), 0, 0, ""},
    {RPW_WORDS_PRODUCT, "Online service", 0, AT(ONLINE), 0, ""},
    {RPW_WORDS_PRODUCT, "Door to door", IN(CASH), 0, OUT(HOME_DELIVERY), ""},
    {RPW_WORDS_PRODUCT, "USD service", 0, 0, 0, ""},
    {RPW_WORDS_PRODUCT, "N/A", 0, 0, 0, ""},
    {RPW_WORDS_PRODUCT, "", 0, 0, 0, ""},
    {RPW_WORDS_PRODUCT, "Pigeon post", IN(OTHER), 0, 0, "c:Pigeon post;"},
    {RPW_WORDS_PRODUCT, "Cash, pigeon", IN(CASH) | IN(OTHER), 0, 0, "c: pigeon;"},
    {RPW_WORDS_INSTRUMENT, "Cash", IN(CASH), 0, 0, ""},
    {RPW_WORDS_INSTRUMENT, "Bank account transfer,Cash", IN(BANK_ACCOUNT) | IN(CASH), 0, 0, ""},
    {RPW_WORDS_INSTRUMENT, "Credit Card,Debit card,Mobile MONEY",
     IN(CREDIT_CARD) | IN(DEBIT_CARD) | IN(MOBILE_MONEY), 0, 0, ""},
    {RPW_WORDS_INSTRUMENT, "Cash,Debit/credit card", IN(CASH) | IN(CREDIT_CARD) | IN(DEBIT_CARD), 0,
     0, ""},
    {RPW_WORDS_INSTRUMENT, "Prepaid card", IN(PREPAID_CARD), 0, 0, ""},
    {RPW_WORDS_SENDING_LOCATION, "at Branch,Call Center,On-line", 0,
     AT(BRANCH) | AT(CALL_CENTRE) | AT(ONLINE), 0, ""},
    {RPW_WORDS_SENDING_LOCATION, "Not available", 0, 0, 0, ""},
    {RPW_WORDS_SENDING_LOCATION, "Agent,Bank branch,Internet", 0,
     AT(AGENT) | AT(BRANCH) | AT(ONLINE), 0, ""},
    {RPW_WORDS_SENDING_LOCATION, "Mobile Operator/Agent", 0, AT(AGENT), 0, ""},
    {RPW_WORDS_SENDING_LOCATION, "Mobile phone app; Post Office branch", 0, AT(MOBILE) | AT(BRANCH),
     0, ""},
    {RPW_WORDS_SENDING_LOCATION, "ATM", 0, AT(OTHER), 0, ""},
    {RPW_WORDS_SENDING_LOCATION, "on the moon", 0, AT(OTHER), 0, "c:on the moon;"},
    {RPW_WORDS_PICKUP, "Cash, Bank Account, Home Delivery", 0, 0,
     OUT(CASH) | OUT(BANK_ACCOUNT) | OUT(HOME_DELIVERY), ""},
    {RPW_WORDS_PICKUP, "own/partner Bank Account", 0, 0, OUT(BANK_ACCOUNT), ""},
    {RPW_WORDS_PICKUP, "Bank account (same/partner bank)", 0, 0, OUT(BANK_ACCOUNT), ""},
    {RPW_WORDS_PICKUP, "ATM Network, Bank Acciunt", 0, 0, OUT(CARD) | OUT(BANK_ACCOUNT), ""},
    {RPW_WORDS_PICKUP, "Mobile wallet", 0, 0, OUT(MOBILE_WALLET), ""},
    {RPW_WORDS_PICKUP, "Parachute", 0, 0, OUT(OTHER), "c:Parachute;"},
};

static const struct {
    enum rpw_vocabulary vocabulary;
    const char *cell;
    const char *code;
    const char *unknown;
} choices[] = {
    {RPW_WORDS_SPEED, "Less than one hour", "less_than_one_hour", ""},
    {RPW_WORDS_SPEED, "same  day", "same_day", ""},
    {RPW_WORDS_SPEED, "Next Day", "next_day", ""},
    {RPW_WORDS_SPEED, "2 days", "2_days", ""},
    {RPW_WORDS_SPEED, "3-5 days", "3_5_days", ""},
    {RPW_WORDS_SPEED,
     "3\xE2\x80\x93"
     "5 days",
     "3_5_days", ""}, /* an en dash */
    {RPW_WORDS_SPEED, "6 days or more", "6_days_or_more", ""},
    {RPW_WORDS_SPEED, "N/A", "unknown", ""},
    {RPW_WORDS_SPEED, "", "unknown", ""},
    {RPW_WORDS_SPEED, "a fortnight", "unknown", "c:a fortnight;"},
    {RPW_WORDS_COVERAGE, "Nationwide", "high", ""},
    {RPW_WORDS_COVERAGE, "Major cities", "medium", ""},
    {RPW_WORDS_COVERAGE, "Main city", "low", ""},
    {RPW_WORDS_COVERAGE, "Rural only", "low", ""},
    {RPW_WORDS_COVERAGE, "HIGH", "high", ""},
    {RPW_WORDS_COVERAGE, "Medium", "medium", ""},
    {RPW_WORDS_COVERAGE, "patchy", "unknown", "c:patchy;"},
    {RPW_WORDS_FIRM_TYPE, "Bank", "bank", ""},
    {RPW_WORDS_FIRM_TYPE, "Bank / Money Transfer Operator", "bank", ""},
    {RPW_WORDS_FIRM_TYPE, "Bank/Post office", "bank", ""},
    {RPW_WORDS_FIRM_TYPE, "Money Transfer Operator / Building Society", "mto", ""},
    {RPW_WORDS_FIRM_TYPE, "Non-Bank FI", "non_bank_fi", ""},
    {RPW_WORDS_FIRM_TYPE, "Mobile Operator", "mobile_operator", ""},
    {RPW_WORDS_FIRM_TYPE, "Guild / Credit Union", "credit_union", "c:Guild ;"},
    {RPW_WORDS_FIRM_TYPE, "Guild", "other", "c:Guild;"},
};

static const struct rpw_service nothing_told = {
    .speed = SPEED_UNKNOWN, .coverage = COVERAGE_UNKNOWN, .firm_type = FIRM_OTHER};

static void words_become_sets(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sets); i++) {
        struct rpw_service service = nothing_told;
        unknown_text[0] = '\0';
        rpw_map(sets[i].vocabulary, span_of("c"), span_of(sets[i].cell), &service, &unknown);
        if (service.pay_in != sets[i].pay_in || service.access_point != sets[i].access_point ||
            service.pay_out != sets[i].pay_out || strcmp(unknown_text, sets[i].unknown) != 0) {
            fail_msg("'%s': %x %x %x '%s'", sets[i].cell, service.pay_in, service.access_point,
                     service.pay_out, unknown_text);
        }
    }
}

static void words_become_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(choices); i++) {
        struct rpw_service service = nothing_told;
        unknown_text[0] = '\0';
        rpw_map(choices[i].vocabulary, span_of("c"), span_of(choices[i].cell), &service, &unknown);
        const char *code = choices[i].vocabulary == RPW_WORDS_SPEED ? speed_code(service.speed)
                           : choices[i].vocabulary == RPW_WORDS_COVERAGE
                               ? coverage_code(service.coverage)
                               : firm_type_code(service.firm_type);
        if (strcmp(code, choices[i].code) != 0 || strcmp(unknown_text, choices[i].unknown) != 0) {
            fail_msg("'%s': %s '%s'", choices[i].cell, code, unknown_text);
        }
    }
}

static void cells_of_a_row_add_up(void **state)
{
    (void)state;
    struct rpw_service service = nothing_told;
    rpw_map(RPW_WORDS_PRODUCT, span_of("product"), span_of("Cash to account"), &service, &unknown);
    rpw_map(RPW_WORDS_PICKUP, span_of("pick-up"), span_of("Mobile"), &service, &unknown);
    assert_int_equal(service.pay_in, IN(CASH));
    assert_int_equal(service.pay_out, OUT(BANK_ACCOUNT) | OUT(MOBILE_WALLET));
}

static void folding(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        const char *folded;
    } cases[] = {
        {"  On-line  ", 32, "on line"}, {"3-5 days", 32, "3 5 days"}, {"---", 32, ""},
        {"abcdef", 4, "abc"},           {"a b c", 4, "a b"},          {"ab cd", 4, "ab"},
    };
    char buffer[32];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t len = rpw_fold(span_of(cases[i].text), buffer, cases[i].size);
        assert_string_equal(buffer, cases[i].folded);
        assert_true(len >= strlen(cases[i].folded) && len < cases[i].size);
    }
}

static void firms_get_slugs(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *slug; /* NULL: none */
    } cases[] = {
        {"Northwind Transfers", "northwind-transfers"},
        {"Env\xC3\xADos Ca\xC3\xB1\xC3\xB3n", "envios-canon"},
        {"  M-Coin (Branch #2) ", "m-coin-branch-2"},
        {"Int'l Express & Co.", "intl-express-co"},
        {"\xD0\x97\xD0\xBE\xD0\xBB\xD0\xBE\xD1\x82\xD0\xBE", "zoloto"}, /* Cyrillic */
        {"\xE4\xB8\xAD\xE5\x9B\xBD", "zhong-guo"},                      /* Chinese */
        {"!?", NULL},
        {"", NULL},
        {"1234567890123456789012345678901234567890123456789012345678901234567890 234",
         "1234567890123456789012345678901234567890123456789012345678901234567890-2"},
    };
    char slug[FIRM_SLUG_SIZE];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool made = firm_slug(span_of(cases[i].name), slug);
        if (made != (cases[i].slug != NULL) || (made && strcmp(slug, cases[i].slug) != 0)) {
            fail_msg("'%s': '%s'", cases[i].name, made ? slug : "none");
        }
    }
}

static void keys_tell_firms_apart(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } cases[] = {
        {"Trans-Coin", "TRANS  coin.", true},
        {"Env\xC3\xADos", "envios", true},
        {"C&A Money", "C A Money", false},
        {"A+ Transfers", "A Transfers", false},
        {"\xE4\xB8\xAD", "\xE7\xA7\x8D", false}, /* two characters that are both "zhong" */
        {"Joe's", "Joes", true},
    };
    char a[FIRM_KEY_SIZE];
    char b[FIRM_KEY_SIZE];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(firm_key(span_of(cases[i].a), a));
        assert_true(firm_key(span_of(cases[i].b), b));
        if ((strcmp(a, b) == 0) != cases[i].same) {
            fail_msg("'%s' and '%s': '%s' and '%s'", cases[i].a, cases[i].b, a, b);
        }
    }
}

static void names_find_operators(void **state)
{
    (void)state;
    struct operator_directory *directory = operator_directory_new();
    assert_non_null(directory);
    assert_true(operator_directory_enter(directory, span_of("north"), span_of("North"), true));
    assert_true(operator_directory_enter(directory, span_of("fiction"), span_of("Fiction"), false));
    static const struct {
        const char *name;
        const char *id;
    } cases[] = {
        {"North", "north"},       {"NORTH.", "north"}, {"C&A", "c-a"},   {"C A", "c-a-2"},
        {"c+a", "c-a-3"},         {"C & A", "c-a"},    {"C-A", "c-a-2"}, {"C&A", "c-a"},
        {"Fiction", "fiction-2"}, /* invented operators stand for nobody */
        {"Fiction", "fiction-2"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_string_equal(operator_directory_find(directory, span_of(cases[i].name))->id,
                            cases[i].id);
    }
    assert_null(operator_directory_find(directory, span_of("...")));
    operator_directory_free(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_become_sets),     cmocka_unit_test(words_become_codes),
        cmocka_unit_test(cells_of_a_row_add_up), cmocka_unit_test(folding),
        cmocka_unit_test(firms_get_slugs),       cmocka_unit_test(keys_tell_firms_apart),
        cmocka_unit_test(names_find_operators),
    };
    return UNIT_RUN(tests, NULL, NULL);
}
