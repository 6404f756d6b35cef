/* What the site needs before the first request, and the ways to a language. */
#include "server/web/web.h"

#include "server/web/articles.h"
#include "server/web/assets.h"
#include "server/web/atlas.h"
#include "server/web/gsm.h"
#include "server/web/map.h"
#include "server/web/page.h"
#include "server/web/prose.h"
#include "server/web/words.h"

#include <corridor/log.h>

#include <stdio.h>

static const char *site_origin = "";

const char *web_origin(void)
{
    return site_origin;
}

bool web_open(const char *origin, const char *contact)
{
    site_origin = origin;
    if (i18n_open() && atlas_open() && words_open() && assets_open() && prose_open(contact) &&
        articles_open() && gsm_open() && map_open())
        return true;
    log_error("the site cannot be prepared");
    web_close();
    return false;
}

void web_close(void)
{
    articles_close();
    prose_close();
    assets_close();
    words_close();
    atlas_close();
    i18n_close();
}

/* Caches must not give one reader's language to another, hence Vary. */
enum http_result web_root(struct http_request *req)
{
    char location[16];
    const struct http_field to = {"Location", location};

    snprintf(location, sizeof(location), "/%s/", language_code(page_language_asked(req)));
    return http_reply_bytes(req,
                            &(struct http_head){.status = 303,
                                                .cache_control = "no-cache",
                                                .vary = "Accept-Language",
                                                .fields = &to,
                                                .field_count = 1},
                            (struct span){"", 0});
}
