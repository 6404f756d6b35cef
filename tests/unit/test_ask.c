/* Questions: what is read, what is refused with which fault at which parameter. */
#include "hand_market.h"
#include "server/ask.h"

static struct ask ask;
static struct ask_error error;

/* Reads "from=FR&to=SN" without decoding; values must have no "&" or "=". */
static bool read_text(const char *query, unsigned flags)
{
    struct ask_parameter parameters[ASK_PARAMETERS_MAX];
    size_t count = 0;
    while (*query != '\0') {
        size_t name = strcspn(query, "=");
        size_t value = strcspn(query + name + 1, "&");
        parameters[count].name = (struct span){query, name};
        parameters[count++].value = (struct span){query + name + 1, value};
        query += name + 1 + value;
        query += *query == '&';
    }
    memset(&error, 0, sizeof(error));
    return ask_read(&ask, parameters, count, flags, HAND_NOW, &error);
}

#define LONG_NUMBER \
    "1000000000000000000000000000000000000000000000000000000000000000000000000000000000000"

/* Faults of ask_read, and of ask_settle with no market. */
static const struct {
    const char *query;
    enum ask_fault fault;
    const char *parameter;
} faults[] = {
    {"", ASK_MISSING, "from"},
    {"from=FR", ASK_MISSING, "to"},
    {"from=FR&to=SN", ASK_MISSING, "amount"},
    {"to=SN&amount=1", ASK_MISSING, "from"},
    {"from=&to=SN&amount=1", ASK_UNKNOWN_COUNTRY, "from"},
    {"from=XX&to=SN&amount=1", ASK_UNKNOWN_COUNTRY, "from"},
    {"from=FR&to=Senegal&amount=1", ASK_UNKNOWN_COUNTRY, "to"},
    {"from=FR&to=999&amount=1", ASK_UNKNOWN_COUNTRY, "to"},
    {"from=FR&to=FRA&amount=1", ASK_SAME_COUNTRY, "to"},
    {"from=FR&to=250&amount=1", ASK_SAME_COUNTRY, "to"},
    {"from=FR&from=FR&to=SN&amount=1", ASK_REPEATED, "from"},
    {"from=FR&to=SN&amount=1&amount=1", ASK_REPEATED, "amount"},
    {"from=FR&to=SN&amount=1&pay_in=cash&pay_in=cash", ASK_REPEATED, "pay_in"},
    {"from=FR&to=SN&amount=1&currncy=EUR", ASK_UNKNOWN_PARAMETER, "currncy"},
    {"From=FR&to=SN&amount=1", ASK_UNKNOWN_PARAMETER, "From"},
    {"=FR&to=SN&amount=1", ASK_UNKNOWN_PARAMETER, ""},
    {"from=FR&to=SN&amount=", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=NaN", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=inf", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=1,5", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=1.000,50", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=1 000", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=1e3", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=0x10", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=+5", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount= 5", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=5.", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=.5", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=1.2.3", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=EUR", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=\xD9\xA1\xD9\xA0", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=" LONG_NUMBER "x", ASK_NOT_A_NUMBER, "amount"},
    {"from=FR&to=SN&amount=0", ASK_NOT_POSITIVE, "amount"},
    {"from=FR&to=SN&amount=0.00", ASK_NOT_POSITIVE, "amount"},
    {"from=FR&to=SN&amount=-0", ASK_NOT_POSITIVE, "amount"},
    {"from=FR&to=SN&amount=-200", ASK_NOT_POSITIVE, "amount"},
    {"from=FR&to=SN&amount=999999999999999999999999999999", ASK_TOO_LARGE, "amount"},
    {"from=FR&to=SN&amount=1000000000000.01", ASK_TOO_LARGE, "amount"},
    {"from=FR&to=SN&amount=" LONG_NUMBER, ASK_TOO_LARGE, "amount"},
    {"from=FR&to=SN&amount=1.005", ASK_TOO_MANY_DECIMALS, "amount"},
    {"from=FR&to=SN&amount=0.0000000000000000001", ASK_TOO_MANY_DECIMALS, "amount"},
    {"from=FR&to=SN&amount=1.5&basis=receive", ASK_TOO_MANY_DECIMALS, "amount"},
    {"from=FR&to=SN&amount=1.5&currency=XOF", ASK_TOO_MANY_DECIMALS, "amount"},
    {"from=FR&to=SN&amount=1&currency=EURO", ASK_UNKNOWN_CURRENCY, "currency"},
    {"from=FR&to=SN&amount=1&currency=QQQ", ASK_UNKNOWN_CURRENCY, "currency"},
    {"from=FR&to=SN&amount=1&currency=", ASK_UNKNOWN_CURRENCY, "currency"},
    {"from=FR&to=SN&amount=1&receive_currency=CFA", ASK_UNKNOWN_CURRENCY, "receive_currency"},
    {"from=FR&to=SN&amount=1&basis=allin", ASK_UNKNOWN_CODE, "basis"},
    {"from=FR&to=SN&amount=1&basis=ALL_IN", ASK_UNKNOWN_CODE, "basis"},
    {"from=FR&to=SN&amount=1&pay_in=", ASK_UNKNOWN_CODE, "pay_in"},
    {"from=FR&to=SN&amount=1&pay_in=cheque", ASK_UNKNOWN_CODE, "pay_in"},
    {"from=FR&to=SN&amount=1&pay_in=cash,", ASK_UNKNOWN_CODE, "pay_in"},
    {"from=FR&to=SN&amount=1&pay_in=mobile_wallet", ASK_UNKNOWN_CODE, "pay_in"},
    {"from=FR&to=SN&amount=1&pay_out=cash;card", ASK_UNKNOWN_CODE, "pay_out"},
    {"from=FR&to=SN&amount=1&max_speed=fast", ASK_UNKNOWN_CODE, "max_speed"},
    {"from=FR&to=SN&amount=1&max_speed=unknown", ASK_UNKNOWN_CODE, "max_speed"},
    {"from=FR&to=SN&amount=1&on=yesterday", ASK_NOT_A_DATE, "on"},
    {"from=FR&to=SN&amount=1&on=2026-02-29", ASK_NOT_A_DATE, "on"},
    {"from=FR&to=SN&amount=1&on=2026-03-16", ASK_FUTURE, "on"},
    {"from=FR&to=SN&amount=1&as_of=now", ASK_NOT_A_DATE, "as_of"},
    {"from=FR&to=SN&amount=1&as_of=2026-03-15T12:00:00+01:00", ASK_NOT_A_DATE, "as_of"},
    {"from=FR&to=SN&amount=1&as_of=2026-03-15T12:00:00.000001Z", ASK_FUTURE, "as_of"},
    {"from=FR&to=SN&amount=1&as_of=2026-03-16", ASK_FUTURE, "as_of"},
};

static void names_what_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        bool read = read_text(faults[i].query, 0) && ask_settle(&ask, NULL, &error);
        if (read || error.fault != faults[i].fault)
            fail_msg("%s: fault %d", faults[i].query, (int)error.fault);
        assert_string_equal(error.parameter, faults[i].parameter);
        assert_true(error.allowed[0] != '\0');
        assert_int_equal(error.received.at == NULL, error.fault == ASK_MISSING);
        assert_true(ask_fault_code(error.fault)[0] != '\0');
        assert_true(ask_fault_title(error.fault)[0] != '\0');
        assert_int_equal(ask_fault_status(error.fault),
                         error.fault == ASK_UNKNOWN_COUNTRY ? 404 : 400);
    }
}

