/* Countries and currencies: ISO's tables by hand, the codes that survey files carry, names,
 * corridors. */
#include "unit.h"

#include <corridor/codes.h>

/* ISO 4217, list one: numeric code and minor unit, copied from the standard and not from ICU. */
static const struct currency list_one[] = {
    {"AED", 784, 2}, {"AFN", 971, 2}, {"ALL", 8, 2},   {"AMD", 51, 2},  {"AUD", 36, 2},
    {"BAM", 977, 2}, {"BDT", 50, 2},  {"BHD", 48, 3},  {"BIF", 108, 0}, {"BRL", 986, 2},
    {"CAD", 124, 2}, {"CDF", 976, 2}, {"CHF", 756, 2}, {"CLF", 990, 4}, {"CLP", 152, 0},
    {"CNY", 156, 2}, {"COP", 170, 2}, {"CVE", 132, 2}, {"CZK", 203, 2}, {"DJF", 262, 0},
    {"DOP", 214, 2}, {"DZD", 12, 2},  {"EGP", 818, 2}, {"ETB", 230, 2}, {"EUR", 978, 2},
    {"GBP", 826, 2}, {"GHS", 936, 2}, {"GNF", 324, 0}, {"GTQ", 320, 2}, {"HNL", 340, 2},
    {"HTG", 332, 2}, {"HUF", 348, 2}, {"IDR", 360, 2}, {"INR", 356, 2}, {"IQD", 368, 3},
    {"IRR", 364, 2}, {"ISK", 352, 0}, {"JOD", 400, 3}, {"JPY", 392, 0}, {"KES", 404, 2},
    {"KHR", 116, 2}, {"KMF", 174, 0}, {"KPW", 408, 2}, {"KRW", 410, 0}, {"KWD", 414, 3},
    {"LAK", 418, 2}, {"LBP", 422, 2}, {"LKR", 144, 2}, {"LYD", 434, 3}, {"MAD", 504, 2},
    {"MGA", 969, 2}, {"MMK", 104, 2}, {"MRU", 929, 2}, {"MUR", 480, 2}, {"MXN", 484, 2},
    {"NGN", 566, 2}, {"NPR", 524, 2}, {"OMR", 512, 3}, {"PHP", 608, 2}, {"PKR", 586, 2},
    {"PYG", 600, 0}, {"RSD", 941, 2}, {"RWF", 646, 0}, {"SLE", 925, 2}, {"SOS", 706, 2},
    {"SYP", 760, 2}, {"TND", 788, 3}, {"TRY", 949, 2}, {"TWD", 901, 2}, {"TZS", 834, 2},
    {"UAH", 980, 2}, {"UGX", 800, 0}, {"USD", 840, 2}, {"UYW", 927, 4}, {"UZS", 860, 2},
    {"VND", 704, 0}, {"VUV", 548, 0}, {"XAF", 950, 0}, {"XCD", 951, 2}, {"XCG", 532, 2},
    {"XOF", 952, 0}, {"XPF", 953, 0}, {"YER", 886, 2}, {"ZAR", 710, 2}, {"ZMW", 967, 2},
    {"ZWG", 924, 2},
};

/* ISO 4217, list three: money of the past. */
static const struct currency list_three[] = {
    {"EEK", 233, 2}, {"LVL", 428, 2}, {"LTL", 440, 2}, {"ROL", 642, 2}, {"FRF", 250, 2},
    {"DEM", 276, 2}, {"ITL", 380, 0}, {"ESP", 724, 0}, {"BEF", 56, 0},  {"PTE", 620, 0},
    {"GRD", 300, 0}, {"LUF", 442, 0}, {"HRK", 191, 2}, {"SKK", 703, 2}, {"SIT", 705, 2},
    {"CYP", 196, 2}, {"MTL", 470, 2}, {"TRL", 792, 0}, {"ANG", 532, 2}, {"GHC", 288, 2},
    {"GHP", 939, 2}, {"ZMK", 894, 2}, {"MRO", 478, 2}, {"STD", 678, 2}, {"SLL", 694, 2},
    {"BYR", 974, 0}, {"VEF", 937, 2}, {"ZWL", 932, 2}, {"ZWN", 942, 2}, {"CUC", 931, 2},
    {"CSD", 891, 2}, {"YUM", 891, 2},
};

