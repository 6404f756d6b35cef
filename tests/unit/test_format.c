/* Our writing of figures against ICU's own, in the site's languages and in ones with other habits.
 */
#include "unit.h"

#include "server/web/amount.h"
#include "server/web/format.h"

#include <unicode/udat.h>
#include <unicode/udateintervalformat.h>
#include <unicode/udatpg.h>
#include <unicode/unumberformatter.h>
#include <unicode/ustring.h>

/* es: no separator in four digits; ar: other digits, marks of direction; hi: groups of two; tr: the
 * percent sign first; zh: the year first. */
static const char *const LOCALES[] = {"en-001", "fr", "es", "pt-PT", "ar",
                                      "zh",     "vi", "tr", "hi",    "de"};
static struct format *formats[COUNT_OF(LOCALES)];
static struct out out;

static int setup(void **state)
{
    (void)state;
    if (!codes_open())
        return -1;
    out_init(&out, OUT_LIMIT_DEFAULT);
    for (size_t i = 0; i < COUNT_OF(LOCALES); i++) {
        formats[i] = format_open(LOCALES[i]);
        if (formats[i] == NULL)
            return -1;
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(LOCALES); i++)
        format_close(formats[i]);
    out_free(&out);
    codes_close();
    return 0;
}

static const char *written(void)
{
    assert_false(out_failed(&out));
    out_char(&out, '\0');
    return out.at;
}

static UNumberFormatter *icu_open(const char *locale, const char *skeleton)
{
    UChar pattern[96];
    UErrorCode error = U_ZERO_ERROR;
    UNumberFormatter *formatter;

    u_uastrncpy(pattern, skeleton, COUNT_OF(pattern));
    formatter = unumf_openForSkeletonAndLocale(pattern, -1, locale, &error);
    assert_true(U_SUCCESS(error));
    return formatter;
}

static void assert_icu(const UNumberFormatter *formatter, const char *number)
{
    UErrorCode error = U_ZERO_ERROR;
    UFormattedNumber *result = unumf_openResult(&error);
    UChar wide[160];
    char text[480];
    int32_t len;

    unumf_formatDecimal(formatter, number, -1, result, &error);
    len = unumf_resultToString(result, wide, COUNT_OF(wide), &error);
    u_strToUTF8(text, sizeof(text), NULL, wide, len, &error);
    unumf_closeResult(result);
    assert_true(U_SUCCESS(error));
    assert_string_equal(written(), text);
}

static int64_t any(struct unit_random *random, int64_t high)
{
    int64_t size = unit_random_size(random, high);

    return unit_one_in(random, 4) ? -size : size;
}

static void test_money(void **state)
{
    static const char *const CODES[] = {"EUR", "XOF", "USD", "TND", "MAD", "JPY", "GBP",
                                        "INR", "VND", "CHF", "TRY", "LBP", "GNF", "BRL"};
    struct unit_random random = unit_random_open("money");

    (void)state;
    for (size_t l = 0; l < COUNT_OF(LOCALES); l++) {
        for (size_t c = 0; c < COUNT_OF(CODES); c++) {
            const struct currency *currency = currency_find(span_of(CODES[c]));
            UNumberFormatter *icu;
            char skeleton[96];

            snprintf(skeleton, sizeof(skeleton), "currency/%s .%.*s", CODES[c],
                     (int)currency->exponent, "000");
            if (currency->exponent == 0)
                snprintf(skeleton, sizeof(skeleton), "currency/%s precision-integer", CODES[c]);
            icu = icu_open(LOCALES[l], skeleton);
            for (int round = 0; round < 300; round++) {
                int64_t minor = any(&random, MONEY_MAX);
                char number[MONEY_TEXT_MAX];

                money_print(number, sizeof(number), minor, currency);
                out_clear(&out);
                format_money(&out, formats[l], minor, currency);
                assert_icu(icu, number);
            }
            unumf_close(icu);
        }
    }
}