static void reads_a_whole_question(void **state)
{
    (void)state;
    assert_true(read_text("from=fra&to=686&amount=199.50&currency=EUR&receive_currency=XOF&"
                          "basis=principal&pay_in=cash,debit_card&pay_out=mobile_wallet&"
                          "max_speed=next_day&on=2026-03-15",
                          0));
    assert_true(ask_settle(&ask, NULL, &error));
    assert_string_equal(ask.from->iso2, "FR");
    assert_string_equal(ask.to->iso2, "SN");
    assert_int_equal(ask.amount, 19950);
    assert_int_equal(ask.basis, BASIS_PRINCIPAL);
    assert_int_equal(ask.pay_in, 1U << PAY_IN_CASH | 1U << PAY_IN_DEBIT_CARD);
    assert_int_equal(ask.pay_out, 1U << PAY_OUT_MOBILE_WALLET);
    assert_int_equal(ask.max_speed, SPEED_NEXT_DAY);
    assert_false(ask.past); /* today, as known now */
    assert_int_equal(ask.at, HAND_NOW);
}

static void takes_the_defaults(void **state)
{
    (void)state;
    assert_true(read_text("from=FR&to=SN&amount=200", 0));
    assert_true(ask_settle(&ask, NULL, &error));
    assert_string_equal(ask.currency->code, "EUR");
    assert_string_equal(ask.receive_currency->code, "XOF");
    assert_int_equal(ask.basis, BASIS_ALL_IN);
    assert_int_equal(ask.pay_in | ask.pay_out, 0);
    assert_int_equal(ask.max_speed, SPEED_UNKNOWN);
    assert_int_equal(ask.on, HAND_DAY);
    assert_int_equal(ask.as_of, HAND_NOW);
    assert_false(ask.past);
}

