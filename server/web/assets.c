/* Files of server/web that browsers fetch, prepared once and sent by reference. */
#include "server/web/assets.h"

#include "server/web/web.h"

#include <corridor/embed.h>
#include <corridor/log.h>

#include <openssl/evp.h>
#include <stdio.h>

struct asset {
    const char *file; /* below server/web */
    const char *stem; /* of an address made from its bytes; NULL: it is at its own name, always */
    const char *suffix;
    const char *content_type;
    char address[64];
    struct http_content *content;
};
enum {
    STYLE,
    ICON,
    SCRIPT,
    SERVICE_WORKER,
    OPENAPI
};
static struct asset assets[] = {
    [STYLE] = {"style.css", "style", "css", "text/css; charset=utf-8", "", NULL},
    [SCRIPT] = {"site.js", "site", "js", "text/javascript; charset=utf-8", "", NULL},
    [SERVICE_WORKER] = {"sw.js", NULL, NULL, "text/javascript; charset=utf-8", "", NULL},
    [OPENAPI] = {"openapi.json", NULL, NULL, "application/json; charset=utf-8", "", NULL},
    [ICON] = {"icon.svg", "icon", "svg", "image/svg+xml", "", NULL},
};

static const struct embed_file *file_find(const char *name)
{
    for (size_t i = 0; i < embed_web_count; i++) {
        if (strcmp(embed_web[i].name, name) == 0)
            return &embed_web[i];
    }
    return NULL;
}

static bool prepare(struct asset *asset)
{
    const struct embed_file *file = file_find(asset->file);
    unsigned char hash[EVP_MAX_MD_SIZE];
    const struct http_head head = {
        .status = 200,
        .content_type = asset->content_type,
        .cache_control =
            asset->stem == NULL ? "public, max-age=300" : "public, max-age=31536000, immutable",
    };

    if (file == NULL || EVP_Digest(file->data, file->size, hash, NULL, EVP_sha256(), NULL) != 1)
        return false;
    if (asset->stem == NULL)
        snprintf(asset->address, sizeof(asset->address), "/%s", asset->file);
    else
        snprintf(asset->address, sizeof(asset->address), "/assets/%s.%02x%02x%02x%02x%02x%02x.%s",
                 asset->stem, hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], asset->suffix);
    asset->content = http_content_new(&head, (struct span){(const char *)file->data, file->size});
    return asset->content != NULL && http_content_prepare(asset->content);
}

bool assets_open(void)
{
    for (size_t i = 0; i < COUNT_OF(assets); i++) {
        if (!prepare(&assets[i])) {
            log_error("%s of the site cannot be prepared", assets[i].file);
            assets_close();
            return false;
        }
    }
    return true;
}

void assets_close(void)
{
    for (size_t i = 0; i < COUNT_OF(assets); i++) {
        http_content_free(assets[i].content);
        assets[i].content = NULL;
    }
}

const char *assets_style(void)
{
    return assets[STYLE].address;
}

const char *assets_icon(void)
{
    return assets[ICON].address;
}

const char *assets_script(void)
{
    return assets[SCRIPT].address;
}

enum http_result web_asset(struct http_request *req)
{
    for (size_t i = 0; i < COUNT_OF(assets); i++) {
        if (span_is(http_path(req), assets[i].address))
            return http_reply_content(req, assets[i].content);
    }
    return web_not_found(req);
}

/* Filters multiply addresses without adding anything to find. */
enum http_result web_robots(struct http_request *req)
{
    static const char TEXT[] = "User-agent: *\nDisallow: /*?*pay_in=\nDisallow: /*?*pay_out=\n"
                               "Disallow: /*?*max_speed=\nDisallow: /*/compare\nAllow: /\n";
    const struct http_head head = {
        .status = 200,
        .content_type = "text/plain; charset=utf-8",
        .cache_control = "public, max-age=86400",
    };

    struct out *out = http_out(req);

    out_bytes(out, TEXT, sizeof(TEXT) - 1);
    out_printf(out, "Sitemap: %s/sitemap.xml\n", web_origin());
    return http_reply_encoded(req, &head);
}
