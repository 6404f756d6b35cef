/*
 * The judge for a test in another language, with a market of its own:
 *
 *   judge_quotes demo      writes the demonstration market of a day as quotes, a line of JSON each:
 *                          {"reference","usd_200","quote"}
 *   judge_quotes           takes frames "KIND NUMBER REFERENCE USD_200 LENGTH\n" and a quote's
 * JSON: B: the present price of service NUMBER; J: its next price, judged by that and by its
 * corridor's other prices. A line of JSON out for each.
 */
#include <corridor/out.h>
#include <ingest/demo_market.h>
#include <ingest/judge.h>
#include <ingest/quote_rules.h>

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW          (INT64_C(1780000000) * INSTANT_SECOND) /* 2026-05-28 */
#define SERVICES_MAX 40000
#define LONGEST      (1U << 16)

/* ---- The demonstration market ---- */

static void set_words(json_t *quote, const char *key, unsigned set, unsigned count,
                      const char *code(unsigned))
{
    json_t *list = json_array();

    for (unsigned i = 0; i < count; i++) {
        if ((set & 1U << i) != 0)
            json_array_append_new(list, json_string(code(i)));
    }
    json_object_set_new(quote, key, list);
}

static const char *pay_in_word(unsigned value)
{
    return pay_in_code((enum pay_in)value);
}

static const char *access_word(unsigned value)
{
    return access_point_code((enum access_point)value);
}

static const char *pay_out_word(unsigned value)
{
    return pay_out_code((enum pay_out)value);
}

static void set_money(json_t *quote, const char *key, int64_t minor,
                      const struct currency *currency)
{
    char text[MONEY_TEXT_MAX];

    (void)money_print(text, sizeof(text), minor, currency);
    if (minor != TARIFF_NO_LIMIT)
        json_object_set_new(quote, key, json_string(text));
}

/* What the feed would be sent for a service's price. */
static json_t *quote_of(const struct demo_service *service, const struct tariff *tariff)
{
    json_t *quote = json_object();
    char ref[QUOTE_REF_MAX + 1];

    (void)snprintf(ref, sizeof(ref), "%s.%s", service->firm->id, service->ref);
    json_object_set_new(quote, "ref", json_string(ref));
    json_object_set_new(quote, "corridor", json_string(service->corridor_id));
    json_object_set_new(quote, "send_currency", json_string(tariff->send->code));
    json_object_set_new(quote, "receive_currency", json_string(tariff->receive->code));
    set_words(quote, "pay_in", service->product->pay_in, PAY_IN_COUNT, pay_in_word);
    set_words(quote, "access_point", service->product->access_point, ACCESS_COUNT, access_word);
    set_words(quote, "pay_out", service->product->pay_out, PAY_OUT_COUNT, pay_out_word);
    json_object_set_new(quote, "speed", json_string(speed_code(service->product->speed)));
    json_object_set_new(quote, "tariff", tariff_bands_to_json(tariff));
    set_money(quote, "receive_fee", tariff->receive_fee, tariff->receive);
    set_money(quote, "min", tariff->min, tariff->send);
    set_money(quote, "max", tariff->max, tariff->send);
    return quote;
}

