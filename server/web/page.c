/* The layout, from doctype to footer, and the fields that keep a page to itself (CSP and others).
 */
#include "server/web/page.h"

#include "server/web/assets.h"
#include "server/web/footer.h"
#include "server/web/say.h"
#include "server/web/web.h"

#include <corridor/instant.h>

/* Whole, as search engines want it. */
static void own_address(struct html *h, const char *code, const char *address)
{
    html_text(h, web_origin());
    html(h, "/");
    html_text(h, code);
    html(h, "/");
    html_text(h, address);
}

static void alternate(struct html *h, const char *hreflang, const char *code, const char *address)
{
    html(h, "<link rel='alternate' hreflang='");
    html_text(h, hreflang);
    html(h, "' href='");
    own_address(h, code, address);
    html(h, "'>\n");
}

/* How the page looks where somebody shares it (OpenGraph). */
static void shared(struct html *h, const struct page *page)
{
    html(h, "<meta property='og:site_name' content='Corridor'>\n"
            "<meta property='og:type' content='website'>\n<meta property='og:title' content='");
    h->words_only = true;
    page->title(h, page->view);
    if (page->description != NULL) {
        html(h, "'>\n<meta property='og:description' content='");
        page->description(h, page->view);
    }
    h->words_only = false;
    html(h, "'>\n<meta property='og:url' content='");
    own_address(h, language_code(h->language), page->address);
    html(h, "'>\n");
}

static void head(struct html *h, const struct page *page)
{
    html(h, "<!doctype html>\n<html lang='");
    html_text(h, language_code(h->language));
    html(h, "' dir='");
    html_text(h, language_direction(h->language));
    html(h, "'>\n<head>\n<meta charset='utf-8'>\n<title>");
    if (page->fault) {
        say(h, "Error");
        html_colon(h);
    }
    h->words_only = true;
    page->title(h, page->view);
    h->words_only = false;
    html(h, " – Corridor</title>\n"
            "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
            "<meta name='color-scheme' content='light dark'>\n");
    if (page->description != NULL) {
        html(h, "<meta name='description' content='");
        h->words_only = true;
        page->description(h, page->view);
        h->words_only = false;
        html(h, "'>\n");
    }
    if (!page->indexed)
        html(h, "<meta name='robots' content='noindex'>\n");
    else
        shared(h, page);
    html(h, "<link rel='stylesheet' href='");
    html_text(h, assets_style());
    html(h, "'>\n<link rel='icon' type='image/svg+xml' href='");
    html_text(h, assets_icon());
    html(h, "'>\n");
    if (page->followed) {
        html(h, "<link rel='alternate' type='application/atom+xml' href='/");
        html_text(h, language_code(h->language));
        html(h, "/");
        html_text(h, page->address);
        html(h, "/feed.atom'>\n");
    }
    html(h, "<meta name='offline' content='"); /* for sw.js, which may keep any page */
    /* Translators: {when} is a date and an hour. */
    say(h, "You are offline. This page is from {when}.");
    html(h, "'>\n");
    if (page->address != NULL) {
        html(h, "<link rel='canonical' href='");
        own_address(h, language_code(h->language), page->address);
        html(h, "'>\n");
        for (size_t i = 0; i < language_count(); i++)
            alternate(h, language_codes()[i], language_codes()[i], page->address);
        /* For readers of any other language: the one that the site itself would choose. */
        alternate(h, "x-default", language_codes()[0], page->address);
    }
    html(h, "</head>\n");
}

/* The reader's language, which opens the list of the others. A page without an address of its own,
 * an error, leads to the other language's home. */
static void language_links(struct html *h, const struct page *page)
{
    html(h, "<nav class='languages' aria-label='");
    say(h, "Languages");
    html(h, "'>\n<details>\n<summary>");
    html_text(h, language_name(h->language));
    html(h, "</summary>\n<ul>\n");
    for (size_t i = 0; i < language_count(); i++) {
        const struct language *other = language_at(i);

        if (other == h->language)
            continue;
        html(h, "<li><a rel='alternate' lang='");
        html_text(h, language_code(other));
        html(h, "' dir='");
        html_text(h, language_direction(other));
        html(h, "' hreflang='");
        html_text(h, language_code(other));
        html(h, "' href='/");
        html_text(h, language_code(other));
        html(h, "/");
        if (page->address != NULL)
            html_text(h, page->address);
        if (page->question != NULL)
            question_link(h, page->question, NULL, NULL);
        html(h, "'>");
        html_text(h, language_name(other));
        html(h, "</a></li>\n");
    }
    html(h, "</ul>\n</details>\n</nav>\n");
}

