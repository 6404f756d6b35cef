/*
 * What browsers and finders of holes look for at known addresses: the manifest of the site, and
 * whom to tell (security.txt, RFC 9116).
 */
#include "server/web/assets.h"
#include "server/web/page.h"
#include "server/web/prose.h"
#include "server/web/web.h"

#define DAY "public, max-age=86400"

static enum http_result send(struct http_request *req, const char *type, struct out *out)
{
    char etag[ANSWER_ETAG_MAX];

    answer_etag(etag, out_span(out));
    return http_reply_encoded(
        req, &(struct http_head){
                 .status = 200, .content_type = type, .etag = etag, .cache_control = DAY});
}

/* What the site is called where somebody puts it beside their programs. */
enum http_result web_manifest(struct http_request *req)
{
    const struct language *language = page_language(req);
    struct out *out = http_out(req);

    if (language == NULL)
        return web_not_found(req);
    json_open(out, '{');
    json_member_text(out, "name", "Corridor");
    json_member_text(out, "short_name", "Corridor");
    json_member_text(
        out, "description",
        message(language, "See what arrives, with all fees and the exchange rate counted."));
    json_member_text(out, "lang", language_code(language));
    json_member_text(out, "dir", language_direction(language));
    json_key(out, "start_url");
    struct out start;
    out_init(&start, 64);
    out_printf(&start, "/%s/", language_code(language));
    json_span(out, out_span(&start));
    out_free(&start);
    json_member_text(out, "display", "standalone");
    json_member_text(out, "theme_color", "#0a6b4b");
    json_member_text(out, "background_color", "#fbfaf7");
    json_key(out, "icons");
    json_open(out, '[');
    json_open(out, '{');
    json_member_text(out, "src", assets_icon());
    json_member_text(out, "sizes", "any");
    json_member_text(out, "type", "image/svg+xml");
    json_close(out, '}');
    json_close(out, ']');
    json_close(out, '}');
    return send(req, "application/manifest+json", out);
}

/* Without a contact there is nobody to name, and the file must name somebody. */
enum http_result web_security(struct http_request *req)
{
    const char *contact = prose_contact();
    struct out *out = http_out(req);
    char expires[INSTANT_TEXT_MAX];

    if (contact[0] == '\0')
        return web_not_found(req);
    /* At most a year, by the RFC; and by whole days, so that the text holds for one. */
    (void)instant_print(expires, sizeof(expires),
                        (int64_t)(instant_day(instant_now()) + 180) * 86400 * INSTANT_SECOND);
    out_text(out, "Contact: ");
    if (strncmp(contact, "https://", 8) != 0)
        out_text(out, "mailto:");
    out_printf(out,
               "%s\nExpires: %s\nCanonical: %s/.well-known/security.txt\n"
               "Preferred-Languages:",
               contact, expires, web_origin());
    for (size_t i = 0; i < language_count(); i++)
        out_printf(out, "%s %s", i == 0 ? "" : ",", language_codes()[i]);
    out_char(out, '\n');
    return send(req, "text/plain; charset=utf-8", out);
}