static const char *const no_currencies[] = {
    "",    "EU",  "EURO", "E R", "E\xC3\x9C", "123", "CFA", "CNH", "XAU", "XAG",
    "XDR", "XXX", "XTS",  "XBA", "ABC",       "ZZZ", "@UR", "[UR", "`ur", "{ur",
};

static void knows_currencies(const struct currency *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct currency *found = currency_find(span_of(list[i].code));

        if (!found || found->numeric != list[i].numeric || found->exponent != list[i].exponent)
            fail_msg("%s: %d with %d decimals, not %d with %d", list[i].code,
                     found ? found->numeric : -1, found ? found->exponent : -1, list[i].numeric,
                     list[i].exponent);
        assert_string_equal(found->code, list[i].code);
        assert_true(currency_index(found) < currency_count());
        assert_ptr_equal(currency_at(currency_index(found)), found);
    }
}

static void knows_iso_4217(void **state)
{
    (void)state;
    knows_currencies(list_one, COUNT_OF(list_one));
    knows_currencies(list_three, COUNT_OF(list_three));
    assert_ptr_equal(currency_find(span_of("xof")), currency_find(span_of("XOF")));
    for (size_t i = 0; i < COUNT_OF(no_currencies); i++) {
        if (currency_find(span_of(no_currencies[i])))
            fail_msg("\"%s\" is a currency", no_currencies[i]);
    }
}

static const struct {
    const char *iso2, *iso3;
    unsigned m49;
    const char *currency;
} countries[] = {
    {"FR", "FRA", 250, "EUR"}, {"SN", "SEN", 686, "XOF"}, {"DZ", "DZA", 12, "DZD"},
    {"BR", "BRA", 76, "BRL"},  {"BF", "BFA", 854, "XOF"}, {"CM", "CMR", 120, "XAF"},
    {"CV", "CPV", 132, "CVE"}, {"CN", "CHN", 156, "CNY"}, {"KM", "COM", 174, "KMF"},
    {"CG", "COG", 178, "XAF"}, {"CD", "COD", 180, "CDF"}, {"CI", "CIV", 384, "XOF"},
    {"HT", "HTI", 332, "HTG"}, {"VN", "VNM", 704, "VND"}, {"MU", "MUS", 480, "MUR"},
    {"MG", "MDG", 450, "MGA"}, {"ML", "MLI", 466, "XOF"}, {"MA", "MAR", 504, "MAD"},
    {"LK", "LKA", 144, "LKR"}, {"TN", "TUN", 788, "TND"}, {"IN", "IND", 356, "INR"},
    {"LB", "LBN", 422, "LBP"}, {"RS", "SRB", 688, "RSD"}, {"TR", "TUR", 792, "TRY"},
    {"US", "USA", 840, "USD"}, {"GB", "GBR", 826, "GBP"}, {"AF", "AFG", 4, "AFN"},
    {"ZW", "ZWE", 716, "USD"}, {"XK", "XKX", 412, "EUR"}, {"PS", "PSE", 275, "ILS"},
    {"TL", "TLS", 626, "USD"}, {"SS", "SSD", 728, "SSP"}, {"CW", "CUW", 531, "XCG"},
    {"SX", "SXM", 534, "XCG"}, {"BG", "BGR", 100, "EUR"}, {"HR", "HRV", 191, "EUR"},
    {"LS", "LSO", 426, "LSL"}, {"NA", "NAM", 516, "NAD"}, {"BT", "BTN", 64, "BTN"},
    {"SV", "SLV", 222, "USD"}, {"IM", "IMN", 833, "GBP"}, {"AD", "AND", 20, "EUR"},
    {"RO", "ROU", 642, "RON"}, {"TW", "TWN", 158, "TWD"}, {"AQ", "ATA", 10, NULL},
    {"AN", "ANT", 530, "ANG"}, {"CS", "SCG", 891, "CSD"}, {"YU", "YUG", 890, "YUM"},
    {"JG", "CHI", 830, "GBP"},
};

