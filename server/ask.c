/*
 * Reading a question. Its one hard problem: an amount means nothing before its currency is known,
 * and the currency may be left to the market. So ask_read checks everything that stands on its own,
 * and ask_settle the rest, once the market is at hand.
 */
#include "server/ask.h"

#include <corridor/http.h>

#include <assert.h>
#include <stdio.h>

struct fault {
    const char *code;
    const char *title;
};
#define FAULT_ROW(name, code, title) [ASK_##name] = {code, title},
static const struct fault faults[] = {ASK_FAULTS(FAULT_ROW)};

const char *ask_fault_code(enum ask_fault fault)
{
    assert(fault > ASK_OK && fault < ASK_FAULT_COUNT);
    return faults[fault].code;
}

const char *ask_fault_title(enum ask_fault fault)
{
    assert(fault > ASK_OK && fault < ASK_FAULT_COUNT);
    return faults[fault].title;
}

int ask_fault_status(enum ask_fault fault)
{
    return fault == ASK_UNKNOWN_COUNTRY ? 404 : 400;
}

/* ---- Errors ---- */

static const char allowed_country[] =
    "a country: ISO 3166-1 alpha-2, alpha-3 or UN M49 (FR, FRA, 250)";
static const char allowed_currency[] = "a currency: three letters of ISO 4217 (EUR)";
static const char allowed_amount[] = "a plain decimal above 0: 200 or 199.50";

static bool fail(struct ask_error *error, enum ask_fault fault, const char *parameter,
                 struct span received, const char *allowed)
{
    error->fault = fault;
    error->parameter = parameter;
    error->received = received;
    (void)snprintf(error->allowed, sizeof(error->allowed), "%s", allowed);
    return false;
}

/* ---- One parameter each ---- */

enum parameter {
    FROM,
    TO,
    AMOUNT,
    CURRENCY,
    RECEIVE_CURRENCY,
    BASIS,
    PAY_IN,
    PAY_OUT,
    MAX_SPEED,
    ON,
    AS_OF,
    PARAMETER_COUNT
};
static const char *const names[PARAMETER_COUNT] = {
    "from",    "to",        "amount", "currency", "receive_currency", "basis", "pay_in",
    "pay_out", "max_speed", "on",     "as_of"};
static const char allowed_names[] = "from, to, amount, currency, receive_currency, basis, pay_in, "
                                    "pay_out, max_speed, on, as_of";

static bool read_country(const struct country **country, enum parameter parameter,
                         struct span value, struct ask_error *error)
{
    *country = country_find(value);
    return *country != NULL ||
           fail(error, ASK_UNKNOWN_COUNTRY, names[parameter], value, allowed_country);
}

static bool read_currency(const struct currency **currency, enum parameter parameter,
                          struct span value, struct ask_error *error)
{
    *currency = currency_find(value);
    return *currency != NULL ||
           fail(error, ASK_UNKNOWN_CURRENCY, names[parameter], value, allowed_currency);
}

static bool is_numeric(struct span text)
{
    size_t points = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '.')
            points++;
        else if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    }
    return points <= 1;
}

bool ask_amount(struct ask *ask, const char *parameter, struct span value, struct ask_error *error)
{
    struct decimal amount;
    enum ask_fault fault = ASK_OK;
    if (value.len >= ASK_AMOUNT_MAX) {
        fault = is_numeric(value) ? ASK_TOO_LARGE : ASK_NOT_A_NUMBER;
    } else {
        switch (decimal_parse(&amount, value)) {
        case DECIMAL_NOT_A_NUMBER:
            fault = ASK_NOT_A_NUMBER;
            break;
        case DECIMAL_TOO_PRECISE:
            fault = ASK_TOO_MANY_DECIMALS;
            break;
        case DECIMAL_TOO_LARGE:
            fault = ASK_TOO_LARGE;
            break;
        case DECIMAL_OK:
            fault = amount.units > 0 ? ASK_OK : ASK_NOT_POSITIVE;
            break;
        }
    }
    if (fault != ASK_OK)
        return fail(error, fault, parameter, value, allowed_amount);
    memcpy(ask->amount_text, value.at, value.len);
    ask->amount_text[value.len] = '\0';
    return true;
}

static bool read_basis(struct ask *ask, struct span value, struct ask_error *error)
{
    return basis_find(&ask->basis, value) ||
           fail(error, ASK_UNKNOWN_CODE, names[BASIS], value, "all_in, principal or receive");
}

