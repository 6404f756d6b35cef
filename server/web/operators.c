/* The firms by name: who they are, and how many corridors they serve. */
#include "server/web/atlas.h"
#include "server/web/page.h"
#include "server/web/say.h"
#include "server/web/web.h"
#include "server/web/words.h"

#include "server/market_table.h"
#include "server/worker.h"

#include <stdlib.h>

struct firm {
    const struct market_operator *firm;
    size_t corridors;
};

struct view {
    struct firm *firms;
    size_t count;
};

/* The same firm has a struct of its own in each corridor: together by id, then once. */
static int by_id(const void *a, const void *b)
{
    const struct firm *left = a;
    const struct firm *right = b;

    return strcmp(left->firm->id, right->firm->id);
}

static int by_name(const void *a, const void *b)
{
    const struct firm *left = a;
    const struct firm *right = b;
    int order = atlas_order(left->firm->name, right->firm->name);

    return order != 0 ? order : by_id(a, b);
}

/* All firms that some corridor knows, by name. False when memory is short. */
static bool gather(struct view *view, const struct market_table *markets)
{
    size_t market_count;
    const struct market *const *all = market_table_all(markets, &market_count);
    size_t room = 0;
    size_t kept = 0;

    for (size_t i = 0; i < market_count; i++)
        room += all[i]->operator_count;
    *view = (struct view){.firms = calloc(room + 1, sizeof(*view->firms))};
    if (view->firms == NULL)
        return false;
    for (size_t i = 0; i < market_count; i++) {
        for (size_t o = 0; o < all[i]->operator_count; o++)
            view->firms[view->count++] = (struct firm){all[i]->operators[o], 1};
    }
    qsort(view->firms, view->count, sizeof(*view->firms), by_id);
    for (size_t i = 0; i < view->count; i++) {
        if (kept > 0 && strcmp(view->firms[kept - 1].firm->id, view->firms[i].firm->id) == 0)
            view->firms[kept - 1].corridors++;
        else
            view->firms[kept++] = view->firms[i];
    }
    view->count = kept;
    qsort(view->firms, view->count, sizeof(*view->firms), by_name);
    return true;
}

static void title(struct html *h, const void *about)
{
    (void)about;
    say(h, "Companies that send money");
}

static void description(struct html *h, const void *about)
{
    (void)about;
    say(h, "Every company whose prices we know, where it sends, and what it takes.");
}

static void body(struct html *h, const void *about)
{
    const struct view *view = about;

    html(h, "<h1>");
    title(h, view);
    html(h, "</h1>\n<p class='lead'>");
    description(h, view);
    html(h, "</p>\n<ul class='firms'>\n");
    for (size_t i = 0; i < view->count; i++) {
        const struct firm *firm = &view->firms[i];

        html(h, "<li><a href='operators/");
        html_url(h, span_of(firm->firm->id));
        html(h, "'><bdi>");
        html_text(h, firm->firm->name);
        html(h, "</bdi></a> <small>");
        say(h, words_firm(firm->firm->type));
        html_comma(h);
        say_n(h, firm->corridors, "{n} corridor", "{n} corridors");
        html(h, "</small></li>\n");
    }
    html(h, "</ul>\n");
}

/* True when one of them is invented. */
static bool invented(const struct view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        if (view->firms[i].firm->demonstration)
            return true;
    }
    return false;
}

enum http_result web_operators(struct http_request *req)
{
    const struct language *language = page_language(req);
    const struct market_table *markets = worker_context(req)->markets;
    struct answer_asked asked;
    struct view view;
    enum http_result result;

    if (language == NULL)
        return web_not_found(req);
    if (!market_table_loaded(markets))
        return page_not_ready(req, language);
    answer_source(&asked, req, NULL, instant_now());
    page_key(&asked, req, language, "operators", NULL);
    if (answer_kept(req, &asked))
        return HTTP_DONE;
    if (!gather(&view, markets))
        return page_not_ready(req, language);
    result = page_reply(req, language,
                        &(struct page){.status = 200,
                                       .address = "operators",
                                       .indexed = true,
                                       .demonstration = invented(&view),
                                       .asked = &asked,
                                       .source = {.market = market_table_version(markets)},
                                       .until = INSTANT_NEVER,
                                       .view = &view,
                                       .title = title,
                                       .description = description,
                                       .main = body});
    free(view.firms);
    return result;
}
