/*
 * The demonstration market's quotes as rows of the record: the one place that knows how a value is
 * written for PostgreSQL.
 */
#include <ingest/demo_rows.h>

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

const char *const demo_quote_columns[DEMO_QUOTE_COLUMNS] = {
    "recorded_at",   "corridor",     "price",       "send_currency", "receive_currency",
    "pay_in",        "access_point", "pay_out",     "speed",         "coverage",
    "pickup_points", "tariff",       "receive_fee", "tax_pct",       "min",
    "max",           "collected_at", "valid_from",  "valid_until",
};

void demo_print_time(char buffer[DEMO_TIME_TEXT], int64_t instant)
{
    struct tm parts;
    time_t seconds = (time_t)instant;
    gmtime_r(&seconds, &parts);
    strftime(buffer, DEMO_TIME_TEXT, "%Y-%m-%d %H:%M:%S+00", &parts);
}

static struct span print_money(char buffer[MONEY_TEXT_MAX], int64_t amount,
                               const struct currency *currency)
{
    return (struct span){buffer, money_print(buffer, MONEY_TEXT_MAX, amount, currency)};
}

bool demo_row_fill(struct demo_row *row, const struct demo_service *service,
                   const struct demo_quote *quote)
{
    const struct tariff *t = &quote->tariff;
    const struct demo_product *product = service->product;
    json_t *bands = tariff_bands_to_json(t);
    demo_row_close(row);
    row->tariff = bands ? json_dumps(bands, JSON_COMPACT) : NULL;
    json_decref(bands);
    if (!row->tariff) {
        return false;
    }
    demo_print_time(row->recorded, quote->recorded_at);
    demo_print_time(row->from, quote->valid_from);
    demo_print_time(row->until, quote->valid_until);

    struct span *next = row->values;
    *next++ = span_of(row->recorded);
    *next++ = span_of(service->corridor_id);
    *next++ = span_of(quote->first_transfer ? "first_transfer" : "regular");
    *next++ = span_of(t->send->code);
    *next++ = span_of(t->receive->code);
    *next++ = (struct span){row->pay_in, pay_in_set_print(row->pay_in, product->pay_in)};
    *next++ = (struct span){row->access_point,
                            access_point_set_print(row->access_point, product->access_point)};
    *next++ = (struct span){row->pay_out, pay_out_set_print(row->pay_out, product->pay_out)};
    *next++ = span_of(speed_code(product->speed));
    *next++ = span_of(coverage_code(service->coverage));
    snprintf(row->points, sizeof row->points, "%" PRId64, service->pickup_points);
    *next++ = service->pickup_points < 0 ? (struct span){NULL, 0} : span_of(row->points);
    *next++ = span_of(row->tariff);
    *next++ = print_money(row->receive_fee, t->receive_fee, t->receive);
    *next++ = (struct span){row->tax, percent_print(row->tax, sizeof row->tax, t->tax_pct)};
    *next++ = print_money(row->min, t->min, t->send);
    *next++ =
        t->max == TARIFF_NO_LIMIT ? (struct span){NULL, 0} : print_money(row->max, t->max, t->send);
    *next++ = span_of(row->recorded); /* collected when it was learned */
    *next++ = span_of(row->from);
    *next++ = span_of(row->until);
    assert(next == row->values + DEMO_QUOTE_COLUMNS);
    return true;
}

void demo_row_close(struct demo_row *row)
{
    free(row->tariff);
    row->tariff = NULL;
}