#define LISTED_CODE(name, code) " " code
static bool read_filter(struct ask *ask, enum parameter parameter, struct span value,
                        struct ask_error *error)
{
    struct span rest = value;
    for (;;) {
        const char *comma = memchr(rest.at, ',', rest.len);
        struct span code = {rest.at, comma == NULL ? rest.len : (size_t)(comma - rest.at)};
        enum pay_in in;
        enum pay_out out;
        if (parameter == PAY_IN && pay_in_find(&in, code))
            ask->pay_in |= 1U << in;
        else if (parameter == PAY_OUT && pay_out_find(&out, code))
            ask->pay_out |= 1U << out;
        else
            return fail(error, ASK_UNKNOWN_CODE, names[parameter], value,
                        parameter == PAY_IN
                            ? "one or more of, commas between:" PAY_INS(LISTED_CODE)
                            : "one or more of, commas between:" PAY_OUTS(LISTED_CODE));
        if (comma == NULL)
            return true;
        rest = (struct span){comma + 1, rest.len - code.len - 1};
    }
}

static bool read_speed(struct ask *ask, struct span value, struct ask_error *error)
{
    return (speed_find(&ask->max_speed, value) && ask->max_speed != SPEED_UNKNOWN) ||
           fail(error, ASK_UNKNOWN_CODE, names[MAX_SPEED], value,
                "less_than_one_hour, same_day, next_day, 2_days, 3_5_days or 6_days_or_more");
}

static bool read_on(struct ask *ask, struct span value, int64_t now, struct ask_error *error)
{
    if (!day_parse(&ask->on, value))
        return fail(error, ASK_NOT_A_DATE, names[ON], value, ASK_ALLOWED_DAY);
    return ask->on <= instant_day(now) ||
           fail(error, ASK_FUTURE, names[ON], value, ASK_ALLOWED_DAY);
}

static bool read_as_of(struct ask *ask, struct span value, int64_t now, struct ask_error *error)
{
    if (!ask_instant(&ask->as_of, value, now))
        return fail(error, ASK_NOT_A_DATE, names[AS_OF], value, ASK_ALLOWED_INSTANT);
    return ask->as_of <= now || fail(error, ASK_FUTURE, names[AS_OF], value, ASK_ALLOWED_INSTANT);
}

bool ask_instant(int64_t *instant, struct span value, int64_t now)
{
    int32_t day;
    if (instant_parse(instant, value))
        return true;
    if (!day_parse(&day, value))
        return false;
    *instant = day == instant_day(now) ? now : instant_day_end(day);
    return true;
}

/* ---- All of them ---- */

static bool read_one(struct ask *ask, enum parameter parameter, struct span value, int64_t now,
                     struct ask_error *error)
{
    switch (parameter) {
    case FROM:
        return read_country(&ask->from, FROM, value, error);
    case TO:
        return read_country(&ask->to, TO, value, error);
    case AMOUNT:
        return ask_amount(ask, names[AMOUNT], value, error);
    case CURRENCY:
        return read_currency(&ask->currency, CURRENCY, value, error);
    case RECEIVE_CURRENCY:
        return read_currency(&ask->receive_currency, RECEIVE_CURRENCY, value, error);
    case BASIS:
        return read_basis(ask, value, error);
    case PAY_IN:
    case PAY_OUT:
        return read_filter(ask, parameter, value, error);
    case MAX_SPEED:
        return read_speed(ask, value, error);
    case ON:
        return read_on(ask, value, now, error);
    case AS_OF:
        return read_as_of(ask, value, now, error);
    case PARAMETER_COUNT:
        break;
    }
    return false;
}

static enum parameter parameter_of(struct span name)
{
    unsigned i = 0;
    while (i < PARAMETER_COUNT && !span_is(name, names[i]))
        i++;
    return i;
}

/* The day and instant asked about, from what was given of on and as_of. */
static void place_in_time(struct ask *ask, unsigned given, int64_t now)
{
    int32_t today = instant_day(now);
    if ((given & (1U << AS_OF)) == 0)
        ask->as_of = now;
    if ((given & (1U << ON)) == 0)
        ask->on = instant_day(ask->as_of);
    if (ask->on == instant_day(ask->as_of))
        ask->at = ask->as_of;
    else
        ask->at = ask->on == today ? now : instant_day_end(ask->on);
    ask->past = (given & (1U << AS_OF)) != 0 || ask->on != today;
}