/* Half up, away from zero, is ICU's "half-up". */
static void test_percent(void **state)
{
    struct unit_random random = unit_random_open("percentages");

    (void)state;
    for (size_t l = 0; l < COUNT_OF(LOCALES); l++) {
        UNumberFormatter *icu = icu_open(LOCALES[l], "percent .0 rounding-mode-half-up");
        UNumberFormatter *shorter = icu_open(LOCALES[l], "percent .# rounding-mode-half-up");

        for (int round = 0; round < 5000; round++) {
            int64_t percent = any(&random, INT64_C(100000000000));
            struct decimal value = {percent, PERCENT_SCALE};
            char number[DECIMAL_TEXT_MAX];

            if (percent > -PERCENT_ONE / 20 && percent < 0)
                continue; /* ICU writes "-0.0" */
            decimal_print(number, sizeof(number), value);
            out_clear(&out);
            format_percent(&out, formats[l], percent, 1);
            assert_icu(icu, number);
            out_clear(&out);
            format_percent_short(&out, formats[l], percent, 1);
            assert_icu(shorter, number);
        }
        unumf_close(icu);
        unumf_close(shorter);
    }
}

static void test_day(void **state)
{
    struct unit_random random = unit_random_open("days");

    (void)state;
    for (size_t l = 0; l < COUNT_OF(LOCALES); l++) {
        UErrorCode error = U_ZERO_ERROR;
        UDateTimePatternGenerator *generator = udatpg_open(LOCALES[l], &error);
        UChar skeleton[16];
        UChar pattern[64];
        UChar utc[8];
        UDateFormat *icu;
        int32_t len;

        u_uastrcpy(skeleton, "yMMMMd");
        u_uastrcpy(utc, "UTC");
        len = udatpg_getBestPattern(generator, skeleton, -1, pattern, COUNT_OF(pattern), &error);
        udatpg_close(generator);
        icu = udat_open(UDAT_PATTERN, UDAT_PATTERN, LOCALES[l], utc, -1, pattern, len, &error);
        for (int round = 0; round < 2000; round++) {
            int32_t day = (int32_t)unit_random_between(&random, 0, 50000);
            UChar wide[96];
            char text[288];

            len = udat_format(icu, 86400000.0 * day, wide, COUNT_OF(wide), NULL, &error);
            for (int32_t c = 0; c < len; c++) /* ours do not break */
                wide[c] = wide[c] == ' ' ? 0xA0 : wide[c];
            u_strToUTF8(text, sizeof(text), NULL, wide, len, &error);
            assert_true(U_SUCCESS(error));
            out_clear(&out);
            format_day(&out, formats[l], day);
            assert_string_equal(written(), text);
        }
        udat_close(icu);
    }
}

static void test_quarter(void **state)
{
    (void)state;
    for (size_t l = 0; l < COUNT_OF(LOCALES); l++) {
        UErrorCode error = U_ZERO_ERROR;
        UChar skeleton[8];
        UChar utc[8];
        UDateIntervalFormat *icu;

        u_uastrcpy(skeleton, "yMMM");
        u_uastrcpy(utc, "UTC");
        icu = udtitvfmt_open(LOCALES[l], skeleton, -1, utc, -1, &error);
        for (unsigned i = 0; i < 400; i++) { /* each quarter from 1970 on */
            double middle = 86400000.0 * (365.2425 * i / 4 + 15);
            UChar wide[96];
            char text[288];
            int32_t len = udtitvfmt_format(icu, middle, middle + 86400000.0 * 61, wide,
                                           COUNT_OF(wide), NULL, &error);

            u_strToUTF8(text, sizeof(text), NULL, wide, len, &error);
            assert_true(U_SUCCESS(error));
            out_clear(&out);
            format_quarter(&out, formats[l], 1970 + i / 4, i % 4 + 1);
            assert_string_equal(written(), text);
        }
        udtitvfmt_close(icu);
    }
}

