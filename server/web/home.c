/* The home page, and where its form leads. A question without countries comes back here with what
 * is missing said at its field. */
#include "server/web/corridors.h"
#include "server/web/form.h"
#include "server/web/page.h"
#include "server/web/say.h"
#include "server/web/web.h"

#include "server/worker.h"

struct view {
    struct question question;
    struct form form;
    struct ask_error error;
    const struct market_table *markets;
    const struct country *sender; /* whose corridors are listed; NULL when none is known */
};

static void title(struct html *h, const void *about)
{
    (void)about;
    say(h, "What does it cost to send money home?");
}

static void description(struct html *h, const void *about)
{
    (void)about;
    say(h, "See what arrives. We compare all fees and exchange rates of money transfers. No "
           "adverts, no account.");
}

static void body(struct html *h, const void *about)
{
    const struct view *view = about;

    html(h, "<div class='home'>\n<h1>");
    say(h, "What does it cost to send money home?");
    html(h, "</h1>\n<p class='lead'>");
    say(h, "See what arrives, with all fees and the exchange rate counted.");
    html(h, "</p>\n");
    if (view->form.error != NULL)
        form_error_summary(h, &view->form);
    form_write(h, &view->form);
    if (corridors_busiest(view->markets) == NULL) { /* and so no country to choose */
        html(h, "<p class='note'>");
        say(h, "There are no figures yet.");
        html(h, "</p>\n");
    }
    if (view->sender != NULL)
        corridors_section(h, view->markets, view->sender, NULL, NULL);
    corridors_world(h, view->markets);
    html(h, "</div>\n");
}

static enum http_result home(struct http_request *req, const struct language *language,
                             const struct answer_asked *asked_now, struct view *view, int status)
{
    struct worker_context *worker = worker_context(req);
    bool asked = view->question.count > 0;

    view->markets = worker->markets;
    view->sender = view->form.from != NULL ? view->form.from : corridors_busiest(view->markets);
    view->form.question = &view->question;
    if (!asked)
        view->form.from = view->sender;
    if (question_value(&view->question, "amount").len == 0 && view->form.error == NULL &&
        view->sender != NULL && view->sender->currency != NULL)
        question_set(&view->question, "amount", span_of(amount_usual(view->sender->currency)));
    form_countries(&view->form, view->markets);
    return page_reply(req, language,
                      &(struct page){.status = status,
                                     .address = "",
                                     .script = true,
                                     .indexed = !asked,
                                     .demonstration = corridors_invented(view->markets),
                                     .fault = view->form.error != NULL,
                                     .asked = asked_now,
                                     .source = {.market = market_table_version(view->markets)},
                                     .until = INSTANT_NEVER,
                                     .view = view,
                                     .title = title,
                                     .description = description,
                                     .main = body});
}

enum http_result web_home(struct http_request *req)
{
    const struct language *language = page_language(req);
    struct view view = {.markets = NULL};
    struct answer_asked asked;

    if (language == NULL)
        return web_not_found(req);
    if (!market_table_loaded(worker_context(req)->markets))
        return page_not_ready(req, language);
    question_read(&view.question, req);
    view.form.from = country_find(question_value(&view.question, "from"));
    view.form.to = country_find(question_value(&view.question, "to"));
    question_amount(&view.question, language, view.form.from, view.form.to);
    answer_source(&asked, req, NULL, instant_now());
    page_key(&asked, req, language, "", &view.question);
    if (answer_kept(req, &asked))
        return HTTP_DONE;
    return home(req, language, &asked, &view, 200);
}

/* The country a field names; false with the error set when it is missing or none. */
static bool country(struct view *view, const char *field, const struct country **out)
{
    struct span value = question_value(&view->question, field);

    *out = country_find(value);
    if (*out == NULL && view->form.error == NULL) {
        view->error =
            (struct ask_error){.fault = value.len == 0 ? ASK_MISSING : ASK_UNKNOWN_COUNTRY,
                               .parameter = field,
                               .received = value};
        view->form.error = &view->error;
    }
    return *out != NULL;
}

/* The form's currencies were those of other countries when only a country was changed: where no
 * offer has one, the country's own is meant. */
static void drop_currency(struct question *question, const struct market *market, bool receiving)
{
    const char *name = receiving ? "receive_currency" : "currency";
    const struct currency *chosen = currency_find(question_value(question, name));
    bool taken = false;

    if (chosen == NULL || market == NULL || market->offer_count == 0)
        return;
    for (size_t i = 0; !taken && i < market->offer_count; i++) {
        const struct tariff *tariff = market->offers[i].tariff;

        taken = (receiving ? tariff->receive : tariff->send) == chosen;
    }
    if (!taken || (receiving ? market->to : market->from)->currency == chosen)
        question_unset(question, name);
}

enum http_result web_compare(struct http_request *req)
{
    const struct language *language = page_language(req);
    struct view view = {.markets = NULL};
    bool known;

    if (language == NULL)
        return web_not_found(req);
    if (!market_table_loaded(worker_context(req)->markets))
        return page_not_ready(req, language);
    question_read(&view.question, req);
    known = country(&view, "from", &view.form.from);
    known = country(&view, "to", &view.form.to) && known; /* the form shows both again */
    if (known) {
        const struct market *market =
            market_table_find(worker_context(req)->markets, view.form.from, view.form.to);

        drop_currency(&view.question, market, false);
        drop_currency(&view.question, market, true);
    }
    question_amount(&view.question, language, view.form.from, view.form.to);
    if (known) {
        if (view.form.from != view.form.to) {
            char id[6];

            corridor_print(id, view.form.from, view.form.to);
            question_unset(&view.question, "from");
            question_unset(&view.question, "to");
            return page_lead_on(req, language, 303, id, &view.question);
        }
        view.error = (struct ask_error){.fault = ASK_SAME_COUNTRY, .parameter = "to"};
        view.form.error = &view.error;
    }
    return home(req, language, NULL, &view, ask_fault_status(view.error.fault));
}
