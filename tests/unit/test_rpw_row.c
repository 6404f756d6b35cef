/*
 * One survey row at a time: the columns of both generations found by name, each quirk of the survey
 * read as it is meant, each fault refused with its reason. A case is a good row with some cells
 * changed.
 */
#include "unit.h"

#include <ingest/rpw_row.h>

static const char *const old_names[] = {"id",
                                        "period",
                                        "source",
                                        "destination",
                                        "firm",
                                        "firm_type",
                                        "product",
                                        "sending location",
                                        "speed actual",
                                        "cc1 lcu amount",
                                        "cc1 denomination amount",
                                        "cc1 lcu code",
                                        "cc1 lcu fee",
                                        "cc1 lcu fx rate",
                                        "cc1 fx margin",
                                        "cc1 total cost %",
                                        "cc2 lcu amount",
                                        "cc2 denomination amount",
                                        "cc2 lcu code",
                                        "cc2 lcu fee",
                                        "cc2 lcu fx rate",
                                        "cc2 fx margin",
                                        "cc2 total cost %",
                                        "inter lcu bank fx",
                                        "transparent",
                                        "note1",
                                        "note2",
                                        "coverage",
                                        "pick-up method",
                                        "date"};

static const char *const old_row[] = {"9001",
                                      "2013_2Q",
                                      "FRA",
                                      "SEN",
                                      "Northwind Transfers",
                                      "Money Transfer Operator",
                                      "Cash to cash",
                                      "at Branch",
                                      "Same day",
                                      "140",
                                      "200",
                                      "EUR",
                                      "7",
                                      "650",
                                      "0.91",
                                      "5.91",
                                      "345",
                                      "500",
                                      "EUR",
                                      "10",
                                      "650",
                                      "0.91",
                                      "3.81",
                                      "655.957",
                                      "yes",
                                      "",
                                      "",
                                      "Nationwide",
                                      "Cash",
                                      "14/May/2013"};

static const char *const new_names[] = {"Corridor",
                                        "ID",
                                        "Period",
                                        "source_code",
                                        "source_name",
                                        "destination_code",
                                        "firm",
                                        "firm_type",
                                        "payment instrument",
                                        "access point",
                                        "speed actual",
                                        "cc1 lcu amount",
                                        "cc1 denomination amount",
                                        "cc1 lcu code",
                                        "cc1 lcu fee",
                                        "cc1 lcu fx rate",
                                        "cc1 fx margin",
                                        "cc1 total cost %",
                                        "cc2 lcu amount",
                                        "cc2 denomination amount",
                                        "cc2 lcu code",
                                        "cc2 lcu fee",
                                        "cc2 lcu fx rate",
                                        "cc2 fx margin",
                                        "cc2 total cost %",
                                        "inter lcu bank fx",
                                        "Transparent",
                                        "Standard Note",
                                        "note2",
                                        "receiving network coverage",
                                        "pickup location",
                                        "Pickup Method",
                                        "date",
                                        ""};

static const char *const new_row[] = {"FRASEN",
                                      "9001",
                                      "2013_2Q",
                                      "FRA",
                                      "France",
                                      "SEN",
                                      "Northwind Transfers",
                                      "Bank",
                                      "Cash,Debit card",
                                      "Agent,Internet",
                                      "Same day",
                                      "140",
                                      "200",
                                      "EUR",
                                      "7",
                                      "650",
                                      "0.91",
                                      "5.91",
                                      "345",
                                      "500",
                                      "EUR",
                                      "10",
                                      "650",
                                      "0.91",
                                      "3.81",
                                      "655.957",
                                      "Yes",
                                      "",
                                      "",
                                      "High",
                                      "",
                                      "Mobile wallet",
                                      "2013-05-14 00:00:00",
                                      "stray"};

#define CELLS_MAX 40

struct file {
    struct span names[CELLS_MAX];
    struct span cells[CELLS_MAX];
    size_t count;
    struct rpw_columns columns;
};

static void set(struct span *spans, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        spans[i] = span_of(texts[i]);
    }
}

