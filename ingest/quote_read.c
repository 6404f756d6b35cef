/*
 * Reads one quote. It is on the path of every price that a feed sends, so each member is looked up
 * once and read where it stands; only when the tariff's reader (core/tariff_json.c) has refused a
 * band is it looked at again, for the reason.
 */
#include "ingest/quote_read.h"

#include "ingest/quote_words.h"

#include <stdio.h>

enum field {
    FIELD_REF,
    FIELD_CORRIDOR,
    FIELD_SEND_CURRENCY,
    FIELD_RECEIVE_CURRENCY,
    FIELD_PAY_IN,
    FIELD_ACCESS_POINT,
    FIELD_PAY_OUT,
    FIELD_SPEED,
    FIELD_COVERAGE,
    FIELD_PICKUP_POINTS,
    FIELD_PRICE,
    FIELD_TARIFF,
    FIELD_RECEIVE_FEE,
    FIELD_TAX_PCT,
    FIELD_MIN,
    FIELD_MAX,
    FIELD_VALID_FROM,
    FIELD_VALID_UNTIL,
    FIELD_COUNT
};

static const struct document_field fields[FIELD_COUNT] = {
    [FIELD_REF] = {"ref", true, false},
    [FIELD_CORRIDOR] = {"corridor", true, false},
    [FIELD_SEND_CURRENCY] = {"send_currency", true, false},
    [FIELD_RECEIVE_CURRENCY] = {"receive_currency", true, false},
    [FIELD_PAY_IN] = {"pay_in", true, false},
    [FIELD_ACCESS_POINT] = {"access_point", true, false},
    [FIELD_PAY_OUT] = {"pay_out", true, false},
    [FIELD_SPEED] = {"speed", true, false},
    [FIELD_COVERAGE] = {"coverage", false, false},
    [FIELD_PICKUP_POINTS] = {"pickup_points", false, true},
    [FIELD_PRICE] = {"price", false, false},
    [FIELD_TARIFF] = {"tariff", true, false},
    [FIELD_RECEIVE_FEE] = {"receive_fee", false, false},
    [FIELD_TAX_PCT] = {"tax_pct", false, false},
    [FIELD_MIN] = {"min", false, false},
    [FIELD_MAX] = {"max", false, true},
    [FIELD_VALID_FROM] = {"valid_from", false, true},
    [FIELD_VALID_UNTIL] = {"valid_until", false, true},
};

static bool read_service(struct feed_quote *quote, const json_t *const *values,
                         struct refusal *refusal)
{
    unsigned speed = SPEED_UNKNOWN;
    unsigned coverage = COVERAGE_UNKNOWN;
    unsigned first_transfer = 0;

    if (!document_set(&quote->pay_in, values[FIELD_PAY_IN], &quote_pay_ins, QUOTE_LIST_MAX,
                      "/pay_in", refusal) ||
        !document_set(&quote->access_point, values[FIELD_ACCESS_POINT], &quote_access_points,
                      QUOTE_LIST_MAX, "/access_point", refusal) ||
        !document_set(&quote->pay_out, values[FIELD_PAY_OUT], &quote_pay_outs, QUOTE_LIST_MAX,
                      "/pay_out", refusal) ||
        !document_word(&speed, values[FIELD_SPEED], &quote_speeds, "/speed", refusal) ||
        (values[FIELD_COVERAGE] != NULL &&
         !document_word(&coverage, values[FIELD_COVERAGE], &quote_coverages, "/coverage",
                        refusal)) ||
        (values[FIELD_PRICE] != NULL &&
         !document_word(&first_transfer, values[FIELD_PRICE], &quote_prices, "/price", refusal)))
        return false;
    quote->speed = (enum speed)speed;
    quote->coverage = (enum coverage)coverage;
    quote->first_transfer = first_transfer != 0;
    return true;
}

static bool read_pickup_points(struct feed_quote *quote, const json_t *value,
                               struct refusal *refusal)
{
    json_int_t count = json_integer_value(value);

    if (!json_is_integer(value))
        return document_refuse(refusal, REFUSAL_WRONG_TYPE, "/pickup_points",
                               "a whole number such as 412 is wanted, without quotation marks");
    if (count < 0)
        return document_refuse(refusal, REFUSAL_NEGATIVE, "/pickup_points", "it is below zero");
    if (count > QUOTE_POINTS_MAX)
        return document_refuse(refusal, REFUSAL_OUT_OF_RANGE, "/pickup_points",
                               "it is above 10000000");
    quote->pickup_points = (int32_t)count;
    return true;
}

