/*
 * /v1/text: an answer for a short message, at most 160 characters, for gateways of SMS and USSD.
 * "FR SN 200" is the question; "1 Sahéline 128253 XOF 1.0% 1h" is a line of the answer: what
 * arrives, the share that fees and rate take, how many hours at most.
 *
 * What is wrong is said in the same few words instead of as a problem: a gateway passes it on.
 */
#include "server/web/amount.h"
#include "server/web/gsm.h"
#include "server/web/page.h"
#include "server/web/web.h"

#include "server/market_table.h"
#include "server/worker.h"

#include <stdio.h>

#define TOKENS_MAX    6
#define NAME_MAX_CHAR 24 /* of an operator, so that more than one fits */

static const char HOW[] = MESSAGE("Write two countries and an amount, like this: FR SN 200");

/* ---- The question ---- */

struct words {
    struct ask_parameter parameters[ASK_PARAMETERS_MAX];
    size_t count;
    char amount[AMOUNT_PLAIN_MAX];
    bool understood;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* As the language writes it: "199,50" in French. */
static bool is_amount(struct span word, const struct language *language)
{
    char buffer[AMOUNT_PLAIN_MAX];
    struct span plain = amount_plain(buffer, word, language_format(language), NULL);

    for (size_t i = 0; i < plain.len; i++) {
        if (!is_digit(plain.at[i]) && plain.at[i] != '.')
            return false;
    }
    return true;
}

static void add(struct words *words, const char *name, struct span value)
{
    words->parameters[words->count++] = (struct ask_parameter){span_of(name), value};
}

/* Two countries, then an amount and perhaps its currency, in any order: "200 EUR FR SN". */
static void word_read(struct words *words, struct span word, unsigned seen[3],
                      const struct language *language)
{
    const struct country *from;
    const struct country *to;

    if (seen[0] == 0 && corridor_parse(word, &from, &to)) {
        add(words, "from", span_of(from->iso2));
        add(words, "to", span_of(to->iso2));
        seen[0] = 2;
    } else if (is_amount(word, language)) {
        add(words, "amount", word);
        seen[1]++;
    } else if (seen[0] < 2 && country_find(word) != NULL) {
        add(words, seen[0] == 0 ? "from" : "to", word);
        seen[0]++;
    } else if (currency_find(word) != NULL) {
        add(words, "currency", word);
        seen[2]++;
    } else {
        words->understood = false;
    }
}

/* The amount in plain notation, once all is read that tells its currency. */
static void amount_settle(struct words *words, const struct language *language)
{
    const struct currency *currency = NULL;

    for (size_t i = 0; i < words->count; i++) {
        const struct ask_parameter *p = &words->parameters[i];

        if (span_is(p->name, "currency"))
            currency = currency_find(p->value);
        else if (span_is(p->name, "from") && currency == NULL)
            currency = country_find(p->value)->currency;
    }
    for (size_t i = 0; i < words->count; i++) {
        struct ask_parameter *p = &words->parameters[i];

        if (span_is(p->name, "amount"))
            p->value = amount_plain(words->amount, p->value, language_format(language), currency);
    }
}

/* A comma between digits belongs to an amount. */
static bool is_between(struct span text, size_t at)
{
    if (text.at[at] == ',' && at > 0 && at + 1 < text.len)
        return !is_digit(text.at[at - 1]) || !is_digit(text.at[at + 1]);
    return strchr(" ,;\t\n", text.at[at]) != NULL;
}

static void words_read(struct words *words, struct span text, const struct language *language)
{
    unsigned seen[3] = {0}; /* countries, amounts, currencies */
    unsigned count = 0;

    words->count = 0;
    words->understood = true;
    for (size_t i = 0; i < text.len && words->understood;) {
        size_t begin = i;

        while (i < text.len && !is_between(text, i))
            i++;
        if (i > begin && count++ < TOKENS_MAX)
            word_read(words, (struct span){text.at + begin, i - begin}, seen, language);
        else if (i > begin)
            words->understood = false;
        i++;
    }
    words->understood &= seen[0] == 2 && seen[1] == 1 && seen[2] <= 1;
    if (words->understood)
        amount_settle(words, language);
}

/* ---- The answer ---- */

static enum http_result reply(struct http_request *req, int status, struct out *out)
{
    return http_reply_bytes(req,
                            &(struct http_head){.status = status,
                                                .content_type = "text/plain; charset=utf-8",
                                                .cache_control = status == 200 ? NULL : "no-store"},
                            out_span(out));
}

static enum http_result say_only(struct http_request *req, int status, const char *words)
{
    struct out *out = http_out(req);