/* Zeros past a currency's decimals are accepted, but not three decimals that somebody may have
 * typed for thousands. */
static void doubts_three_decimals_that_were_typed(void **state)
{
    static const struct {
        const char *query;
        bool typed;
    } CASES[] = {
        {"from=FR&to=SN&amount=200.000", false}, {"from=FR&to=SN&amount=200.00", true},
        {"from=FR&to=SN&amount=200.0000", true}, {"from=JP&to=PH&amount=200.00", true},
        {"from=KW&to=IN&amount=200.500", true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        assert_true(read_text(CASES[i].query, ASK_TYPED));
        assert_int_equal(ask_settle(&ask, NULL, &error), CASES[i].typed);
        assert_true(read_text(CASES[i].query, 0));
        assert_true(ask_settle(&ask, NULL, &error));
    }
    assert_true(read_text("from=FR&to=SN&amount=100.000&basis=receive", ASK_TYPED));
    assert_false(ask_settle(&ask, NULL, &error));
    assert_int_equal(error.fault, ASK_TOO_MANY_DECIMALS);
}

static void reads_an_amount_to_receive_in_its_currency(void **state)
{
    (void)state;
    assert_true(read_text("from=FR&to=SN&amount=131000&basis=receive", 0));
    assert_true(ask_settle(&ask, NULL, &error));
    assert_int_equal(ask.amount, 131000);
    assert_true(read_text("from=FR&to=SN&amount=131000.00&basis=receive", 0));
    assert_true(ask_settle(&ask, NULL, &error));
    assert_int_equal(ask.amount, 131000);
}

/* now is 2026-03-15T12:00:00Z */
static const struct {
    const char *query;
    bool past;
    const char *on;
    const char *at;
    const char *as_of;
} times[] = {
    {"", false, "2026-03-15", "2026-03-15T12:00:00Z", "2026-03-15T12:00:00Z"},
    {"&on=2026-03-15", false, "2026-03-15", "2026-03-15T12:00:00Z", "2026-03-15T12:00:00Z"},
    {"&on=2014-06-30", true, "2014-06-30", "2014-06-30T23:59:59.999999Z", "2026-03-15T12:00:00Z"},
    {"&as_of=2026-03-15", true, "2026-03-15", "2026-03-15T12:00:00Z", "2026-03-15T12:00:00Z"},
    {"&as_of=2026-03-15T12:00:00Z", true, "2026-03-15", "2026-03-15T12:00:00Z",
     "2026-03-15T12:00:00Z"},
    {"&as_of=2025-12-01", true, "2025-12-01", "2025-12-01T23:59:59.999999Z",
     "2025-12-01T23:59:59.999999Z"},
    {"&as_of=2025-12-01T08:00:00Z", true, "2025-12-01", "2025-12-01T08:00:00Z",
     "2025-12-01T08:00:00Z"},
    {"&as_of=2025-12-01T08:00:00Z&on=2014-06-30", true, "2014-06-30", "2014-06-30T23:59:59.999999Z",
     "2025-12-01T08:00:00Z"},
    {"&as_of=2025-12-01T08:00:00Z&on=2026-03-15", true, "2026-03-15", "2026-03-15T12:00:00Z",
     "2025-12-01T08:00:00Z"},
};

static void places_the_question_in_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        char query[128];
        char text[INSTANT_TEXT_MAX];
        (void)snprintf(query, sizeof(query), "from=FR&to=SN&amount=200%s", times[i].query);
        assert_true(read_text(query, 0));
        if (ask.past != times[i].past)
            fail_msg("%s: past", query);
        day_print(text, sizeof(text), ask.on);
        assert_string_equal(text, times[i].on);
        instant_print(text, sizeof(text), ask.at);
        assert_string_equal(text, times[i].at);
        instant_print(text, sizeof(text), ask.as_of);
        assert_string_equal(text, times[i].as_of);
    }
}

