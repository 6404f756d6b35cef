/*
 * Tariffs as the feed and the record write them. Read strictly: a number that is not a string has
 * already been through binary floating point somewhere, and an unknown member may be a misspelt
 * fee.
 */
#include <corridor/tariff.h>

#include <jansson.h>

#define WHOLE "tariff" /* the field when no member in particular is at fault */

enum member {
    MEMBER_FROM,
    MEMBER_TO,
    MEMBER_FEE,
    MEMBER_FEE_PCT,
    MEMBER_FEE_MIN,
    MEMBER_FEE_MAX,
    MEMBER_RATE
};

static const struct {
    const char *name;
    bool required;
    bool nullable;
} members[] = {
    [MEMBER_FROM] = {"from", true, false},        [MEMBER_TO] = {"to", true, true},
    [MEMBER_FEE] = {"fee", false, false},         [MEMBER_FEE_PCT] = {"fee_pct", false, false},
    [MEMBER_FEE_MIN] = {"fee_min", false, false}, [MEMBER_FEE_MAX] = {"fee_max", false, true},
    [MEMBER_RATE] = {"rate", false, true},
};

static bool read_member(struct tariff_band *band, enum member member, struct span text,
                        const struct currency *send)
{
    if (text.len > 0 && text.at[0] == '-')
        return false; /* "-0" too: nothing of a tariff has a sign */
    switch (member) {
    case MEMBER_FROM:
        return money_parse(&band->from, text, send) == MONEY_OK;
    case MEMBER_TO:
        return money_parse(&band->to, text, send) == MONEY_OK;
    case MEMBER_FEE:
        return money_parse(&band->fee, text, send) == MONEY_OK;
    case MEMBER_FEE_PCT:
        return percent_parse(&band->fee_pct, text);
    case MEMBER_FEE_MIN:
        return money_parse(&band->fee_min, text, send) == MONEY_OK;
    case MEMBER_FEE_MAX:
        return money_parse(&band->fee_max, text, send) == MONEY_OK;
    case MEMBER_RATE:
        return rate_parse(&band->rate, text);
    }
    return false;
}

/* Every known member is read where it stands; what is left over when all are counted is unknown. */
static bool read_band(struct tariff_band *band, const json_t *object, const struct currency *send,
                      const char **field)
{
    size_t known = 0;

    *band = (struct tariff_band){.to = TARIFF_NO_LIMIT, .fee_max = TARIFF_NO_LIMIT};
    *field = WHOLE;
    if (!json_is_object(object))
        return false;
    for (enum member member = MEMBER_FROM; member <= MEMBER_RATE; member++) {
        const json_t *value = json_object_get(object, members[member].name);

        *field = members[member].name;
        if (value)
            known++;
        else if (members[member].required)
            return false;
        if (!value || (json_is_null(value) && members[member].nullable))
            continue;
        if (!json_is_string(value) ||
            !read_member(band, member,
                         (struct span){json_string_value(value), json_string_length(value)}, send))
            return false;
    }
    *field = WHOLE;
    return known == json_object_size(object);
}

bool tariff_bands_from_json(struct tariff *tariff, const struct json_t *bands, uint32_t *band,
                            const char **field)
{
    size_t count = json_array_size(bands);

    *band = 0;
    *field = WHOLE;
    tariff->count = 0;
    if (!json_is_array(bands) || count > TARIFF_BANDS_MAX)
        return false;
    for (; tariff->count < count; tariff->count++) {
        *band = tariff->count;
        if (!read_band(&tariff->bands[*band], json_array_get(bands, *band), tariff->send, field))
            return false;
    }
    return true;
}

static json_t *money_json(int64_t minor, const struct currency *currency)
{
    char text[MONEY_TEXT_MAX];

    if (minor == TARIFF_NO_LIMIT)
        return json_null();
    return json_stringn(text, money_print(text, sizeof text, minor, currency));
}

/* All six decimals: percent_print is for people. */
static json_t *percent_json(int64_t percent)
{
    char text[DECIMAL_TEXT_MAX];

    return json_stringn(text,
                        decimal_print(text, sizeof text, (struct decimal){percent, PERCENT_SCALE}));
}

static json_t *rate_json(struct rate rate)
{
    char text[RATE_TEXT_MAX];

    if (rate.units == 0)
        return json_null();
    return json_stringn(text, rate_print(text, sizeof text, rate));
}

struct json_t *tariff_bands_to_json(const struct tariff *tariff)
{
    const struct currency *send = tariff->send;
    json_t *array = json_array();

    for (uint32_t i = 0; array && i < tariff->count; i++) {
        const struct tariff_band *band = &tariff->bands[i];
        json_t *object = json_object();
        int failed = 0;

        failed |= json_object_set_new(object, "from", money_json(band->from, send));
        failed |= json_object_set_new(object, "to", money_json(band->to, send));
        failed |= json_object_set_new(object, "fee", money_json(band->fee, send));
        failed |= json_object_set_new(object, "fee_pct", percent_json(band->fee_pct));
        failed |= json_object_set_new(object, "fee_min", money_json(band->fee_min, send));
        failed |= json_object_set_new(object, "fee_max", money_json(band->fee_max, send));
        failed |= json_object_set_new(object, "rate", rate_json(band->rate));
        failed |= json_array_append_new(array, object);
        if (failed) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}
