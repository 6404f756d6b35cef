/*
 * The pages that are texts: how figures are made, who stands behind the site, what is not kept. A
 * text is pages/LANGUAGE/NAME.md, rendered once when the program starts; the same list says what
 * the foot of every page leads to.
 */
#include "server/web/prose.h"

#include "server/web/markdown.h"
#include "server/web/page.h"
#include "server/web/say.h"
#include "server/web/web.h"

#include <corridor/log.h>

#include <stdio.h>

#define LANGUAGES_MAX 16

static const char *const NAMES[] = {"methodology",   "data",    "about",     "privacy",
                                    "accessibility", "contact", "developers"};
static struct markdown prose[COUNT_OF(NAMES)][LANGUAGES_MAX];
static const char *contact_address = "";

bool prose_open(const char *contact)
{
    contact_address = contact;
    if (language_count() > LANGUAGES_MAX)
        return false;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        for (size_t l = 0; l < language_count(); l++) {
            char file[64];

            snprintf(file, sizeof(file), "pages/%s/%s.md", language_codes()[l], NAMES[i]);
            if (!markdown_open_file(&prose[i][l], file)) {
                prose_close();
                return false;
            }
            /* Nobody is asked to write to an address that there is not. */
            markdown_keep(&prose[i][l], "address", contact[0] != '\0');
        }
    }
    return true;
}

const char *prose_contact(void)
{
    return contact_address;
}

void prose_close(void)
{
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        for (size_t l = 0; l < LANGUAGES_MAX; l++)
            markdown_close(&prose[i][l]);
    }
}

const char *const *prose_names(size_t *count)
{
    *count = COUNT_OF(NAMES);
    return NAMES;
}

struct view {
    const struct markdown *text;
    bool contact; /* this is the page that says where to write to */
};

static void title(struct html *h, const void *about)
{
    const struct view *view = about;

    html_span(h, markdown_field(view->text, "title"));
}

static void description(struct html *h, const void *about)
{
    const struct view *view = about;

    html_span(h, markdown_field(view->text, "description"));
}

/* An e-mail address or an https address, as the settings give it. */
static void contact(struct html *h)
{
    html(h, "<p class='contact'>");
    if (contact_address[0] == '\0') {
        say(h, "Whoever runs this copy of the site has not given an address yet.");
    } else {
        say(h, "Write to us:");
        html(h, " <a href='");
        if (strncmp(contact_address, "https://", 8) != 0)
            html(h, "mailto:");
        html_text(h, contact_address);
        html(h, "'><bdi>");
        html_text(h, contact_address);
        html(h, "</bdi></a>");
    }
    html(h, "</p>\n");
}

static void body(struct html *h, const void *about)
{
    const struct view *view = about;
    int32_t day;

    html(h, "<article class='text'>\n<h1>");
    title(h, view);
    html(h, "</h1>\n<p class='lead'>");
    description(h, view);
    html(h, "</p>\n");
    if (view->contact)
        contact(h);
    markdown_write(h, view->text);
    if (markdown_day(view->text, "updated", &day)) {
        html(h, "<p class='note'>");
        say_with(h, "Last changed: {day}", SAY_DAY("day", day));
        html(h, "</p>\n");
    }
    html(h, "</article>\n");
}

enum http_result web_prose(struct http_request *req)
{
    const struct language *language = page_language(req);
    struct span path = http_path(req);
    const char *slash = memrchr(path.at, '/', path.len);
    struct span name = {slash + 1, (size_t)(path.at + path.len - slash) - 1};
    struct answer_asked asked;

    for (size_t i = 0; language != NULL && i < COUNT_OF(NAMES); i++) {
        struct view view;

        if (!span_is(name, NAMES[i]))
            continue;
        answer_source(&asked, req, NULL, instant_now());
        page_key(&asked, req, language, NAMES[i], NULL);
        if (answer_kept(req, &asked))
            return HTTP_DONE;
        view = (struct view){&prose[i][language_index(language)], strcmp(NAMES[i], "contact") == 0};
        return page_reply(req, language,
                          &(struct page){.status = 200,
                                         .address = NAMES[i],
                                         .indexed = true,
                                         .asked = &asked,
                                         .until = INSTANT_NEVER,
                                         .view = &view,
                                         .title = title,
                                         .description = description,
                                         .main = body});
    }
    return web_not_found(req);
}