static void takes_what_a_form_sends(void **state)
{
    (void)state;
    assert_true(read_text("from=FR&to=SN&amount=200&currency=&pay_in=cash&pay_in=debit_card&"
                          "pay_out=&max_speed=",
                          ASK_FORM));
    assert_int_equal(ask.pay_in, 1U << PAY_IN_CASH | 1U << PAY_IN_DEBIT_CARD);
    assert_int_equal(ask.pay_out, 0);
    assert_null(ask.currency);
    assert_false(read_text("from=FR&to=SN&amount=", ASK_FORM));
    assert_int_equal(error.fault, ASK_MISSING);
    assert_false(read_text("from=FR&from=FR&to=SN&amount=1", ASK_FORM));
    assert_int_equal(error.fault, ASK_REPEATED);
}

static void cuts_an_unknown_name(void **state)
{
    char query[300] = "";
    (void)state;
    memset(query, 'n', 200);
    memcpy(query + 200, "=1", 3);
    assert_false(read_text(query, 0));
    assert_int_equal(strlen(error.parameter), sizeof(error.name) - 1);
}

static void chooses_currencies_by_the_market(void **state)
{
    static const struct {
        struct hand_offer offers[4];
        const char *currency;
        const char *receive_currency;
    } cases[] = {
        /* The countries' own where one offer has them. */
        {{{.service_number = "1", .send = "USD"},
          {.service_number = "2", .send = "USD", .receive = "EUR"},
          {.service_number = "3"}},
         "EUR",
         "XOF"},
        /* Else what most have; of equals the first by code. */
        {{{.service_number = "1", .send = "USD", .receive = "EUR"},
          {.service_number = "2", .send = "USD", .receive = "USD"},
          {.service_number = "3", .send = "GBP", .receive = "EUR"}},
         "USD",
         "EUR"},
        {{{.service_number = "1", .send = "USD"}, {.service_number = "2", .send = "GBP"}},
         "GBP",
         "XOF"},
        /* Lapsed and announced ones and promotions have no say. */
        {{{.service_number = "1", .send = "USD", .valid_until = "1773570000000001"},
          {.service_number = "2", .send = "USD", .valid_from = "1773576000000001"},
          {.service_number = "3", .send = "USD", .price = "first_transfer"},
          {.service_number = "4", .send = "GBP"}},
         "GBP",
         "XOF"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct market_builder *builder = hand_begin();
        for (size_t j = 0; j < 4 && cases[i].offers[j].service_number != NULL; j++)
            hand_add(builder, &cases[i].offers[j]);
        const struct market *market = market_builder_finish(builder);
        assert_true(read_text("from=FR&to=SN&amount=200", 0));
        assert_true(ask_settle(&ask, market, &error));
        assert_string_equal(ask.currency->code, cases[i].currency);
        assert_string_equal(ask.receive_currency->code, cases[i].receive_currency);
        market_release(market);
    }
}

static int open_codes(void **state)
{
    (void)state;
    return codes_open() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(reads_a_whole_question),
        cmocka_unit_test(takes_the_defaults),
        cmocka_unit_test(reads_an_amount_to_receive_in_its_currency),
        cmocka_unit_test(doubts_three_decimals_that_were_typed),
        cmocka_unit_test(places_the_question_in_time),
        cmocka_unit_test(takes_what_a_form_sends),
        cmocka_unit_test(cuts_an_unknown_name),
        cmocka_unit_test(chooses_currencies_by_the_market),
    };
    return UNIT_RUN(tests, open_codes, NULL);
}