/* ---- The tariff ---- */

/* One band as a table, for the reason of a refusal. */
static bool refuse_band(const struct tariff *tariff, json_t *band, const char *at,
                        struct refusal *refusal)
{
    enum {
        FROM,
        TO,
        FEE,
        FEE_PCT,
        FEE_MIN,
        FEE_MAX,
        RATE,
        COUNT
    };
    static const struct document_field names[COUNT] = {
        [FROM] = {"from", true, false},        [TO] = {"to", false, true},
        [FEE] = {"fee", false, false},         [FEE_PCT] = {"fee_pct", false, false},
        [FEE_MIN] = {"fee_min", false, false}, [FEE_MAX] = {"fee_max", false, true},
        [RATE] = {"rate", false, true},
    };
    const json_t *values[COUNT];
    char field[REFUSAL_FIELD_MAX];
    struct rate rate;
    int64_t number;

    if (!json_is_object(band))
        return document_refuse(refusal, REFUSAL_WRONG_TYPE, at, "a band is an object {…}");
    if (!document_members(values, band, at, names, COUNT, refusal))
        return false;
    for (size_t i = 0; i < COUNT; i++) {
        (void)snprintf(field, sizeof(field), "%s/%s", at, names[i].name);
        if (i == TO && json_object_get(band, "to") == NULL)
            return document_refuse(refusal, REFUSAL_MISSING_FIELD, field,
                                   "\"to\" is needed; null says that the band is open");
        if (values[i] == NULL)
            continue;
        if (i == RATE      ? !document_rate(&rate, values[i], field, refusal)
            : i == FEE_PCT ? !document_percent(&number, values[i], field, refusal)
                           : !document_money(&number, values[i], tariff->send, field, refusal))
            return false;
    }
    return document_refuse(refusal, REFUSAL_WRONG_TYPE, at, "it is no band");
}

static bool read_bands(struct feed_quote *quote, const json_t *bands, struct refusal *refusal)
{
    struct tariff *tariff = &quote->tariff;
    size_t count = json_array_size(bands);
    const char *field = NULL;
    uint32_t index = 0;
    char at[24];

    if (!json_is_array(bands))
        return document_refuse(refusal, REFUSAL_WRONG_TYPE, "/tariff",
                               "a list of bands is wanted, [{\"from\":\"0\",…}]");
    if (count == 0)
        return document_refuse(refusal, REFUSAL_NO_BANDS, "/tariff", "it has no band");
    if (count > TARIFF_BANDS_MAX)
        return document_refuse(refusal, REFUSAL_TOO_MANY_BANDS, "/tariff",
                               "%zu bands; at most %d are taken", count, TARIFF_BANDS_MAX);
    if (tariff_bands_from_json(tariff, bands, &index, &field)) {
        /* A percentage above 100 is read all the same. */
        for (index = 0; index < tariff->count; index++) {
            if (tariff->bands[index].fee_pct > 100 * PERCENT_ONE)
                break;
        }
        if (index == tariff->count)
            return true;
    }
    (void)snprintf(at, sizeof(at), "/tariff/%u", (unsigned)index);
    return refuse_band(tariff, json_array_get(bands, index), at, refusal);
}

/* Limits that were not told are those of the bands. */
static bool read_limits(struct feed_quote *quote, const json_t *const *values,
                        struct refusal *refusal)
{
    struct tariff *tariff = &quote->tariff;

    tariff->min = tariff->bands[0].from;
    tariff->max = tariff->bands[tariff->count - 1].to;
    return (values[FIELD_MIN] == NULL ||
            document_money(&tariff->min, values[FIELD_MIN], tariff->send, "/min", refusal)) &&
           (values[FIELD_MAX] == NULL ||
            document_money(&tariff->max, values[FIELD_MAX], tariff->send, "/max", refusal)) &&
           (values[FIELD_RECEIVE_FEE] == NULL ||
            document_money(&tariff->receive_fee, values[FIELD_RECEIVE_FEE], tariff->receive,
                           "/receive_fee", refusal)) &&
           (values[FIELD_TAX_PCT] == NULL ||
            document_percent(&tariff->tax_pct, values[FIELD_TAX_PCT], "/tax_pct", refusal));
}

/* ---- The quote ---- */

static bool is_ref_character(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (!first && c != '\0' && strchr("._~:-", c) != NULL);
}

