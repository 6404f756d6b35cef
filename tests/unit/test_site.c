/* The parts of a corridor's page, from markets made by hand: what each offer becomes, and that
 * names from outside stay names. The whole pages are looked at in a browser (tests/web). */
#include "hand_market.h"

#include "server/compare.h"
#include "server/web/groups.h"
#include "server/web/offer.h"
#include "server/web/others.h"
#include "server/web/words.h"

static struct out out;
static struct html h = {.out = &out};
static struct offer_texts *texts;
static struct comparison comparison;

static int setup(void **state)
{
    (void)state;
    out_init(&out, OUT_LIMIT_DEFAULT);
    texts = offer_texts_new();
    return codes_open() && i18n_open() && words_open() && texts != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    out_free(&out);
    offer_texts_free(texts);
    words_close();
    i18n_close();
    codes_close();
    return 0;
}

/* Compares a finished market for an amount on a basis. */
static void ask(const struct market *market, const char *amount, const char *basis)
{
    const struct ask_parameter parameters[] = {
        {span_of("from"), span_of("FR")},
        {span_of("to"), span_of("SN")},
        {span_of("amount"), span_of(amount)},
        {span_of("basis"), span_of(basis)},
    };
    struct ask question;
    struct ask_error error;

    assert_true(ask_read(&question, parameters, COUNT_OF(parameters), 0, HAND_NOW, &error));
    assert_true(ask_settle(&question, market, &error));
    compare(&comparison, &question, market);
}

static void begin(const char *language)
{
    h.language = language_find(span_of(language));
    out_clear(&out);
}

/* True when what was written since begin has the text. */
static bool has(const char *text)
{
    assert_false(out_failed(&out));
    if (memmem(out.at, out.len, text, strlen(text)) != NULL)
        return true;
    print_message("no \"%s\" in:\n%.*s\n", text, (int)out.len, out.at);
    return false;
}

static const char HOSTILE[] = "</h3><script>alert('1')</script>\"&";
static const char HARMLESS[] =
    "&lt;/h3&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;";

static void test_card(void **state)
{
    struct market_builder *builder = hand_begin();
    const struct market *market;

    (void)state;
    hand_reference(builder, "EUR", "XOF", "655.957", "<ECB>", "2026-03-15", "f");
    hand_add(builder, &(struct hand_offer){.operator_id = "a", .operator_name = HOSTILE});
    hand_add(builder, &(struct hand_offer){.operator_id = "b",
                                           .operator_name = "Beta",
                                           .service_number = "2",
                                           .service = "s2",
                                           .quote = "8",
                                           .demonstration = "f",
                                           .tariff = "[{\"from\":\"0\",\"to\":null,\"fee\":\"5\","
                                                     "\"rate\":\"640\"}]",
                                           .receive_fee = "1000",
                                           .max = "2000"});
    hand_add(builder, &(struct hand_offer){.operator_id = "b",
                                           .operator_name = "Beta",
                                           .service_number = "2",
                                           .service = "s2",
                                           .price = "first_transfer",
                                           .quote = "9",
                                           .tariff = "[{\"from\":\"0\",\"to\":null,\"fee\":\"0\","
                                                     "\"rate\":\"655\"}]"});
    market = market_builder_finish(builder);
    ask(market, "200", "all_in");
    assert_int_equal(comparison.offer_count, 2);

    /* 198 * 650 = 128700; 200 - 128700 / 655.957 = 3.80; 1.9 % of 200. */
    begin("en");
    offer_card(&h, texts, &comparison, comparison.offers[0]);
    assert_true(has("<article class='card best' itemscope "));
    assert_true(has(HARMLESS));
    assert_null(memmem(out.at, out.len, "<script", strlen("<script")));
    assert_true(has("<strong>F\u202fCFA\u00a0128,700</strong> <span>arrives</span>"));
    assert_true(has("€3.80 of your €200 (1.9%) goes on fees and the exchange rate."));
    assert_true(has("in cash or from a bank account, at an agent"));
    assert_true(has("the same day"));
    assert_true(has("<dd>q7</dd>"));
    assert_null(memmem(out.at, out.len, "class='behind'", strlen("class='behind'")));
    assert_null(memmem(out.at, out.len, "class='mark'", strlen("class='mark'")));

    /* Once for all offers, where each of them leads to. */
    assert_true(has("<a href='#words'>What the words mean</a>"));
    begin("en");
    offer_words(&h, &comparison);
    assert_true(has("id='words'"));
    assert_true(has("€1 = F\u202fCFA\u00a0655.957 <small>"
                    "<bdi lang='en'>&lt;ECB&gt;</bdi>, 15\u00a0March\u00a02026</small>"));

    /* 195 * 640 - 1000 = 123800, 4900 behind; first transfer 200 * 655 = 131000. */
    begin("fr");
    offer_card(&h, texts, &comparison, comparison.offers[1]);
    assert_true(has("<strong>123\u202f800\u00a0F\u202fCFA</strong> <span>arrivent</span>"));
    assert_true(has("4\u202f900\u00a0F\u202fCFA de moins que la meilleure"));
    assert_true(has("Votre premier envoi chez eux\u00a0:</strong> "
                    "131\u202f000\u00a0F\u202fCFA arrivent. Une seule fois."));
    assert_true(has("<dt>Frais à la réception</dt><dd>1\u202f000\u00a0F\u202fCFA</dd>"));
    assert_true(has("jusqu’à 2\u202f000\u00a0€"));

    ask(market, "100000", "receive");
    begin("en");
    offer_card(&h, texts, &comparison, comparison.offers[0]);
    assert_true(has("<strong>€155.85</strong> <span>to pay</span>"));

    ask(market, "200", "principal");
    begin("en");
    offer_card(&h, texts, &comparison, comparison.offers[0]);
    assert_true(has("You pay €202. Of this, €3.82 (1.9%) goes on fees and the exchange rate."));
    market_release(market);
}