static void knows_countries(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(countries); i++) {
        const struct country *country = country_find(span_of(countries[i].iso2));
        char number[8];

        assert_non_null(country);
        assert_string_equal(country->iso2, countries[i].iso2);
        assert_string_equal(country->iso3, countries[i].iso3);
        assert_int_equal(country->m49, countries[i].m49);
        snprintf(number, sizeof number, "%03u", countries[i].m49);
        assert_ptr_equal(country_find(span_of(countries[i].iso3)), country);
        assert_ptr_equal(country_find(span_of(number)), country);
        if (countries[i].currency)
            assert_string_equal(country->currency->code, countries[i].currency);
        else
            assert_null(country->currency);
    }
}

/* As survey files, old standards and people write them. */
static const struct {
    const char *code, *iso2;
} spellings[] = {
    {"fr", "FR"},   {"Fra", "FR"},       {"4", "AF"},    {"04", "AF"},  {"KSV", "XK"},
    {"XKX", "XK"},  {"ROM", "RO"},       {"ZAR", "CD"},  {"TMP", "TL"}, {"WBG", "PS"},
    {"ADO", "AD"},  {"IMY", "IM"},       {"UK", "GB"},   {"TP", "TL"},  {"ZR", "CD"},
    {"", NULL},     {"F", NULL},         {"FRAN", NULL}, {"F1", NULL},  {"1F", NULL},
    {"F-", NULL},   {"0", NULL},         {"000", NULL},  {"999", NULL}, {"1000", NULL},
    {"0250", NULL}, {"ZZ", NULL},        {"EU", NULL},   {"UN", NULL},  {"IC", NULL},
    {"AC", NULL},   {"QQQ", NULL},       {"001", NULL},  {"-4", NULL},  {" FR", NULL},
    {"FR ", NULL},  {"\xC3\x89T", NULL},
};

static void finds_other_spellings(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(spellings); i++) {
        const struct country *country = country_find(span_of(spellings[i].code));

        if ((country != NULL) != (spellings[i].iso2 != NULL) ||
            (country && strcmp(country->iso2, spellings[i].iso2) != 0))
            fail_msg("\"%s\" is %s", spellings[i].code, country ? country->iso2 : "unknown");
    }
}

static void lists_the_countries_of_today(void **state)
{
    size_t count;
    const struct country *const *all = country_all(&count);

    (void)state;
    assert_int_equal(count, 250); /* ISO 3166-1's 249, and Kosovo */
    for (size_t i = 0; i < count; i++) {
        char number[8];

        assert_true(i == 0 || strcmp(all[i - 1]->iso2, all[i]->iso2) < 0);
        assert_ptr_equal(country_find(span_of(all[i]->iso2)), all[i]);
        assert_ptr_equal(country_find(span_of(all[i]->iso3)), all[i]);
        snprintf(number, sizeof number, "%03d", all[i]->m49);
        assert_ptr_equal(country_find(span_of(number)), all[i]);
        assert_true(!all[i]->currency || country_uses(all[i], all[i]->currency));
    }
}

static void says_which_money_is_used(void **state)
{
    static const struct {
        const char *country, *currency;
        bool used;
    } uses[] = {
        {"FR", "EUR", true},  {"FR", "FRF", true},  {"FR", "USD", false}, {"EE", "EEK", true},
        {"LT", "LTL", true},  {"RO", "ROL", true},  {"BG", "BGN", true},  {"BG", "EUR", true},
        {"CW", "ANG", true},  {"HT", "USD", true},  {"ZW", "ZWG", true},  {"ZW", "ZWD", true},
        {"CH", "CHE", false}, {"CN", "CNY", true},  {"LS", "ZAR", true},  {"SN", "XAF", false},
        {"AN", "ANG", true},  {"AQ", "USD", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(uses); i++) {
        if (country_uses(country_find(span_of(uses[i].country)),
                         currency_find(span_of(uses[i].currency))) != uses[i].used)
            fail_msg("%s in %s", uses[i].currency, uses[i].country);
    }
}

static const struct {
    const char *code, *language, *name;
} names[] = {
    {"SN", "en", "Senegal"},
    {"SN", "fr", "S\u00E9n\u00E9gal"},
    {"DE", "es", "Alemania"},
    {"DE", "pt", "Alemanha"},
    {"KE", "pt", "Qu\u00E9nia"}, /* as in Portugal; in Brazil "Qu\u00EAnia" */
    {"MA", "ar", "\u0627\u0644\u0645\u063A\u0631\u0628"},
    {"CN", "zh", "\u4E2D\u56FD"},
    {"VN", "vi", "Vi\u1EC7t Nam"},
    {"TR", "tr", "T\u00FCrkiye"},
    {"XK", "fr", "Kosovo"},
    {"DE", "de", "Deutschland"}, /* not a language of the site: asked of ICU */
    {"AN", "fr", "Antilles n\u00E9erlandaises"},
    {"AN", "de", "Netherlands Antilles"}, /* not Curacao, as ICU says */
};

static void names_countries(void **state)
{
    char name[80];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t length = country_name(country_find(span_of(names[i].code)), names[i].language, name,
                                     sizeof name);

        assert_string_equal(name, names[i].name);
        assert_int_equal(length, strlen(name));
    }
    assert_int_equal(currency_name(currency_find(span_of("EUR")), "fr", name, sizeof name), 4);
    assert_string_equal(name, "euro");
    currency_name(currency_find(span_of("XCG")), "en", name, sizeof name);
    assert_string_equal(name, "XCG"); /* younger than this ICU */
}