/* A ref stands in addresses (DELETE …/quotes/{ref}), so only what needs no escaping there. */
static bool read_ref(struct feed_quote *quote, const json_t *value, struct refusal *refusal)
{
    struct span text;
    bool good;

    if (!document_text(&text, value, "/ref", "a text such as \"fr-sn-cash-1\"", refusal))
        return false;
    good = text.len >= 1 && text.len <= QUOTE_REF_MAX;
    for (size_t i = 0; good && i < text.len; i++)
        good = is_ref_character(text.at[i], i == 0);
    if (!good)
        return document_refuse(refusal, REFUSAL_BAD_REF, "/ref",
                               "1 to 100 of A-Z a-z 0-9 . _ ~ : - are wanted, a letter or a digit "
                               "first");
    memcpy(quote->ref, text.at, text.len);
    quote->ref[text.len] = '\0';
    return true;
}

bool quote_read_object(struct feed_quote *quote, struct json_t *object, struct refusal *refusal)
{
    const json_t *values[FIELD_COUNT];

    /* The bands are written before they are read. */
    memset(quote, 0, offsetof(struct feed_quote, tariff) + offsetof(struct tariff, bands));
    quote->pickup_points = -1;
    quote->valid_from = QUOTE_NOT_SAID;
    quote->valid_until = QUOTE_NOT_SAID;
    *refusal = (struct refusal){.code = REFUSAL_NONE};
    if (!json_is_object(object))
        return document_refuse(refusal, REFUSAL_NOT_AN_OBJECT, "", "a quote is an object {…}");
    /* The ref first: a refusal of anything else should say of which quote. */
    if (json_object_get(object, "ref") != NULL &&
        !read_ref(quote, json_object_get(object, "ref"), refusal))
        return false;
    if (!document_members(values, object, "", fields, FIELD_COUNT, refusal) ||
        !document_corridor(&quote->from, &quote->to, values[FIELD_CORRIDOR], "/corridor",
                           refusal) ||
        !document_currency(&quote->tariff.send, values[FIELD_SEND_CURRENCY], "/send_currency",
                           refusal) ||
        !document_currency(&quote->tariff.receive, values[FIELD_RECEIVE_CURRENCY],
                           "/receive_currency", refusal) ||
        !read_service(quote, values, refusal) ||
        (values[FIELD_PICKUP_POINTS] != NULL &&
         !read_pickup_points(quote, values[FIELD_PICKUP_POINTS], refusal)) ||
        !read_bands(quote, values[FIELD_TARIFF], refusal) || !read_limits(quote, values, refusal) ||
        (values[FIELD_VALID_FROM] != NULL &&
         !document_instant(&quote->valid_from, values[FIELD_VALID_FROM], "/valid_from", refusal)) ||
        (values[FIELD_VALID_UNTIL] != NULL &&
         !document_instant(&quote->valid_until, values[FIELD_VALID_UNTIL], "/valid_until",
                           refusal)))
        return false;
    corridor_print(quote->corridor, quote->from, quote->to);
    return true;
}

static size_t skip_blanks(struct span json, size_t at)
{
    while (at < json.len && json.at[at] != '\0' && strchr(" \t\r\n", json.at[at]) != NULL)
        at++;
    return at;
}

/* {"quotes":[…]}, as our own lists are written. Known by how it begins: it may be of any length. */
static bool is_wrapped_list(struct span json)
{
    static const char member[] = "\"quotes\"";
    size_t at = skip_blanks(json, 0);

    if (at == json.len || json.at[at] != '{')
        return false;
    at = skip_blanks(json, at + 1);
    return json.len - at >= strlen(member) && memcmp(json.at + at, member, strlen(member)) == 0;
}

bool quote_read(struct feed_quote *quote, struct span json, struct refusal *refusal)
{
    json_t *object = NULL;
    bool read = false;

    if (is_wrapped_list(json))
        (void)document_refuse(refusal, REFUSAL_NOT_AN_OBJECT, "/quotes",
                              "a quote has no member \"quotes\"; several are sent as an array "
                              "with nothing around it, [ {…}, {…} ], or one a line as "
                              "application/x-ndjson");
    else
        object = document_parse(json, QUOTE_BYTES_MAX, QUOTE_DEPTH_MAX, refusal);
    if (object != NULL)
        read = quote_read_object(quote, object, refusal);
    else
        quote->ref[0] = '\0';
    json_decref(object);
    return read;
}