static void test_better_than_the_reference(void **state)
{
    struct market_builder *builder = hand_begin();
    const struct market *market;

    (void)state;
    hand_reference(builder, "EUR", "XOF", "655.957", "ECB", "2026-03-15", "f");
    hand_add(builder, &(struct hand_offer){.demonstration = "f",
                                           .tariff = "[{\"from\":\"0\",\"to\":null,\"fee\":\"0\","
                                                     "\"rate\":\"660\"}]"});
    market = market_builder_finish(builder);
    ask(market, "200", "all_in");
    begin("en");
    offer_card(&h, texts, &comparison, comparison.offers[0]);
    assert_true(has("For €200 they get €1.23 more than the reference rate gives (0.6%)."));
    market_release(market);
}

/* Who fixes a rate is said in the reader's language, and the day is not that of the law. */
static void test_fixed_rate(void **state)
{
    static const struct {
        const char *source;
        const char *language;
        const char *said;
    } CASES[] = {
        {"peg: BCEAO under Council Decision 98/683/EC", "en",
         "<small>fixed rate (BCEAO under Council Decision 98/683/EC), on 15\u00a0March\u00a02026"},
        {"peg: BCEAO under Council Decision 98/683/EC", "fr",
         "<small>taux fixe (BCEAO, décision 98/683/CE du Conseil de l’UE), le "
         "15\u00a0mars\u00a02026"},
        {"peg: <unheard of>", "fr",
         "<small><bdi lang='en'>&lt;unheard of&gt;</bdi>, 15\u00a0mars\u00a02026</small>"},
        {"BCEAO under Council Decision 98/683/EC", "fr", "<bdi lang='en'>BCEAO under"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct market_builder *builder = hand_begin();
        const struct market *market;

        hand_reference(builder, "EUR", "XOF", "655.957", CASES[i].source, "2026-03-15", "f");
        hand_add(builder, &(struct hand_offer){.operator_id = "a"});
        market = market_builder_finish(builder);
        ask(market, "200", "all_in");
        begin(CASES[i].language);
        offer_words(&h, &comparison);
        assert_true(has(CASES[i].said));
        market_release(market);
    }
}

static void test_not_compared(void **state)
{
    struct market_builder *builder = hand_begin();
    const struct market *market;

    (void)state;
    hand_reference(builder, "EUR", "XOF", "655.957", "ECB", "2026-03-15", "f");
    hand_add(builder, &(struct hand_offer){.operator_name = HOSTILE,
                                           .tariff = "[{\"from\":\"0\",\"to\":null,\"fee\":\"2\","
                                                     "\"rate\":null}]"});
    hand_add(builder, &(struct hand_offer){.service_number = "2", .service = "s2", .max = "100"});
    hand_add(builder,
             &(struct hand_offer){
                 .service_number = "3", .service = "s3", .max = "100", .speed = "next_day"});
    market = market_builder_finish(builder);
    ask(market, "200", "all_in");
    begin("en");
    others_not_compared(&h, &comparison);
    assert_true(has(HARMLESS));
    assert_true(has("They do not say what their rate is before you pay."));
    assert_true(has("The amount is too large for them: at most €100, not counting the fee."));
    assert_true(has(", the same day</small>"));
    assert_true(has(", the next day</small>"));
    market_release(market);
}

static void test_surveyed(void **state)
{
    static const struct span STANDING[STANDING_COLUMNS] = {
        [STANDING_SURVEY] = {"2026-Q1", 7},
        [STANDING_LATEST_SURVEY] = {"2026-Q1", 7},
    };
    struct market_builder *builder = hand_begin();
    const struct market *market;
    unsigned column;

    (void)state;
    hand_observe(builder, &(struct hand_observation){
                              .operator_name = HOSTILE, .service = "rpw:1", .total_200 = "7.0714"});
    hand_observe(builder, &(struct hand_observation){.operator_name = "Opaque",
                                                     .service = "rpw:2",
                                                     .transparent = "f",
                                                     .total_200 = "7.0714"});
    assert_true(market_builder_standing(builder, STANDING, &column));
    market = market_builder_finish(builder);
    ask(market, "200", "all_in");
    assert_int_equal(comparison.observation_count, 2);
    begin("en");
    others_surveyed(&h, &comparison);
    assert_true(has(HARMLESS));
    assert_true(has("found by a survey from January to March 2026, for about 200 US dollars"));
    assert_true(has("Fee €9.90, margin on the rate 0.00%"));
    assert_true(has("<strong>7.07%</strong>"));
    assert_true(has("Opaque"));
    assert_true(has("margin on the rate not known"));
    assert_true(has("<strong>not known</strong>"));
    market_release(market);
}

static void test_ages(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
        const char *within;
    } CASES[] = {
        {-5, "less than a minute ago", "less than 1 minute old"},
        {59, "less than a minute ago", "less than 1 minute old"},
        {60, "1 minute ago", "less than 2 minutes old"},
        {3599, "59 minutes ago", "less than 60 minutes old"},
        {3600, "1 hour ago", "less than 2 hours old"},
        {86400 - 1, "23 hours ago", "less than 24 hours old"},
        {86400, "1 day ago", "less than 2 days old"},
        {36 * 3600 - 1, "1 day ago", "less than 2 days old"},
        {36 * 3600, "2 days ago", "less than 2 days old"},
        {2 * 86400, "2 days ago", "less than 3 days old"},
        {90 * 86400, "90 days ago", "less than 91 days old"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        begin("en");
        words_age(&h, CASES[i].seconds);
        assert_int_equal(out.len, strlen(CASES[i].text));
        assert_true(has(CASES[i].text));
        begin("en");
        words_within(&h, CASES[i].seconds);
        assert_int_equal(out.len, strlen(CASES[i].within));
        assert_true(has(CASES[i].within));
    }
}

/* The verdict is of the average, and says so: another figure stands beside it. */
static void test_standing(void **state)
{
    static const struct {
        enum market_status status;
        const char *text;
    } CASES[] = {
        {MARKET_MEETS, "<p>The average is at most 3%: this corridor meets the goal.</p>"},
        {MARKET_NEAR, "<p>The average is between 3% and 5%: this corridor is near the goal, "},
        {MARKET_MUST_FALL, "<p>The average is above 5%: this corridor is too expensive. "},
    };
    struct market market = {.figures = {.period = "2026-Q1",
                                        .average_pct = 6 * PERCENT_ONE,
                                        .smart_pct = 2 * PERCENT_ONE,
                                        .price_point_usd = 200,
                                        .services = 4}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        market.figures.status = CASES[i].status;
        begin("en");
        others_standing(&h, &market, 0);
        assert_true(has("<dt>Average of all services</dt><dd>6.00%</dd>"));
        assert_true(has(CASES[i].text));
    }
}

/* One code means another thing in each kind of groups. */
static void test_other_groups(void **state)
{
    const struct span other = span_of("other");

    (void)state;
    assert_string_equal(groups_name(OBSERVATORY_BY_DIGITAL, other), "Another way, or not known");
    assert_string_equal(groups_name(OBSERVATORY_BY_FIRM_TYPE, other), "Other company");
    assert_string_equal(groups_name(OBSERVATORY_BY_SENDING_G20, other), "Other countries");
    assert_null(groups_name(OBSERVATORY_BY_SENDER, span_of("FR")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_card),       cmocka_unit_test(test_better_than_the_reference),
        cmocka_unit_test(test_fixed_rate), cmocka_unit_test(test_not_compared),
        cmocka_unit_test(test_surveyed),   cmocka_unit_test(test_ages),
        cmocka_unit_test(test_standing),   cmocka_unit_test(test_other_groups),
    };

    return UNIT_RUN(tests, setup, teardown);
}