static int write_demo(void)
{
    int64_t seconds = NOW / INSTANT_SECOND;
    int64_t day = seconds / DEMO_DAY;
    size_t count;
    struct demo_service *services = demo_services(&count);

    for (size_t i = 0; services != NULL && i < count; i++) {
        const struct demo_service *service = &services[i];
        struct rate send = demo_euro_rate(service->send->code, day);
        struct rate receive = demo_euro_rate(service->receive->code, day);
        struct rate dollar = demo_euro_rate("USD", day);
        struct rate reference, local;
        struct demo_quote quote;
        int64_t usd_200;
        json_t *line = json_object();

        demo_quote(&quote, service, demo_version_since(service, seconds));
        if (!rate_cross(&reference, receive, send) || !rate_cross(&local, send, dollar) ||
            !money_convert(&usd_200, 20000, currency_find(span_of("USD")), service->send, local,
                           DECIMAL_HALF_UP))
            return EXIT_FAILURE;
        json_object_set_new(line, "reference", json_integer(reference.units));
        json_object_set_new(line, "usd_200", json_integer(usd_200));
        json_object_set_new(line, "quote", quote_of(service, &quote.tariff));
        (void)json_dumpf(line, stdout, JSON_COMPACT);
        (void)putchar('\n');
        json_decref(line);
    }
    free(services);
    return services != NULL && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- Judging ---- */

static struct {
    char corridor[6];
    struct judge_price price;
} present[SERVICES_MAX];

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t median(int64_t *values, size_t count)
{
    qsort(values, count, sizeof(values[0]), by_size);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

/* The median, and the median distance from it. */
static void spread(int64_t *middle, int64_t *mad, int64_t *values, size_t count)
{
    *middle = median(values, count);
    for (size_t i = 0; i < count; i++)
        values[i] = llabs(values[i] - *middle);
    *mad = median(values, count);
}

/* What judge_corridors_sql gives, of the present prices. */
static struct judge_corridor corridor_of(const struct feed_quote *quote, int32_t pair)
{
    static int64_t logs[SERVICES_MAX], fees[SERVICES_MAX];
    struct judge_corridor corridor = {.relative = true};

    for (size_t i = 0; i < SERVICES_MAX; i++) {
        const struct judge_price *price = &present[i].price;

        if (strcmp(present[i].corridor, quote->corridor) != 0 || price->pair != pair ||
            price->log == JUDGE_UNKNOWN)
            continue;
        logs[corridor.count] = price->log;
        fees[corridor.count++] = price->fee_200;
    }
    if (corridor.count > 0) {
        spread(&corridor.log_median, &corridor.log_mad, logs, (size_t)corridor.count);
        spread(&corridor.fee_median, &corridor.fee_mad, fees, (size_t)corridor.count);
    }
    return corridor;
}

static void answer(struct out *out, const char *became, const struct refusal *why)
{
    json_open(out, '{');
    json_member_text(out, "status", became);
    json_member_text(out, "code", refusal_word(why->code));
    json_member_text(out, "reason", why->reason);
    json_close(out, '}');
    out_char(out, '\n');
}

static void take(struct out *out, char kind, size_t number, const struct judge_points *points,
                 struct span json)
{
    static struct feed_quote quote;
    struct judge_corridor corridor;
    struct judge_price price;
    struct judgement judgement;
    struct refusal refusal;
    bool taken = quote_read(&quote, json, &refusal) && quote_rules(&quote, NOW, &refusal);

    if (taken)
        price = judge_price_of(&quote, points);
    if (taken && kind == 'B') {
        memcpy(present[number].corridor, quote.corridor, sizeof(present[number].corridor));
        present[number].price = price;
        answer(out, "accepted", &refusal);
        return;
    }
    if (!taken) {
        answer(out, "refused", &refusal);
        return;
    }
    corridor = corridor_of(&quote, price.pair);
    judge(&judgement, &quote, &price, points,
          present[number].corridor[0] != '\0' ? &present[number].price : NULL, &corridor);
    answer(out, judgement.verdict == JUDGE_HELD ? "quarantined" : "accepted", &judgement.why);
}

static int judge_frames(void)
{
    static char bytes[LONGEST];
    struct out out;
    char line[128];
    int status = EXIT_SUCCESS;

    out_init(&out, OUT_LIMIT_DEFAULT);
    while (status == EXIT_SUCCESS && fgets(line, sizeof(line), stdin) != NULL) {
        struct judge_points points;
        char *at = line + 1;
        size_t number = strtoul(at, &at, 10);
        size_t length;

        points.reference.units = strtoll(at, &at, 10);
        points.usd_200 = strtoll(at, &at, 10);
        length = strtoul(at, &at, 10);
        if (number >= SERVICES_MAX || length > LONGEST || fread(bytes, 1, length, stdin) != length)
            status = EXIT_FAILURE;
        out_clear(&out);
        if (status == EXIT_SUCCESS)
            take(&out, line[0], number, &points, (struct span){bytes, length});
        if (fwrite(out.at, 1, out.len, stdout) != out.len || fflush(stdout) != 0)
            status = EXIT_FAILURE;
    }
    out_free(&out);
    return status;
}

int main(int argc, char **argv)
{
    int status;

    if (!codes_open())
        return EXIT_FAILURE;
    status = argc == 2 && strcmp(argv[1], "demo") == 0 ? write_demo() : judge_frames();
    codes_close();
    return status;
}