static void open_old(struct file *file)
{
    char error[512];
    file->count = COUNT_OF(old_names);
    assert_int_equal(COUNT_OF(old_names), COUNT_OF(old_row));
    set(file->names, old_names, file->count);
    set(file->cells, old_row, file->count);
    assert_true(rpw_columns_find(&file->columns, file->names, file->count, error, sizeof error));
}

/* "source=XYZ;cc1 lcu fee=": changes cells of a row, by the older names. */
static void change(struct file *file, const char *changes, char *copy, size_t size)
{
    (void)snprintf(copy, size, "%s", changes);
    char *rest = copy;
    while (*rest) {
        char *name = rest;
        char *value = strchr(name, '=');
        assert_non_null(value);
        *value++ = '\0';
        rest = value + strcspn(value, ";");
        size_t len = (size_t)(rest - value);
        rest += *rest == ';';
        size_t i = 0;
        while (i < file->count && strcmp(name, old_names[i]) != 0) {
            i++;
        }
        assert_true(i < file->count);
        file->cells[i] = (struct span){value, len};
    }
}

static unsigned unknown_count;
static void tell(struct span column, struct span word, void *arg)
{
    (void)column;
    (void)word;
    (void)arg;
    unknown_count++;
}
static const struct rpw_unknown unknown = {tell, NULL};

static void print_price(const struct rpw_price *price, char *out, size_t size)
{
    (void)snprintf(out, size, "%s %s/%s/%s/%s/%s %s", price->present ? "+" : "-", price->principal,
                   price->fee, price->rate, price->margin_pct, price->total_cost_pct,
                   !price->checked     ? "?"
                   : price->consistent ? "ok"
                                       : "no");
}

/* The parts of a row that a case looks at. */
static void print_row(const struct rpw_observation *o, char *out, size_t size)
{
    char prices[2][256];
    print_price(&o->prices[0], prices[0], sizeof prices[0]);
    print_price(&o->prices[1], prices[1], sizeof prices[1]);
    (void)snprintf(out, size, "%s %s %s %s %s | %s | %s", o->period, o->corridor,
                   o->currency ? o->currency->code : "-", o->reference_rate, o->collected_on,
                   prices[0], prices[1]);
}

