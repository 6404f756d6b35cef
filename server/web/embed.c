/*
 * /embed/FR-SN?lang=fr: the best offers of a corridor for another site's page, within a frame. It
 * has no script and asks nothing of the reader; it is the one page that others may frame.
 */
#include "server/web/embed.h"
#include "server/market_table.h"
#include "server/web/amount.h"
#include "server/web/assets.h"
#include "server/web/form.h"
#include "server/web/page.h"
#include "server/web/say.h"
#include "server/web/web.h"

#include "server/worker.h"

#include <stdio.h>

#define OFFERS_SHOWN 3

/* The corridor's own page; without one, where two countries are chosen. */
static void corridor_address(struct html *h, const struct country *from, const struct country *to)
{
    html_text(h, web_origin());
    html(h, "/");
    html_text(h, language_code(h->language));
    html(h, "/");
    if (from == NULL)
        return;
    html_text(h, from->iso2);
    html(h, "-");
    html_text(h, to->iso2);
}

static void title(struct html *h, const struct country *from, const struct country *to)
{
    if (from == NULL) {
        say(h, "This page does not exist");
        return;
    }
    html_country(h, from);
    html_arrow(h);
    html_country(h, to);
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
    say_with(h, "{share} goes on fees and the exchange rate",
             SAY_PERCENT("share", cost->cost_share_pct, 1));
    html(h, "</small></li>\n");
}

/* From the doctype to the heading. Here and below, countries that are NULL: no such corridor. */
static void begin(struct html *h, const struct country *from, const struct country *to)
{
    html(h, "<!doctype html>\n<html lang='");
    html_text(h, language_code(h->language));
    html(h, "' dir='");
    html_text(h, language_direction(h->language));
    html(h, "'>\n<head>\n<meta charset='utf-8'>\n<title>");
    h->words_only = true;
    title(h, from, to);
    h->words_only = false;
    html(h, " – Corridor</title>\n"
            "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
            "<meta name='color-scheme' content='light dark'>\n"
            "<meta name='robots' content='noindex'>\n<link rel='canonical' href='");
    corridor_address(h, from, to);
    html(h, "'>\n<link rel='stylesheet' href='");
    html_text(h, assets_style());
    html(h, "'>\n</head>\n<body class='embed'>\n<main>\n<h1>");
    title(h, from, to);
    html(h, "</h1>\n");
}

/* The way to the corridor's page, with the question where it can be asked. */
static void end(struct html *h, const struct country *from, const struct country *to,
                const struct ask *ask)
{
    html(h, "<p><a target='_blank' rel='noopener' href='");
    corridor_address(h, from, to);
    if (ask != NULL) {
        html(h, "?amount=");
        html_text(h, ask->amount_text);
        html(h, "&amp;currency=");
        html_text(h, ask->currency->code);
    }
    html(h, "'>");
    say(h,
        from == NULL ? MESSAGE("Choose two countries") : MESSAGE("All offers and their details"));
    html(h, " – Corridor</a></p>\n</main>\n</body>\n</html>\n");
}

static void body(struct html *h, const struct comparison *c)
{
    begin(h, c->ask.from, c->ask.to);
    html(h, "<p>");
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
    end(h, c->ask.from, c->ask.to, &c->ask);
}

/* The one page that others may frame: its policy is not page.c's. */
static struct http_head reply_head(int status)
{
    static const struct http_field FIELDS[] = {
        {"Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; "
                                    "form-action 'none'; frame-ancestors *"},
    };

    return (struct http_head){.status = status,
                              .content_type = "text/html; charset=utf-8",
                              .fields = FIELDS,
                              .field_count = COUNT_OF(FIELDS)};
}

/* The language that the address asks for, and those there are. */
static void language_error(struct html *h, struct span typed)
{
    html(h, "<p class='error'>");
    say(h, "We do not know this language:");
    html(h, " <code>lang=");
    html_span(h, typed);
    html(h, "</code></p>\n<p class='note'>");
    say(h, "Write one of these in its place:");
    for (size_t i = 0; i < language_count(); i++) {
        html(h, " <code class='whole'>lang=");
        html_text(h, language_code(language_at(i)));
        html(h, "</code>");
    }
    html(h, "</p>\n");
}

/* For whoever wrote the address: in the language that their browser asks for. */
static enum http_result wrong_language(struct http_request *req, const struct country *from,
                                       const struct country *to, struct span typed)
{
    struct html h = {.out = http_out(req), .language = page_language_asked(req)};
    struct http_head head = reply_head(400);

    head.cache_control = "no-cache";
    begin(&h, from, to);
    language_error(&h, typed);
    end(&h, from, to, NULL);
    return http_reply_encoded(req, &head);
}

