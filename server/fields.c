/* How our values look in JSON: one function each, so that they look the same everywhere. */
#include "server/fields.h"

#include <inttypes.h>
#include <stdio.h>

static char *append(char *at, struct span text)
{
    memcpy(at, text.at, text.len);
    return at + text.len;
}

/*
 * A key of ours and a value of digits: nothing to escape, so it is copied as it stands. Half of an
 * answer's members are such.
 */
static void plain_member(struct out *out, const char *key, const char *text, size_t length)
{
    struct span name = span_of(key);
    char *start = out_room(out, name.len + length + 6);
    if (start == NULL)
        return;
    char *at = start;
    if (out->len > 0 && start[-1] != '{' && start[-1] != '\n')
        *at++ = ',';
    *at++ = '"';
    at = append(at, name);
    at = append(at, (struct span){"\":\"", 3});
    at = append(at, (struct span){text, length});
    *at++ = '"';
    out->len += (size_t)(at - start);
}

static void null_member(struct out *out, const char *key)
{
    json_key(out, key);
    json_none(out);
}

void field_money(struct out *out, const char *key, int64_t minor, const struct currency *currency)
{
    char text[MONEY_TEXT_MAX];
    plain_member(out, key, text, money_print(text, sizeof(text), minor, currency));
}

void field_rate(struct out *out, const char *key, struct rate rate)
{
    char text[RATE_TEXT_MAX];
    plain_member(out, key, text, rate_print(text, sizeof(text), rate));
}

void field_percent(struct out *out, const char *key, int64_t percent)
{
    char text[PERCENT_TEXT_MAX];
    if (percent == MARKET_PCT_NONE)
        null_member(out, key);
    else
        plain_member(out, key, text, percent_print(text, sizeof(text), percent));
}

void field_instant(struct out *out, const char *key, int64_t instant)
{
    char text[INSTANT_TEXT_MAX];
    if (instant == INSTANT_NEVER)
        null_member(out, key);
    else
        plain_member(out, key, text, instant_print(text, sizeof(text), instant));
}

void field_day(struct out *out, const char *key, int32_t day)
{
    char text[DAY_TEXT_MAX];
    if (day < 0)
        null_member(out, key);
    else
        plain_member(out, key, text, day_print(text, sizeof(text), day));
}

void field_period(struct out *out, const char *key, const char *period)
{
    json_member_text(out, key, period[0] == '\0' ? NULL : period);
}

void field_country(struct out *out, const char *key, const struct country *country,
                   const char *name)
{
    char m49[8];
    (void)snprintf(m49, sizeof(m49), "%03u", (unsigned)country->m49);
    if (key != NULL)
        json_key(out, key);
    json_open(out, '{');
    json_member_text(out, "iso2", country->iso2);
    json_member_text(out, "iso3", country->iso3);
    json_member_text(out, "m49", m49);
    json_member_text(out, "name", name);
    json_close(out, '}');
}

void field_corridor(struct out *out, const struct country *from, const char *from_name,
                    const struct country *to, const char *to_name)
{
    char id[6];
    corridor_print(id, from, to);
    json_key(out, "corridor");
    json_open(out, '{');
    json_member_text(out, "id", id);
    field_country(out, "from", from, from_name);
    field_country(out, "to", to, to_name);
    json_close(out, '}');
}

void field_operator(struct out *out, const struct market_operator *firm)
{
    json_key(out, "operator");
    json_open(out, '{');
    json_member_text(out, "id", firm->id);
    json_member_text(out, "name", firm->name);
    json_member_text(out, "type", firm_type_code(firm->type));
    json_close(out, '}');
}

void field_pay_ins(struct out *out, const char *key, unsigned set)
{
    json_key(out, key);
    json_open(out, '[');
    for (unsigned i = 0; i < PAY_IN_COUNT; i++) {
        if ((set & 1U << i) != 0)
            json_text(out, pay_in_code(i));
    }
    json_close(out, ']');
}

void field_pay_outs(struct out *out, const char *key, unsigned set)
{
    json_key(out, key);
    json_open(out, '[');
    for (unsigned i = 0; i < PAY_OUT_COUNT; i++) {
        if ((set & 1U << i) != 0)
            json_text(out, pay_out_code(i));
    }
    json_close(out, ']');
}

void field_service(struct out *out, const struct market_service *service)
{
    json_key(out, "service");
    json_open(out, '{');
    json_member_text(out, "id", service->id);
    field_pay_ins(out, "pay_in", service->pay_in);
    json_key(out, "access_point");
    json_open(out, '[');
    for (unsigned i = 0; i < ACCESS_COUNT; i++) {
        if ((service->access_point & 1U << i) != 0)
            json_text(out, access_point_code(i));
    }
    json_close(out, ']');
    field_pay_outs(out, "pay_out", service->pay_out);
    json_member_text(out, "speed", speed_code(service->speed));
    json_member_text(out, "coverage", coverage_code(service->coverage));
    json_close(out, '}');
}

void field_quote(struct out *out, char kind, int64_t number)
{
    char text[24];
    int length = snprintf(text, sizeof(text), "%c%" PRId64, kind, number);
    plain_member(out, "quote", text, (size_t)length);
}

void field_demonstration(struct out *out, bool demonstration)
{
    json_member_bool(out, "demonstration", demonstration);
    if (demonstration)
        json_member_text(out, "notice", market_demonstration_notice);
}