static const struct {
    const char *name;
    const char *changes;
    enum rpw_refusal refusal;
    const char *row; /* as print_row has it */
} cases[] = {
    {"as it is", "", RPW_REFUSED_NONE,
     "2013-Q2 FR-SN EUR 655.957 2013-05-14 | + 140/7/650/0.91/5.91 ok | + 345/10/650/0.91/3.81 ok"},
    {"not transparent: margin and rate mean nothing",
     "transparent=no;cc1 lcu fx rate=1;cc1 fx margin=0;cc1 total cost %=5;cc2 total cost %=2.9",
     RPW_REFUSED_NONE, "2013-Q2 FR-SN EUR 655.957 2013-05-14 | + 140/7///5 ok | + 345/10///2.9 no"},
    {"rate 1 is genuine in one currency",
     "destination=ITA;cc1 lcu fx rate=1;cc1 fx margin=0;cc1 total cost %=5;inter lcu bank fx=1",
     RPW_REFUSED_NONE,
     "2013-Q2 FR-IT EUR 1 2013-05-14 | + 140/7/1/0/5 ok | + 345/10/650/0.91/3.81 ok"},
    {"a negative margin and total", "cc1 fx margin=-5.5;cc1 total cost %=-0.5", RPW_REFUSED_NONE,
     "2013-Q2 FR-SN EUR 655.957 2013-05-14 | + 140/7/650/-5.5/-0.5 ok | + 345/10/650/0.91/3.81 ok"},
    {"a hundredth off is consistent", "cc1 total cost %=5.92", RPW_REFUSED_NONE,
     "2013-Q2 FR-SN EUR 655.957 2013-05-14 | + 140/7/650/0.91/5.92 ok | + 345/10/650/0.91/3.81 ok"},
    {"more is not, and is kept", "cc1 total cost %=5.921", RPW_REFUSED_NONE,
     "2013-Q2 FR-SN EUR 655.957 2013-05-14 | + 140/7/650/0.91/5.921 no | + 345/10/650/0.91/3.81 "
     "ok"},
    {"no fee, a total all the same", "cc1 lcu fee=", RPW_REFUSED_NONE,
     "2013-Q2 FR-SN EUR 655.957 2013-05-14 | + 140//650/0.91/5.91 ? | + 345/10/650/0.91/3.81 ok"},
    {"no second price",
     "cc2 lcu amount=;cc2 lcu code=;cc2 lcu fee=N/A;cc2 lcu fx rate=n/a;cc2 fx margin=..;"
     "cc2 total cost %=",
     RPW_REFUSED_NONE,
     "2013-Q2 FR-SN EUR 655.957 2013-05-14 | + 140/7/650/0.91/5.91 ok | - //// ?"},
    {"an amount and no total is no price", "cc2 total cost %=", RPW_REFUSED_NONE,
     "2013-Q2 FR-SN EUR 655.957 2013-05-14 | + 140/7/650/0.91/5.91 ok | - 345/10/650/0.91/ ?"},
    {"no price at all, and no currency",
     "cc1 lcu code=;cc1 total cost %=;cc2 lcu code=;cc2 total cost %=;inter lcu bank fx=",
     RPW_REFUSED_NONE, "2013-Q2 FR-SN -  2013-05-14 | - 140/7/650/0.91/ ? | - 345/10/650/0.91/ ?"},
    {"rates of zero are none", "cc1 lcu fx rate=0;inter lcu bank fx=0.0", RPW_REFUSED_NONE,
     "2013-Q2 FR-SN EUR  2013-05-14 | + 140/7//0.91/5.91 ok | + 345/10/650/0.91/3.81 ok"},
    {"powers of ten", "cc1 lcu fx rate=6.2E-05;cc1 lcu amount=1.4e2;inter lcu bank fx=6e+2",
     RPW_REFUSED_NONE,
     "2013-Q2 FR-SN EUR 600 2013-05-14 | + 140/7/0.000062/0.91/5.91 ok | + 345/10/650/0.91/3.81 "
     "ok"},
    {"CFA in West Africa", "source=SEN;destination=MLI;cc1 lcu code=CFA;cc2 lcu code=CFA",
     RPW_REFUSED_NONE,
     "2013-Q2 SN-ML XOF 655.957 2013-05-14 | + 140/7/650/0.91/5.91 ok | + 345/10/650/0.91/3.81 ok"},
    {"CFA in Central Africa", "source=CMR;destination=TCD;cc1 lcu code=CFA;cc2 lcu code=CFA",
     RPW_REFUSED_NONE,
     "2013-Q2 CM-TD XAF 655.957 2013-05-14 | + 140/7/650/0.91/5.91 ok | + 345/10/650/0.91/3.81 ok"},
    {"the second code is the country's",
     "source=RUS;destination=AZE;cc1 lcu code=USD;cc2 lcu code=RUB", RPW_REFUSED_NONE,
     "2013-Q2 RU-AZ RUB 655.957 2013-05-14 | + 140/7/650/0.91/5.91 ok | + 345/10/650/0.91/3.81 ok"},
    {"the first code is", "source=AUS;destination=LBN;cc1 lcu code=AUD;cc2 lcu code=LBP",
     RPW_REFUSED_NONE,
     "2013-Q2 AU-LB AUD 655.957 2013-05-14 | + 140/7/650/0.91/5.91 ok | + 345/10/650/0.91/3.81 ok"},
    {"neither is: the first", "source=CRI;destination=NIC;cc1 lcu code=USD;cc2 lcu code=USD",
     RPW_REFUSED_NONE,
     "2013-Q2 CR-NI USD 655.957 2013-05-14 | + 140/7/650/0.91/5.91 ok | + 345/10/650/0.91/3.81 ok"},
    {"a country that was", "source=NLD;destination=ANT", RPW_REFUSED_NONE,
     "2013-Q2 NL-AN EUR 655.957 2013-05-14 | + 140/7/650/0.91/5.91 ok | + 345/10/650/0.91/3.81 ok"},
    {"the World Bank's code for Kosovo", "destination=KSV", RPW_REFUSED_NONE,
     "2013-Q2 FR-XK EUR 655.957 2013-05-14 | + 140/7/650/0.91/5.91 ok | + 345/10/650/0.91/3.81 ok"},
    {"no date", "date=", RPW_REFUSED_NONE,
     "2013-Q2 FR-SN EUR 655.957  | + 140/7/650/0.91/5.91 ok | + 345/10/650/0.91/3.81 ok"},
    {"spaces round cells", "id= 9001 ;source= FRA;cc1 lcu fee= 7 ", RPW_REFUSED_NONE,
     "2013-Q2 FR-SN EUR 655.957 2013-05-14 | + 140/7/650/0.91/5.91 ok | + 345/10/650/0.91/3.81 ok"},

    {"no id", "id=", RPW_REFUSED_ID, NULL},
    {"id N/A", "id=N/A", RPW_REFUSED_ID, NULL},
    {"period written otherwise", "period=2013Q2", RPW_REFUSED_PERIOD, NULL},
    {"a fifth quarter", "period=2013_5Q", RPW_REFUSED_PERIOD, NULL},
    {"no such sending country", "source=QQQ", RPW_REFUSED_SOURCE, NULL},
    {"no such receiving country", "destination=", RPW_REFUSED_DESTINATION, NULL},
    {"one country", "destination=FR", RPW_REFUSED_SAME_COUNTRY, NULL},
    {"no firm", "firm=", RPW_REFUSED_FIRM, NULL},
    {"transparent perhaps", "transparent=perhaps", RPW_REFUSED_TRANSPARENT, NULL},
    {"no such currency", "cc1 lcu code=QQQ;cc2 lcu code=QQQ", RPW_REFUSED_CURRENCY, NULL},
    {"CFA outside Africa", "cc1 lcu code=CFA;cc2 lcu code=CFA", RPW_REFUSED_CURRENCY, NULL},
    {"prices and no currency", "cc1 lcu code=;cc2 lcu code=", RPW_REFUSED_CURRENCY, NULL},
    {"a decimal comma", "cc1 lcu fee=7,5", RPW_REFUSED_NUMBER, NULL},
    {"a fee in words", "cc2 lcu fee=free", RPW_REFUSED_NUMBER, NULL},
    {"a rate of NaN", "inter lcu bank fx=NaN", RPW_REFUSED_NUMBER, NULL},
    {"an amount of zero", "cc1 lcu amount=0", RPW_REFUSED_RANGE, NULL},
    {"a negative fee", "cc1 lcu fee=-1", RPW_REFUSED_RANGE, NULL},
    {"a negative rate", "cc1 lcu fx rate=-650", RPW_REFUSED_RANGE, NULL},
};

