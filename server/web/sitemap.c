/* The addresses that search engines are told of: an index, and a list for each language. */
#include "server/web/articles.h"
#include "server/web/page.h"
#include "server/web/prose.h"
#include "server/web/web.h"

#include "server/market_table.h"
#include "server/worker.h"

#include <stdio.h>

static enum http_result reply(struct http_request *req)
{
    return http_reply_encoded(req, &(struct http_head){.status = 200,
                                                       .content_type = "application/xml",
                                                       .cache_control = "public, max-age=3600"});
}

static void address(struct html *h, const char *path)
{
    html(h, "<url><loc>");
    html_text(h, web_origin());
    html(h, "/");
    html_text(h, language_code(h->language));
    html(h, "/");
    html_text(h, path);
    html(h, "</loc></url>\n");
}

enum http_result web_sitemap(struct http_request *req)
{
    struct html h = {.out = http_out(req), .language = language_at(0)};

    html(&h, "<?xml version='1.0' encoding='UTF-8'?>\n"
             "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\n");
    for (size_t i = 0; i < language_count(); i++) {
        html(&h, "<sitemap><loc>");
        html_text(&h, web_origin());
        html(&h, "/");
        html_text(&h, language_codes()[i]);
        html(&h, "/sitemap.xml</loc></sitemap>\n");
    }
    html(&h, "</sitemapindex>\n");
    return reply(req);
}

/* A corridor is told of when something is known of it. */
enum http_result web_sitemap_language(struct http_request *req)
{
    const struct language *language = page_language(req);
    const struct market_table *markets = worker_context(req)->markets;
    struct html h = {.out = http_out(req), .language = language};
    size_t count;
    const char *const *names = prose_names(&count);
    const struct market *const *all;

    if (language == NULL)
        return web_not_found(req);
    if (!market_table_loaded(markets))
        return page_not_ready(req, language);
    html(&h, "<?xml version='1.0' encoding='UTF-8'?>\n"
             "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\n");
    address(&h, "");
    address(&h, "operators");
    address(&h, "observatory");
    address(&h, "articles/");
    for (size_t i = 0; i < articles_count(); i++) {
        char path[64];

        snprintf(path, sizeof(path), "articles/%s", articles_name(i));
        address(&h, path);
    }
    for (size_t i = 0; i < count; i++)
        address(&h, names[i]);
    all = market_table_all(markets, &count);
    for (size_t i = 0; i < count; i++)
        address(&h, all[i]->id);
    html(&h, "</urlset>\n");
    return reply(req);
}
