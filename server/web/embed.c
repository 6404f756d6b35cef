/*
 * /embed/FR-SN?lang=fr: the best offers of a corridor for another site's page, within a frame. It
 * has no script and asks nothing of the reader; it is the one page that others may frame.
 */
#include "server/web/embed.h"
#include "server/market_table.h"
#include "server/web/amount.h"
#include "server/web/assets.h"
#include "server/web/page.h"
#include "server/web/say.h"
#include "server/web/web.h"

#include "server/worker.h"

#include <stdio.h>

#define OFFERS_SHOWN 3

static void corridor_address(struct html *h, const struct ask *ask)
{
    html_text(h, web_origin());
    html(h, "/");
    html_text(h, language_code(h->language));
    html(h, "/");
    html_text(h, ask->from->iso2);
    html(h, "-");
    html_text(h, ask->to->iso2);
}

static void title(struct html *h, const struct ask *ask)
{
    html_country(h, ask->from);
    html_arrow(h);
    html_country(h, ask->to);
}

static void offer(struct html *h, const struct comparison_offer *ranked)
{
    const struct cost *cost = &ranked->cost;
    const struct tariff *tariff = ranked->offer->tariff;

    html(h, "<li><bdi>");
    html_text(h, ranked->offer->firm->name);
    html(h, "</bdi> <strong>");
    html_money(h, cost->receives, tariff->receive);
    html(h, "</strong> <small>");
    say_with(h, "{share} in fees and rate", SAY_PERCENT("share", cost->cost_share_pct, 1));
    html(h, "</small></li>\n");
}

static void head(struct html *h, const struct ask *ask)
{
    html(h, "<!doctype html>\n<html lang='");
    html_text(h, language_code(h->language));
    html(h, "' dir='");
    html_text(h, language_direction(h->language));
    html(h, "'>\n<head>\n<meta charset='utf-8'>\n<title>");
    h->words_only = true;
    title(h, ask);
    h->words_only = false;
    html(h, " – Corridor</title>\n"
            "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
            "<meta name='color-scheme' content='light dark'>\n"
            "<meta name='robots' content='noindex'>\n<link rel='canonical' href='");
    corridor_address(h, ask);
    html(h, "'>\n<link rel='stylesheet' href='");
    html_text(h, assets_style());
    html(h, "'>\n</head>\n");
}

static void body(struct html *h, const struct comparison *c)
{
    html(h, "<body class='embed'>\n<main>\n<h1>");
    title(h, &c->ask);
    html(h, "</h1>\n<p>");
    say_with(h, "What arrives of {amount}",
             SAY_MONEY_SHORT("amount", c->ask.amount, c->ask.currency));
    html(h, "</p>\n");
    if (c->demonstration) {
        html(h, "<p class='demonstration'>");
        say(h, "Demonstration: nothing here is real.");
        html(h, "</p>\n");
    }
    if (c->offer_count == 0) {
        html(h, "<p>");
        say(h, "No offer");
        html(h, "</p>\n");
    } else {
        html(h, "<ol>\n");
        for (size_t i = 0; i < c->offer_count && i < OFFERS_SHOWN; i++)
            offer(h, c->offers[i]);
        html(h, "</ol>\n");
    }
    html(h, "<p><a target='_blank' rel='noopener' href='");
    corridor_address(h, &c->ask);
    html(h, "?amount=");
    html_text(h, c->ask.amount_text);
    html(h, "&amp;currency=");
    html_text(h, c->ask.currency->code);
    html(h, "'>");
    say(h, "All offers and their details");
    html(h, " – Corridor</a></p>\n</main>\n</body>\n</html>\n");
}

static enum http_result answer(struct http_request *req, struct ask *ask,
                               const struct market *market, const struct language *language)
{
    static const struct http_field FIELDS[] = {
        {"Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; "
                                    "form-action 'none'; frame-ancestors *"},
    };
    struct worker_context *worker = worker_context(req);
    struct answer_asked asked;
    struct ask_error error;
    char key[ANSWER_KEY_MAX];
    struct html h = {.out = http_out(req), .language = language};

    if (!ask_settle(ask, market, &error))
        return web_not_found(req);
    int length = snprintf(key, sizeof(key), "embed/%s/%s-%s?%s%s", language_code(language),
                          ask->from->iso2, ask->to->iso2, ask->amount_text, ask->currency->code);
    answer_source(&asked, req, market, ask->at);
    answer_key(&asked, (struct span){key, (size_t)length});
    if (answer_kept(req, &asked))
        return HTTP_DONE;
    compare(&worker->comparison, ask, market);
    head(&h, ask);
    body(&h, &worker->comparison);
    return answer_reply(req, &asked, &asked.source,
                        &(struct http_head){.status = 200,
                                            .content_type = "text/html; charset=utf-8",
                                            .fields = FIELDS,
                                            .field_count = COUNT_OF(FIELDS)},
                        h.out, worker->comparison.until);
}

enum http_result web_embed(struct http_request *req)
{
    struct worker_context *worker = worker_context(req);
    const struct language *language = language_at(0);
    const struct country *from;
    const struct country *to;
    struct ask_parameter parameters[4];
    size_t count = 2;
    struct ask_error error;
    struct ask ask;
    struct span value;

    if (http_query(req, "lang", &value) > 0)
        language = language_find(value);
    if (language == NULL || !corridor_parse(http_param(req, "corridor"), &from, &to) ||
        from->currency == NULL)
        return web_not_found(req);
    if (!market_table_loaded(worker->markets))
        return page_not_ready(req, language);
    parameters[0] = (struct ask_parameter){span_of("from"), span_of(from->iso2)};
    parameters[1] = (struct ask_parameter){span_of("to"), span_of(to->iso2)};
    if (http_query(req, "currency", &value) > 0)
        parameters[count++] = (struct ask_parameter){span_of("currency"), value};
    if (http_query(req, "amount", &value) == 0)
        value = span_of(amount_usual(from->currency));
    parameters[count++] = (struct ask_parameter){span_of("amount"), value};
    if (!ask_read(&ask, parameters, count, 0, instant_now(), &error))
        return web_not_found(req);
    return answer(req, &ask, market_table_find(worker->markets, from, to), language);
}

/* ---- What another site puts into its page ---- */

void embed_offer(struct html *h, const struct country *from, const struct country *to)
{
    html(h, "<details class='embedding'>\n<summary>");
    say(h, "Show this on your own site");
    html(h, "</summary>\n<p>");
    say(h, "For associations and town halls: put this line into your page. It has no script and "
           "follows nobody.");
    html(h, "</p>\n<p><code dir='ltr'>&lt;iframe src=&quot;");
    html_text(h, web_origin());
    html(h, "/embed/");
    html_text(h, from->iso2);
    html(h, "-");
    html_text(h, to->iso2);
    html(h, "?lang=");
    html_text(h, language_code(h->language));
    html(h, "&quot; title=&quot;");
    html_country(h, from);
    html_arrow(h);
    html_country(h, to);
    html(h, "&quot; width=&quot;320&quot; height=&quot;320&quot;&gt;&lt;/iframe&gt;</code></p>\n"
            "</details>\n");
}
