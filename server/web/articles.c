/*
 * What is good to know before sending money: short texts, each in every language, dated and with
 * their sources. An article is a file articles/LANGUAGE/NAME.md, rendered once at the start, and a
 * line in NAMES.
 */
#include "server/web/articles.h"

#include "server/web/markdown.h"
#include "server/web/page.h"
#include "server/web/say.h"
#include "server/web/web.h"

#include <corridor/log.h>

#include <stdio.h>

#define LANGUAGES_MAX 16

static const char *const NAMES[] = {
    "real-cost",      "exchange-rate", "cash-wallet-or-account", "without-a-bank-account",
    "first-transfer", "before-paying", "when-it-goes-wrong",     "sending-regularly",
};
static struct markdown articles[COUNT_OF(NAMES)][LANGUAGES_MAX];

bool articles_open(void)
{
    if (language_count() > LANGUAGES_MAX)
        return false;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        for (size_t l = 0; l < language_count(); l++) {
            char file[64];
            int32_t day;

            snprintf(file, sizeof(file), "articles/%s/%s.md", language_codes()[l], NAMES[i]);
            if (!markdown_open_file(&articles[i][l], file)) {
                articles_close();
                return false;
            }
            if (!markdown_day(&articles[i][l], "updated", &day)) {
                log_error("%s has no day in its line \"updated\"", file);
                articles_close();
                return false;
            }
        }
    }
    return true;
}

void articles_close(void)
{
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        for (size_t l = 0; l < LANGUAGES_MAX; l++)
            markdown_close(&articles[i][l]);
    }
}

size_t articles_count(void)
{
    return COUNT_OF(NAMES);
}

const char *articles_name(size_t index)
{
    return NAMES[index];
}

/* ---- The list ---- */

static void list_title(struct html *h, const void *about)
{
    (void)about;
    say(h, "Good to know");
}

static void list_description(struct html *h, const void *about)
{
    (void)about;
    say(h, "Short texts about sending money: costs, rates, ways to receive, and your rights.");
}

static void list_body(struct html *h, const void *about)
{
    html(h, "<div class='text'>\n<h1>");
    list_title(h, about);
    html(h, "</h1>\n<p class='lead'>");
    list_description(h, about);
    html(h, "</p>\n<ul class='articles'>\n");
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        const struct markdown *text = &articles[i][language_index(h->language)];

        html(h, "<li><a href='/");
        html_text(h, language_code(h->language));
        html(h, "/articles/");
        html_text(h, NAMES[i]);
        html(h, "'>");
        html_span(h, markdown_field(text, "title"));
        html(h, "</a><p>");
        html_span(h, markdown_field(text, "description"));
        html(h, "</p></li>\n");
    }
    html(h, "</ul>\n</div>\n");
}

/* Kept for as long as the program runs: its texts do not change. */
static bool kept(struct answer_asked *asked, struct http_request *req,
                 const struct language *language, const char *address)
{
    answer_source(asked, req, NULL, instant_now());
    page_key(asked, req, language, address, NULL);
    return answer_kept(req, asked);
}

enum http_result web_articles(struct http_request *req)
{
    const struct language *language = page_language(req);
    struct answer_asked asked;

    if (language == NULL)
        return web_not_found(req);
    if (kept(&asked, req, language, "articles/"))
        return HTTP_DONE;
    return page_reply(req, language,
                      &(struct page){.status = 200,
                                     .address = "articles/",
                                     .indexed = true,
                                     .asked = &asked,
                                     .until = INSTANT_NEVER,
                                     .title = list_title,
                                     .description = list_description,
                                     .main = list_body});
}

/* ---- One ---- */

static void title(struct html *h, const void *about)
{
    html_span(h, markdown_field(about, "title"));
}

static void description(struct html *h, const void *about)
{
    html_span(h, markdown_field(about, "description"));
}

static void body(struct html *h, const void *about)
{
    const struct markdown *text = about;
    int32_t day;

    html(h, "<article class='text' itemscope itemtype='https://schema.org/Article'>\n"
            "<h1 itemprop='headline'>");
    title(h, text);
    html(h, "</h1>\n<p class='lead' itemprop='description'>");
    description(h, text);
    html(h, "</p>\n<meta itemprop='inLanguage' content='");
    html_text(h, language_code(h->language));
    html(h, "'>\n<div itemprop='articleBody'>\n");
    markdown_write(h, text);
    html(h, "</div>\n");
    if (markdown_day(text, "updated", &day)) {
        html(h, "<meta itemprop='dateModified' content='");
        html_span(h, markdown_field(text, "updated"));
        html(h, "'>\n<p class='note'>");
        say_with(h, "Last changed: {day}", SAY_DAY("day", day));
        html(h, "</p>\n");
    }
    html(h, "<p><a href='/");
    html_text(h, language_code(h->language));
    html(h, "/articles/'>");
    say(h, "More that is good to know");
    html(h, "</a></p>\n</article>\n");
}

enum http_result web_article(struct http_request *req)
{
    const struct language *language = page_language(req);
    struct span name = http_param(req, "article");
    struct answer_asked asked;
    char address[64];

    for (size_t i = 0; language != NULL && i < COUNT_OF(NAMES); i++) {
        if (!span_is(name, NAMES[i]))
            continue;
        snprintf(address, sizeof(address), "articles/%s", NAMES[i]);
        if (kept(&asked, req, language, address))
            return HTTP_DONE;
        return page_reply(req, language,
                          &(struct page){.status = 200,
                                         .address = address,
                                         .indexed = true,
                                         .asked = &asked,
                                         .until = INSTANT_NEVER,
                                         .view = &articles[i][language_index(language)],
                                         .title = title,
                                         .description = description,
                                         .main = body});
    }
    return web_not_found(req);
}