/* On paper, what a screen has round the page: the site's name, the address, the day. */
static void paper(struct html *h, const struct page *page)
{
    if (page->address == NULL || page->fault)
        return;
    html(h, "<p class='paper'>Corridor · <bdi>");
    own_address(h, language_code(h->language), page->address);
    if (page->question != NULL)
        question_link(h, page->question, NULL, NULL);
    html(h, "</bdi> · ");
    html_day(h, instant_day(instant_now()));
    html(h, "</p>\n");
}

static void body(struct html *h, const struct page *page)
{
    html(h, "<body>\n<a class='skip' href='#main'>");
    say(h, "Go to the main part");
    html(h, "</a>\n<header class='site'>\n<a class='name' href='/");
    html_text(h, language_code(h->language));
    html(h, "/'>Corridor</a>\n");
    language_links(h, page);
    html(h, "</header>\n");
    if (page->demonstration) {
        html(h, "<aside class='demonstration'>");
        say(h, "Demonstration: nothing here is real.");
        html(h, "</aside>\n");
    }
    paper(h, page);
    html(h, "<main id='main'>\n");
    page->main(h, page->view);
    html(h, "</main>\n");
    footer_write(h);
    if (page->script) { /* here, so that it does not share the line with the style sheet */
        html(h, "<script src='");
        html_text(h, assets_script());
        html(h, "' defer></script>\n");
    }
    html(h, "</body>\n</html>\n");
}

#define PAGE_BYTES ((size_t)96 << 10) /* most pages fit, so that their buffer grows once */

/* Nothing but what is named; only what a page uses is. */
#define POLICY                                                                   \
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; " \
    "base-uri 'none'; frame-ancestors 'none'"
#define PERMISSIONS                                                                            \
    {                                                                                          \
        "Permissions-Policy",                                                                  \
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()" \
    }

enum http_result page_reply(struct http_request *req, const struct language *language,
                            const struct page *page)
{
    static const struct http_field FIELDS[] = {{"Content-Security-Policy", POLICY}, PERMISSIONS};
    static const struct http_field WITH_SCRIPT[] = {
        {"Content-Security-Policy",
         POLICY "; script-src 'self'; connect-src 'self'; worker-src 'self'; "
                "manifest-src 'self'"},
        PERMISSIONS};
    struct html h = {.out = http_out(req), .language = language};
    const struct http_head answer = {.status = page->status,
                                     .content_type = "text/html; charset=utf-8",
                                     .cache_control = "no-cache",
                                     .fields = page->script ? WITH_SCRIPT : FIELDS,
                                     .field_count = COUNT_OF(FIELDS)};

    (void)out_room(h.out, PAGE_BYTES);
    head(&h, page);
    body(&h, page);
    if (page->asked == NULL)
        return http_reply_encoded(req, &answer);
    return answer_reply(req, page->asked, &page->source, &answer, h.out, page->until);
}

void page_key(struct answer_asked *asked, struct http_request *req, const struct language *language,
              const char *address, const struct question *question)
{
    struct out *key = http_out(req);

    out_char(key, '/');
    out_text(key, language_code(language));
    out_char(key, '/');
    out_text(key, address);
    if (question != NULL)
        question_location(key, question);
    answer_key(asked, out_span(key));
}

enum http_result page_lead_on(struct http_request *req, const struct language *language, int status,
                              const char *address, const struct question *question)
{
    struct out location;
    enum http_result result;

    out_init(&location, 16384); /* a target's limit, every byte of it encoded */
    out_printf(&location, "/%s/%s", language_code(language), address);
    if (question != NULL)
        question_location(&location, question);
    out_char(&location, '\0');
    result = http_redirect(req, status, out_failed(&location) ? "/" : location.at);
    out_free(&location);
    return result;
}

const struct language *page_language(const struct http_request *req)
{
    return language_find(http_param(req, "lang"));
}

const struct language *page_language_asked(const struct http_request *req)
{
    int chosen = http_choose_language(req, language_codes(), (unsigned)language_count());

    return language_at(chosen < 0 ? 0 : (size_t)chosen);
}