    gsm_append(out, span_of(words));
    return reply(req, status, out);
}

static enum http_result unknown_language(struct http_request *req)
{
    struct out *out = http_out(req);

    out_text(out, "lang:");
    for (size_t i = 0; i < language_count(); i++)
        out_printf(out, " %s", language_codes()[i]);
    return reply(req, 400, out);
}

/* How long it takes at most. */
static const char *const hours[SPEED_COUNT] = {
    [SPEED_LESS_THAN_ONE_HOUR] = " 1h",
    [SPEED_SAME_DAY] = " 24h",
    [SPEED_NEXT_DAY] = " 48h",
    [SPEED_TWO_DAYS] = " 72h",
    [SPEED_THREE_TO_FIVE_DAYS] = " 120h",
    [SPEED_SIX_DAYS_OR_MORE] = " >120h",
    [SPEED_UNKNOWN] = "",
};

static void line(struct out *out, const struct comparison_offer *ranked)
{
    const struct cost *cost = &ranked->cost;
    const char *name = ranked->offer->firm->name;
    size_t begin = out->len;
    char arrives[MONEY_TEXT_MAX];
    /* To a tenth of a percent, half away from zero. */
    int64_t half = cost->cost_share_pct < 0 ? -PERCENT_ONE / 20 : PERCENT_ONE / 20;
    int64_t tenths = (cost->cost_share_pct + half) / (PERCENT_ONE / 10);

    out_printf(out, "\n%u ", ranked->rank);
    size_t name_at = out->len;
    gsm_append(out, span_of(name));
    while (!out_failed(out) && out->len > name_at &&
           (utf8_length((struct span){out->at + name_at, out->len - name_at}) > NAME_MAX_CHAR ||
            out->at[out->len - 1] == ' '))
        out->len =
            begin +
            utf8_cut((struct span){out->at + begin, out->len - begin}, out->len - begin - 1).len;
    (void)money_print(arrives, sizeof(arrives), cost->receives, ranked->offer->tariff->receive);
    out_printf(out, " %s %s %s%lld.%lld%%%s", arrives, ranked->offer->tariff->receive->code,
               tenths < 0 ? "-" : "", (long long)(tenths < 0 ? -tenths : tenths) / 10,
               (long long)(tenths < 0 ? -tenths : tenths) % 10,
               hours[ranked->offer->service.speed]);
}

static void offers(struct out *out, const struct comparison *c, const struct language *language)
{
    char amount[MONEY_TEXT_MAX];
    struct out notice;

    out_init(&notice, 1024);
    if (c->demonstration) {
        out_char(&notice, '\n');
        gsm_append(&notice, span_of(message(language, "Invented, not real.")));
    }
    (void)money_print(amount, sizeof(amount), c->ask.amount, c->ask.currency);
    out_printf(out, "%s-%s %s %s", c->ask.from->iso2, c->ask.to->iso2, amount,
               c->ask.currency->code);
    for (size_t i = 0; i < c->offer_count; i++) {
        size_t before = out->len;

        line(out, c->offers[i]);
        if (out_failed(out) ||
            utf8_length(out_span(out)) + utf8_length(out_span(&notice)) > GSM_MESSAGE_MAX) {
            out->len = before;
            break;
        }
    }
    if (c->offer_count == 0) {
        out_char(out, '\n');
        gsm_append(out, span_of(message(language, "No price is known for this today.")));
    }
    out_span_append(out, out_span(&notice));
    out_free(&notice);
}

enum http_result web_text(struct http_request *req)
{
    struct worker_context *worker = worker_context(req);
    const struct language *language = language_at(0);
    const int64_t now = instant_now();
    struct words words;
    struct span text;
    struct span code;
    struct ask_error error;
    struct ask ask;

    if (http_query(req, "lang", &code) > 0)
        language = language_find(code);
    if (language == NULL)
        return unknown_language(req);
    (void)http_query(req, "q", &text);
    words_read(&words, text, language);
    if (!words.understood)
        return say_only(req, 400, message(language, HOW));
    if (!market_table_loaded(worker->markets))
        return say_only(req, 503, message(language, "Please ask again in a minute."));
    if (!ask_read(&ask, words.parameters, words.count, ASK_TYPED, now, &error))
        return say_only(req, 400, message(language, HOW));
    const struct market *market = market_table_find(worker->markets, ask.from, ask.to);
    if (!ask_settle(&ask, market, &error))
        return say_only(req, 400, message(language, "This amount cannot be compared."));
    compare(&worker->comparison, &ask, market);
    struct out *out = http_out(req);
    offers(out, &worker->comparison, language);
    return reply(req, 200, out);
}