static void test_by_hand(void **state)
{
    const struct format *en = formats[0];
    const struct format *fr = formats[1];
    const struct currency *euro = currency_find(span_of("EUR"));
    const struct currency *franc = currency_find(span_of("XOF"));
    static const struct {
        const char *rate;
        const char *text;
    } RATES[] = {
        {"655.957", "655,957"},       {"1", "1"},
        {"1.08425", "1,08425"},       {"28345.123456", "28\u202f345,1235"},
        {"0.00152449", "0,00152449"}, {"0.123456789", "0,123457"},
        {"9.9999996", "10"},          {"12.500000", "12,5"},
    };

    (void)state;
#define EXPECT(call, text)                    \
    do {                                      \
        out_clear(&out);                      \
        call;                                 \
        assert_string_equal(written(), text); \
    } while (0)
    EXPECT(format_money(&out, fr, 20000, euro), "200,00\u00a0€");
    EXPECT(format_money_short(&out, fr, 20000, euro), "200\u00a0€");
    EXPECT(format_money_short(&out, fr, 20050, euro), "200,50\u00a0€");
    EXPECT(format_money_short(&out, en, 20000, euro), "€200");
    EXPECT(format_money(&out, fr, 130254, franc), "130\u202f254\u00a0F\u202fCFA");
    EXPECT(format_percent(&out, fr, -40000, 1), "0,0\u00a0%");
    EXPECT(format_percent_short(&out, en, 3 * PERCENT_ONE, 1), "3%");
    EXPECT(format_decimal(&out, en, 123450, 2), "1,234.50");
    EXPECT(format_int(&out, fr, INT64_MIN),
           "-9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f808");
    EXPECT(format_day(&out, fr, 0), "1\u00a0janvier\u00a01970");
    EXPECT(format_day(&out, en, 11016), "29\u00a0February\u00a02000");
    for (size_t i = 0; i < COUNT_OF(RATES); i++) {
        struct rate rate;
        char expected[64];

        assert_true(rate_parse(&rate, span_of(RATES[i].rate)));
        snprintf(expected, sizeof(expected), "%s\u00a0€", RATES[i].text);
        EXPECT(format_rate(&out, fr, rate, euro), expected);
    }
}

static void test_list(void **state)
{
    static const char *const THINGS[] = {"cash", "card", "wallet"};

    (void)state;
    EXPECT(format_list_or(&out, formats[0], THINGS, 1), "cash");
    EXPECT(format_list_or(&out, formats[0], THINGS, 2), "cash or card");
    EXPECT(format_list_or(&out, formats[0], THINGS, 3), "cash, card or wallet");
    EXPECT(format_list_or(&out, formats[1], THINGS, 3), "cash, card ou wallet");
}