/* For whoever wrote an address that names no corridor. */
static enum http_result no_corridor(struct http_request *req, const struct language *language)
{
    struct html h = {.out = http_out(req), .language = language};
    struct http_head head = reply_head(404);

    head.cache_control = "no-cache";
    begin(&h, NULL, NULL);
    html(&h, "<p class='error'>");
    say(&h, "Perhaps the address has a mistake, or we do not know this corridor.");
    html(&h, "</p>\n");
    end(&h, NULL, NULL, NULL);
    return http_reply_encoded(req, &head);
}

/* What is wrong with the frame's question, for whoever wrote it, and the corridor's page. */
static enum http_result wrong(struct http_request *req, const struct language *language,
                              const struct form *form)
{
    struct html h = {.out = http_out(req), .language = language};
    struct http_head head = reply_head(ask_fault_status(form->error->fault));

    head.cache_control = "no-cache";
    begin(&h, form->from, form->to);
    html(&h, "<p class='error'>");
    if (form->error->fault == ASK_NOT_A_NUMBER)
        say(&h, "The amount asked for is not a number.");
    else
        form_error_text(&h, form);
    html(&h, "</p>\n<p class='note'>");
    say(&h, "Open all offers and write the amount there.");
    html(&h, "</p>\n");
    end(&h, form->from, form->to, NULL);
    return http_reply_encoded(req, &head);
}

static enum http_result answer(struct http_request *req, const struct ask *ask,
                               const struct market *market, const struct language *language)
{
    struct worker_context *worker = worker_context(req);
    struct answer_asked asked;
    char key[ANSWER_KEY_MAX];
    struct html h = {.out = http_out(req), .language = language};
    struct http_head head = reply_head(200);
    int length = snprintf(key, sizeof(key), "embed/%s/%s-%s?%s%s", language_code(language),
                          ask->from->iso2, ask->to->iso2, ask->amount_text, ask->currency->code);

    answer_source(&asked, req, market, ask->at);
    answer_key(&asked, (struct span){key, (size_t)length});
    if (answer_kept(req, &asked))
        return HTTP_DONE;
    compare(&worker->comparison, ask, market);
    body(&h, &worker->comparison);
    return answer_reply(req, &asked, &asked.source, &head, h.out, worker->comparison.until);
}

enum http_result web_embed(struct http_request *req)
{
    struct worker_context *worker = worker_context(req);
    const struct language *language = language_at(0);
    struct question question;
    struct form form = {.question = &question, .basis = true};
    const struct market *market;
    struct ask_error error;
    struct ask ask;
    struct span asked;

    if (http_query(req, "lang", &asked) > 0 && asked.len > 0)
        language = language_find(asked);
    if (!corridor_parse(http_param(req, "corridor"), &form.from, &form.to) ||
        form.from->currency == NULL || form.to->currency == NULL)
        return no_corridor(req, language != NULL ? language : page_language_asked(req));
    if (language == NULL)
        return wrong_language(req, form.from, form.to, asked);
    if (!market_table_loaded(worker->markets))
        return page_not_ready(req, language);
    question_read(&question, req);
    question_amount(&question, language, form.from, form.to);
    form.send = currency_find(question_value(&question, "currency"));
    if (form.send == NULL)
        form.send = form.from->currency;
    if (question_value(&question, "amount").len == 0)
        question_set(&question, "amount", span_of(amount_usual(form.send)));

    const struct ask_parameter parameters[] = {
        {span_of("from"), span_of(form.from->iso2)},
        {span_of("to"), span_of(form.to->iso2)},
        {span_of("amount"), question_value(&question, "amount")},
        {span_of("currency"), question_value(&question, "currency")},
    };
    size_t count = COUNT_OF(parameters) - (parameters[3].value.len == 0);

    market = market_table_find(worker->markets, form.from, form.to);
    form.error = &error;
    if (!ask_read(&ask, parameters, count, ASK_TYPED, instant_now(), &error) ||
        !ask_settle(&ask, market, &error))
        return wrong(req, language, &form);
    return answer(req, &ask, market, language);
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
    html(h, "&quot; width=&quot;320&quot; height=&quot;360&quot; "
            "frameborder=&quot;0&quot;&gt;&lt;/iframe&gt;</code></p>\n"
            "</details>\n");
}
