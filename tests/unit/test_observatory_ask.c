/* Questions to the observatory: what is read, and what is refused at which parameter. */
#include "server/methodology.h"
#include "server/observatory_ask.h"
#include "unit.h"

#define NOW (INT64_C(1792000000) * INSTANT_SECOND) /* 2026-10-14 */

static struct observatory_ask ask;
static struct observatory_fault fault;

/* Reads "a=1&b=2" without decoding. */
static bool read_text(const char *query)
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
    memset(&fault, 0, sizeof(fault));
    return observatory_ask_read(&ask, parameters, count, NOW, &fault);
}

static const struct {
    const char *query;
    const char *parameter;
} refused[] = {
    {"period=9999-Q9", "period"},
    {"period=2027-Q1", "period"},
    {"period=2011-Q30", "period"},
    {"period=", "period"},
    {"as_of=2026-10-15", "as_of"},
    {"as_of=yesterday", "as_of"},
    {"price_point=", "price_point"},
    {"price_point=200.0", "price_point"},
    {"exclude=", "exclude"},
    {"exclude=,", "exclude"},
    {"exclude=RU,,AE", "exclude"},
    {"exclude=Russia", "exclude"},
    {"indicator=", "indicator"},
    {"indicator=AVERAGE_PCT", "indicator"},
    {"group=", "group"},
    {"group=:", "group"},
    {"group=world:world", "group"},
    {"group=corridor", "group"},
    {"group=corridor:FR-SN,", "group"},
    {"group=corridor:FR-XX", "group"},
    {"group=sender:FR:SN", "group"},
    {"group=receiving_region:sas", "group"},
    {"group=receiving_region:SAS SSF", "group"},
    {"group=sending_g20:yes", "group"},
    {"group=pay_in:cash_in_a_very_long_code_that_is_none", "group"},
    {"group=digital:{digital}", "group"},
    {"group=speed&group=1", "group"},
    {"group=speed&indicator=meets", "group"},
    {"indicator=operators&group=sender", "group"},
    {"from=2014-Q2&to=2014-Q1", "from"},
    {"from=2014Q2", "from"},
    {"to=2014-Q0", "to"},
    {"sort=cheapest", "sort"},
    {"region=EUR", "region"},
    {"sending_region=", "sending_region"},
};

static void what_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        if (read_text(refused[i].query) || fault.allowed == NULL ||
            strcmp(fault.parameter, refused[i].parameter) != 0)
            fail_msg("%s: refused at %s", refused[i].query,
                     fault.parameter == NULL ? "nothing" : fault.parameter);
    }
}

static void what_is_left_open(void **state)
{
    (void)state;
    assert_true(read_text(""));
    assert_int_equal(ask.as_of, INSTANT_NEVER);
    assert_string_equal(ask.period, "");
    assert_int_equal(ask.price_point, 200);
    assert_int_equal(ask.exclude_count, 0);
    assert_int_equal(ask.kind, OBSERVATORY_BY_WORLD);
    assert_int_equal(ask.indicator, OBSERVATORY_AVERAGE);
    assert_string_equal(ask.from, "1970-Q1");
    assert_string_equal(ask.to, "");
}

static void senders_left_out_are_each_there_once(void **state)
{
    (void)state;
    assert_true(read_text("exclude=RUS,AE,643,ru,ARE"));
    assert_int_equal(ask.exclude_count, 2);
    assert_string_equal(ask.exclude[0]->iso2, "AE");
    assert_string_equal(ask.exclude[1]->iso2, "RU");
}

static void groups_are_known_names(void **state)
{
    (void)state;
    assert_true(read_text("group=corridor:FRASEN,380-688&indicator=smart_pct"));
    assert_int_equal(ask.kind, OBSERVATORY_BY_CORRIDOR);
    assert_int_equal(ask.value_count, 2);
    assert_string_equal(ask.values[0], "FR-SN");
    assert_string_equal(ask.values[1], "IT-RS");
    assert_true(read_text("group=pay_out:mobile_wallet,unknown&from=2014-Q2&to=2014-Q2"));
    assert_true(observatory_kind_of_services(ask.kind));
    assert_string_equal(ask.values[1], "unknown");
    assert_true(read_text("group=receiver"));
    assert_int_equal(ask.value_count, 0);
}

/* One more than fits is refused; what fits is not. */
static void lists_have_an_end(void **state)
{
    char query[1024];
    (void)state;
    for (size_t count = OBSERVATORY_GROUPS_MAX; count <= OBSERVATORY_GROUPS_MAX + 1; count++) {
        size_t length = (size_t)snprintf(query, sizeof(query), "group=sender:FR");
        for (size_t i = 1; i < count; i++)
            length += (size_t)snprintf(query + length, sizeof(query) - length, ",FR");
        assert_int_equal(read_text(query), count == OBSERVATORY_GROUPS_MAX);
    }
    for (size_t count = OBSERVATORY_EXCLUDE_MAX; count <= OBSERVATORY_EXCLUDE_MAX + 1; count++) {
        size_t length = (size_t)snprintf(query, sizeof(query), "exclude=RU");
        for (size_t i = 1; i < count; i++)
            length += (size_t)snprintf(query + length, sizeof(query) - length, ",RU");
        assert_int_equal(read_text(query), count == OBSERVATORY_EXCLUDE_MAX);
    }
}

/* Every indicator and every kind has its definition. */
static void codes_are_their_names(void **state)
{
    (void)state;
    char query[64];
    for (int i = 0; i < OBSERVATORY_INDICATOR_COUNT; i++) {
        (void)snprintf(query, sizeof(query), "indicator=%s",
                       observatory_indicator_code((enum observatory_indicator)i));
        assert_true(read_text(query));
        assert_int_equal(ask.indicator, i);
        assert_non_null(methodology_unit(query + strlen("indicator=")));
    }
    for (int i = 0; i < OBSERVATORY_KIND_COUNT; i++) {
        if (i == OBSERVATORY_BY_CORRIDOR)
            continue;
        (void)snprintf(query, sizeof(query), "group=%s",
                       observatory_kind_code((enum observatory_kind)i));
        assert_true(read_text(query));
        assert_int_equal(ask.kind, i);
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
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(what_is_left_open),
        cmocka_unit_test(senders_left_out_are_each_there_once),
        cmocka_unit_test(groups_are_known_names),
        cmocka_unit_test(lists_have_an_end),
        cmocka_unit_test(codes_are_their_names),
    };
    return UNIT_RUN(tests, open_codes, NULL);
}