static void rows_are_read_or_refused(void **state)
{
    (void)state;
    char copy[256];
    char got[768];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct file file;
        struct rpw_observation observation;
        open_old(&file);
        change(&file, cases[i].changes, copy, sizeof copy);
        enum rpw_refusal refusal = rpw_row_read(&file.columns, file.cells, &observation, &unknown);
        if (refusal != cases[i].refusal) {
            fail_msg("%s: refused '%s'", cases[i].name, rpw_refusal_text(refusal));
        }
        if (refusal == RPW_REFUSED_NONE) {
            print_row(&observation, got, sizeof got);
            if (strcmp(got, cases[i].row) != 0) {
                fail_msg("%s:\n got    %s\n wanted %s", cases[i].name, got, cases[i].row);
            }
        }
    }
}

static void newer_columns_are_read(void **state)
{
    (void)state;
    struct file file;
    struct rpw_observation o;
    char error[512];
    char got[768];
    file.count = COUNT_OF(new_names);
    assert_int_equal(COUNT_OF(new_names), COUNT_OF(new_row));
    set(file.names, new_names, file.count);
    set(file.cells, new_row, file.count);
    assert_true(rpw_columns_find(&file.columns, file.names, file.count, error, sizeof error));
    unknown_count = 0;
    assert_int_equal(rpw_row_read(&file.columns, file.cells, &o, &unknown), RPW_REFUSED_NONE);
    assert_int_equal(unknown_count, 0);
    print_row(&o, got, sizeof got);
    assert_string_equal(got, cases[0].row);
    assert_true(o.transparent);
    assert_int_equal(o.service.firm_type, FIRM_BANK);
    assert_int_equal(o.service.pay_in, 1U << PAY_IN_CASH | 1U << PAY_IN_DEBIT_CARD);
    assert_int_equal(o.service.access_point, 1U << ACCESS_AGENT | 1U << ACCESS_ONLINE);
    assert_int_equal(o.service.pay_out, 1U << PAY_OUT_MOBILE_WALLET);
    assert_int_equal(o.service.speed, SPEED_SAME_DAY);
    assert_int_equal(o.service.coverage, COVERAGE_HIGH);
}