bool ask_read(struct ask *ask, const struct ask_parameter *parameters, size_t count, unsigned flags,
              int64_t now, struct ask_error *error)
{
    *ask = (struct ask){
        .basis = BASIS_ALL_IN, .max_speed = SPEED_UNKNOWN, .typed = (flags & ASK_TYPED) != 0};
    unsigned given = 0;
    for (size_t i = 0; i < count; i++) {
        struct span value = parameters[i].value;
        enum parameter parameter = parameter_of(parameters[i].name);
        if (parameter == PARAMETER_COUNT) {
            struct span name = utf8_cut(parameters[i].name, sizeof(error->name) - 1);
            memcpy(error->name, name.at, name.len);
            error->name[name.len] = '\0';
            return fail(error, ASK_UNKNOWN_PARAMETER, error->name, value, allowed_names);
        }
        if ((flags & ASK_FORM) != 0 && value.len == 0)
            continue;
        bool joins = (flags & ASK_FORM) != 0 && (parameter == PAY_IN || parameter == PAY_OUT);
        if ((given & (1U << parameter)) != 0 && !joins)
            return fail(error, ASK_REPEATED, names[parameter], value, "given once");
        if (!read_one(ask, parameter, value, now, error))
            return false;
        given |= 1U << parameter;
    }
    for (unsigned i = FROM; i <= AMOUNT; i++) {
        if ((given & (1U << i)) == 0)
            return fail(error, ASK_MISSING, names[i], (struct span){NULL, 0},
                        i == AMOUNT ? allowed_amount : allowed_country);
    }
    if (ask->from == ask->to)
        return fail(error, ASK_SAME_COUNTRY, names[TO], span_of(ask->to->iso2),
                    "a country other than that of from");
    place_in_time(ask, given, now);
    return true;
}

/* ---- Currencies ---- */

/* The currency of most offers in force at the instant, sending or receiving, unless the preferred
 * one is among them. */
static const struct currency *usual_currency(const struct market *market, int64_t at,
                                             bool receiving, const struct currency *preferred)
{
    struct {
        const struct currency *currency;
        unsigned offers;
    } seen[16] = {0};
    size_t count = 0;
    size_t best = 0;
    for (size_t i = 0; market != NULL && i < market->offer_count; i++) {
        const struct market_offer *offer = &market->offers[i];
        if (offer->first_transfer || offer->valid_from > at || offer->valid_until <= at)
            continue;
        const struct currency *currency = receiving ? offer->tariff->receive : offer->tariff->send;
        if (currency == preferred)
            return preferred;
        size_t place = 0;
        while (place < count && seen[place].currency != currency)
            place++;
        if (place == COUNT_OF(seen))
            continue;
        if (place == count)
            seen[count++].currency = currency;
        seen[place].offers++;
        if (seen[place].offers > seen[best].offers ||
            (seen[place].offers == seen[best].offers &&
             strcmp(seen[place].currency->code, seen[best].currency->code) < 0))
            best = place;
    }
    return count > 0 ? seen[best].currency : preferred;
}

bool ask_three_decimals(struct span amount)
{
    return amount.len > 4 && amount.at[amount.len - 4] == '.';
}

bool ask_settle(struct ask *ask, const struct market *market, struct ask_error *error)
{
    struct span nothing = {NULL, 0};
    if (ask->currency == NULL)
        ask->currency = usual_currency(market, ask->at, false, ask->from->currency);
    if (ask->receive_currency == NULL)
        ask->receive_currency = usual_currency(market, ask->at, true, ask->to->currency);
    if (ask->currency == NULL)
        return fail(error, ASK_MISSING, names[CURRENCY], nothing, allowed_currency);
    if (ask->receive_currency == NULL)
        return fail(error, ASK_MISSING, names[RECEIVE_CURRENCY], nothing, allowed_currency);

    const struct currency *currency =
        ask->basis == BASIS_RECEIVE ? ask->receive_currency : ask->currency;
    struct span text = span_of(ask->amount_text);
    enum money_error result = money_parse(&ask->amount, text, currency);
    if (result == MONEY_OK && ask->typed && currency->exponent < 3 && ask_three_decimals(text))
        result = MONEY_TOO_MANY_DECIMALS;
    if (result == MONEY_OK)
        return true;
    char most[MONEY_TEXT_MAX];
    money_print(most, sizeof(most), MONEY_MAX, currency);
    char allowed[sizeof(error->allowed)];
    (void)snprintf(allowed, sizeof(allowed),
                   "a plain decimal above 0 and at most %s, with at most %u decimals in %s", most,
                   (unsigned)currency->exponent, currency->code);
    /* The form was checked by ask_read. */
    assert(result == MONEY_TOO_MANY_DECIMALS || result == MONEY_TOO_LARGE);
    return fail(error, result == MONEY_TOO_LARGE ? ASK_TOO_LARGE : ASK_TOO_MANY_DECIMALS,
                names[AMOUNT], text, allowed);
}

size_t ask_parameters(struct ask_parameter parameters[ASK_PARAMETERS_MAX],
                      const struct http_request *req)
{
    unsigned count = http_query_count(req);
    assert(count <= ASK_PARAMETERS_MAX);
    for (unsigned i = 0; i < count; i++)
        http_query_at(req, i, &parameters[i].name, &parameters[i].value);
    return count;
}