/* Never half a character, never past the end. */
static void cuts_names_whole(void **state)
{
    const struct country *senegal = country_find(span_of("SN"));
    char name[9];

    (void)state;
    memset(name, 'x', sizeof name);
    assert_int_equal(country_name(senegal, "fr", name, 3),
                     1); /* "S", for the e acute has two bytes */
    assert_string_equal(name, "S");
    assert_int_equal(country_name(senegal, "fr", name, 4), 3);
    assert_int_equal(country_name(senegal, "fr", name, 1), 0);
    assert_string_equal(name, "");
    memset(name, 'x', sizeof name);
    assert_int_equal(country_name(senegal, "fr", name, 0), 0);
    assert_int_equal(name[0], 'x');
    assert_int_equal(country_name(country_find(span_of("CN")), "zh", name, 6), 3);
}

static const struct {
    const char *text, *printed; /* NULL: refused */
} corridors[] = {
    {"FR-SN", "FR-SN"},   {"fr-sn", "FR-SN"},  {"FRASEN", "FR-SN"}, {"FRA-SEN", "FR-SN"},
    {"250-686", "FR-SN"}, {"250686", "FR-SN"}, {"FR-686", "FR-SN"}, {"NLDANT", "NL-AN"},
    {"ITAKSV", "IT-XK"},  {"GB-4", "GB-AF"},   {"FR-FR", NULL},     {"FR-FRA", NULL},
    {"ROU-ROM", NULL},    {"FR-", NULL},       {"-SN", NULL},       {"-", NULL},
    {"", NULL},           {"FRSN", NULL},      {"FR-SN-", NULL},    {"FR--SN", NULL},
    {"FR/SN", NULL},      {"FRASENX", NULL},   {"XX-SN", NULL},     {"FR-XX", NULL},
};

static void reads_corridors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(corridors); i++) {
        const struct country *from = NULL, *to = NULL;
        char text[6];

        if (corridor_parse(span_of(corridors[i].text), &from, &to) !=
            (corridors[i].printed != NULL))
            fail_msg("corridor \"%s\"", corridors[i].text);
        if (!corridors[i].printed)
            continue;
        corridor_print(text, from, to);
        assert_string_equal(text, corridors[i].printed);
    }
    assert_false(corridor_parse((struct span){NULL, 0}, &(const struct country *){NULL},
                                &(const struct country *){NULL}));
}

static int open_codes(void **state)
{
    (void)state;
    return codes_open() ? 0 : -1;
}

static int close_codes(void **state)
{
    (void)state;
    codes_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_iso_4217),           cmocka_unit_test(knows_countries),
        cmocka_unit_test(finds_other_spellings),    cmocka_unit_test(lists_the_countries_of_today),
        cmocka_unit_test(says_which_money_is_used), cmocka_unit_test(names_countries),
        cmocka_unit_test(cuts_names_whole),         cmocka_unit_test(reads_corridors),
    };

    return UNIT_RUN(tests, open_codes, close_codes);
}