/* What a reader types, and the plain decimal it becomes; "=" where it is left as it was typed. */
static void test_amount(void **state)
{
    static const struct {
        const char *locale;
        const char *typed;
        const char *plain;
        unsigned decimals; /* of its currency; 0: two */
    } CASES[] = {
        {"fr", "200", "200", 0},
        {"fr", " 200 ", "200", 0},
        {"fr", "1 234,56", "1234.56", 0},
        {"fr", "1\u202f234,56", "1234.56", 0},
        {"fr", "1\u00a0234\u00a0567", "1234567", 0},
        {"fr", "1,5", "1.5", 0},
        {"fr", "200.50", "200.50", 0},
        {"fr", "12 34", "=", 0},
        {"fr", "1 234 5", "=", 0},
        {"fr", "1,2,3", "=", 0},
        {"fr", ",5", "=", 0},
        {"fr", "5,", "=", 0},
        {"fr", "-5", "-5", 0},
        {"fr", "-5,5", "=", 0},
        {"fr", "", "=", 0},
        {"fr", "deux cents", "=", 0},
        {"fr", "1e3", "=", 0},
        {"fr", "NaN", "=", 0},
        {"en-001", "1,234.56", "1234.56", 0},
        {"en-001", "1,234", "1234", 0},
        {"en-001", "1,5", "=", 0},
        {"en-001", "0,500", "=", 0}, /* half of one elsewhere, never five hundred */
        {"en-001", "0,500", "=", 3},
        {"en-001", "00,500.5", "=", 0},
        {"es", "0.500", "=", 0},
        {"fr", "0.500", "=", 0},
        {"en-001", "1.5", "1.5", 0},
        {"en-001", "1 234", "=", 0},
        {"en-001", "12,34", "=", 0},
        {"en-001", "1234,567", "=", 0},
        {"es", "1.234,56", "1234.56", 0},
        {"es", "1.234", "1234", 0},
        {"es", "200.000", "200000", 0},
        {"es", "200.000", "=", 3}, /* two readings */
        {"es", "1,234", "=", 0},   /* as in Mexico, or one and some */
        {"es", "200,000", "=", 0},
        {"es", "200,000", "200.000", 3},
        {"en-001", "200.000", "=", 0},
        {"es", "200.50", "200.50", 0},
        {"ar", "٢٠٠", "200", 0},
        {"ar", "١٬٢٣٤٫٥٦", "1234.56", 0},
        {"ar", "200", "200", 0},
        {"ar", "1234.5", "1234.5", 0},
        {"ar", "۱۲۳۴٫۵", "1234.5", 0},
        {"fr", "٢٠٠", "200", 0},
        {"zh", "２００", "200", 0},
        {"en-001", "१२३", "123", 0},
        {"fr", "٢٠٠٫٥", "=", 0},
        {"vi", "1.234,5", "1234.5", 0},
        {"tr", "1.234,5", "1234.5", 0},
        {"pt-PT", "1.234,5", "1234.5", 0}, /* as in Brazil */
        {"pt-PT", "1 234,5", "1234.5", 0},
        {"pt-PT", "1.234.567", "1234567", 0},
        {"pt-PT", "1.234", "1234", 0},
        {"fr", "100.000", "100000", 0},
        {"fr", "1.234", "=", 3},
        {"pt-PT", "12.34,5", "=", 0},
        {"fr", "1.234,56", "1234.56", 0},
        {"fr", "1 234.567", "=", 0}, /* in neither notation */
        {"fr", "1.234 567", "=", 0},
    };
    const struct currency *euro = currency_find(span_of("EUR"));
    const struct currency *dinar = currency_find(span_of("KWD")); /* of three decimals */
    char long_typed[300];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char buffer[AMOUNT_PLAIN_MAX];
        struct format *format = format_open(CASES[i].locale);
        struct span plain = amount_plain(buffer, span_of(CASES[i].typed), format,
                                         CASES[i].decimals == 3 ? dinar : euro);
        const char *expected = strcmp(CASES[i].plain, "=") == 0 ? CASES[i].typed : CASES[i].plain;

        if (!span_is(plain, expected))
            print_message("%s: \"%s\" gave \"%.*s\"\n", CASES[i].locale, CASES[i].typed,
                          (int)plain.len, plain.at);
        assert_true(span_is(plain, expected));
        format_close(format);
    }
    for (size_t len = 0; len < sizeof(long_typed); len++) {
        char buffer[AMOUNT_PLAIN_MAX];
        struct span plain;

        memset(long_typed, '9', len);
        plain = amount_plain(buffer, (struct span){long_typed, len}, formats[1], euro);
        assert_int_equal(plain.len, len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_money),   cmocka_unit_test(test_percent), cmocka_unit_test(test_day),
        cmocka_unit_test(test_quarter), cmocka_unit_test(test_by_hand), cmocka_unit_test(test_list),
        cmocka_unit_test(test_amount),
    };

    return UNIT_RUN(tests, setup, teardown);
}