static void columns_that_lack_are_named(void **state)
{
    (void)state;
    struct file file;
    char error[512];
    /* Each needed one alone; the notes, the denominations and one of product and instrument are
     * not. */
    for (size_t i = 0; i < COUNT_OF(old_names); i++) {
        open_old(&file);
        file.names[i] = span_of("something else");
        bool found = rpw_columns_find(&file.columns, file.names, file.count, error, sizeof error);
        bool needed =
            strncmp(old_names[i], "note", 4) != 0 && !strstr(old_names[i], "denomination");
        if (found == needed || (needed && !strstr(error, old_names[i]))) {
            fail_msg("without %s: %s", old_names[i], error);
        }
    }
    open_old(&file);
    file.names[0] = span_of("x");
    file.names[1] = span_of("y");
    assert_false(rpw_columns_find(&file.columns, file.names, file.count, error, sizeof error));
    assert_non_null(strstr(error, "'id'"));
    assert_non_null(strstr(error, "'period'"));
    open_old(&file);
    file.names[25] = span_of("Source_Code");
    assert_false(rpw_columns_find(&file.columns, file.names, file.count, error, sizeof error));
    assert_non_null(strstr(error, "twice the column 'source'"));
}

static void content_is_of_the_fields(void **state)
{
    (void)state;
    struct file file;
    struct file other;
    struct rpw_observation a;
    struct rpw_observation b;
    char copy[64];
    char error[512];
    open_old(&file);
    assert_int_equal(rpw_row_read(&file.columns, file.cells, &a, &unknown), RPW_REFUSED_NONE);

    /* Another order and other names of the columns: the same content. */
    open_old(&other);
    other.names[2] = span_of("SOURCE_CODE");
    other.names[0] = file.names[29];
    other.cells[0] = file.cells[29];
    other.names[29] = file.names[0];
    other.cells[29] = file.cells[0];
    assert_true(rpw_columns_find(&other.columns, other.names, other.count, error, sizeof error));
    assert_int_equal(rpw_row_read(&other.columns, other.cells, &b, &unknown), RPW_REFUSED_NONE);
    assert_memory_equal(a.content, b.content, sizeof a.content);

    /* Any cell changed: another. */
    for (size_t i = 0; i < COUNT_OF(old_names); i++) {
        open_old(&other);
        (void)snprintf(copy, sizeof copy, "%s=%s", old_names[i],
                       i == 1             ? "2013_3Q"
                       : i == 2 || i == 3 ? "USA"
                       : i == 11          ? "GBP"
                       : i == 18          ? "GBP"
                       : i == 24          ? "no"
                                          : "8");
        char changed[64];
        change(&other, copy, changed, sizeof changed);
        assert_int_equal(rpw_row_read(&other.columns, other.cells, &b, &unknown), RPW_REFUSED_NONE);
        if (memcmp(a.content, b.content, sizeof a.content) == 0) {
            fail_msg("the content does not show a change of %s", old_names[i]);
        }
    }
}

static void unreadable_dates_are_told(void **state)
{
    (void)state;
    struct file file;
    struct rpw_observation o;
    char copy[64];
    open_old(&file);
    change(&file, "date=Whitsun;pick-up method=Parachute", copy, sizeof copy);
    unknown_count = 0;
    assert_int_equal(rpw_row_read(&file.columns, file.cells, &o, &unknown), RPW_REFUSED_NONE);
    assert_int_equal(unknown_count, 2);
    assert_string_equal(o.collected_on, "");
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
        cmocka_unit_test(rows_are_read_or_refused),    cmocka_unit_test(newer_columns_are_read),
        cmocka_unit_test(columns_that_lack_are_named), cmocka_unit_test(content_is_of_the_fields),
        cmocka_unit_test(unreadable_dates_are_told),
    };
    return UNIT_RUN(tests, open_codes, close_codes);
}
