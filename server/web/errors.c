/* For when there is no page: the one that was meant, or what happened and the way on. */
#include "server/web/corridors.h"
#include "server/web/page.h"
#include "server/web/say.h"
#include "server/web/web.h"

#include "server/worker.h"

struct view {
    const struct market_table *markets;
    const struct country *sender; /* NULL: no corridors to offer */
    bool company;                 /* the address is of a company's page */
};

static void missing_title(struct html *h, const void *about)
{
    (void)about;
    say(h, "This page does not exist");
}

static void missing(struct html *h, const void *about)
{
    const struct view *view = about;

    html(h, "<div class='home'>\n<h1>");
    say(h, "This page does not exist");
    html(h, "</h1>\n<p class='lead'>");
    say(h, view->company
               ? MESSAGE("Perhaps the address has a mistake, or we do not know this company.")
               : MESSAGE("Perhaps the address has a mistake, or we do not know this corridor."));
    html(h, "</p>\n<p><a class='button' href='/");
    html_text(h, language_code(h->language));
    if (view->company) {
        html(h, "/operators'>");
        say(h, "All companies");
    } else {
        html(h, "/'>");
        say(h, "Choose two countries");
    }
    html(h, "</a></p>\n");
    if (view->sender != NULL)
        corridors_section(h, view->markets, view->sender, NULL, NULL);
    html(h, "</div>\n");
}

/* The language that the address begins with; NULL: none. */
static const struct language *language_named(const struct http_request *req)
{
    struct span path = http_path(req);
    const char *end = path.len < 2 ? NULL : memchr(path.at + 1, '/', path.len - 1);

    if (path.len < 2)
        return NULL;
    return language_find(
        (struct span){path.at + 1, end == NULL ? path.len - 1 : (size_t)(end - path.at) - 1});
}

/* ---- A slash too many, or too few ---- */

/* True when a path has a route and may be a page: nobody is led on to another error where that can
 * be told. */
static bool may_be(const struct http_request *req, struct span path)
{
    const struct http_route *route = http_route_at(req, path);
    const char *last = memrchr(path.at, '/', path.len);
    const struct country *from;
    const struct country *to;

    if (route == NULL)
        return false;
    if (strncmp(route->pattern, "/{lang}", 7) == 0 && language_named(req) == NULL)
        return false;
    return route->handler != web_corridor ||
           corridor_parse((struct span){last + 1, (size_t)(path.at + path.len - last) - 1}, &from,
                          &to);
}

/*
 * Leads to the same address with a slash more or less at its end, where there is one, query and
 * all. It begins with this path, and no route has an empty first segment: no "//host" comes of it.
 */
static bool lead_to_other_slash(struct http_request *req)
{
    struct span path = http_path(req);
    struct span target = http_target(req);
    const char *query = path.at + path.len; /* with its "?", to the target's end */
    struct out *location = http_out(req);
    size_t length;

    if (path.len < 2 || path.at[1] == '/')
        return false;
    length = path.at[path.len - 1] == '/' ? path.len - 1 : path.len + 1;
    out_span_append(location, path);
    out_char(location, '/');
    if (out_failed(location) || !may_be(req, (struct span){location->at, length}))
        return false;
    location->len = length;
    out_bytes(location, query, (size_t)(target.at + target.len - query));
    out_char(location, '\0');
    if (out_failed(location))
        return false;
    (void)http_redirect(req, 308, location->at);
    return true;
}

/* Programs are told in their own way: "/v1/…", "/v4/…". */
static bool is_of_api(struct span path)
{
    return path.len > 3 && path.at[1] == 'v' && path.at[2] >= '0' && path.at[2] <= '9' &&
           path.at[3] == '/';
}

enum http_result web_not_found(struct http_request *req)
{
    const struct market_table *markets = worker_context(req)->markets;
    const struct language *language = language_named(req);
    struct span path = http_path(req);
    struct view view = {.markets = markets,
                        .sender = corridors_busiest(markets),
                        .company = memmem(path.at, path.len, "/operators/", 11) != NULL};

    if (lead_to_other_slash(req))
        return HTTP_DONE;
    if (is_of_api(path))
        return http_problem(req, &(struct http_problem){.status = 404,
                                                        .code = "not-found",
                                                        .title = "There is no such address",
                                                        .allowed = "what /openapi.json lists"});
    return page_reply(req, language != NULL ? language : page_language_asked(req),
                      &(struct page){.status = 404,
                                     .demonstration = corridors_invented(markets),
                                     .view = &view,
                                     .title = missing_title,
                                     .main = missing});
}

static void not_ready_title(struct html *h, const void *about)
{
    (void)about;
    say(h, "One moment");
}

static void not_ready(struct html *h, const void *about)
{
    (void)about;
    html(h, "<div class='home'>\n<h1>");
    say(h, "One moment");
    html(h, "</h1>\n<p class='lead'>");
    say(h, "The prices are being loaded. Load this page again in a few seconds.");
    html(h, "</p>\n</div>\n");
}

enum http_result page_not_ready(struct http_request *req, const struct language *language)
{
    return page_reply(req, language,
                      &(struct page){.status = 503, .title = not_ready_title, .main = not_ready});
}
