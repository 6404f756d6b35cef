/*
 * Texts of the site, written in Markdown and rendered once, when the program starts.
 *
 * A file below server/web begins with lines "name: value", then an empty line, then the text:
 * CommonMark with GitHub's tables, in cmark-gfm's safe mode, so that a tag in it is dropped and an
 * address that could run a script leads nowhere. The page writes the title as its <h1>, so the
 * text's own headings begin with "##". A link's title that is a language's code says which language
 * its words and its target are in, [World Bank](https://example.org "en"), and after "hreflang="
 * its target alone, [Banque mondiale](https://example.org "hreflang=en").
 */
#ifndef CORRIDOR_WEB_MARKDOWN_H
#define CORRIDOR_WEB_MARKDOWN_H

#include "server/web/html.h"

struct markdown {
    struct span head; /* the lines before the text; points into the source */
    struct out body;  /* the text as HTML */
};

/* Renders a text, at most 256 KiB, whose bytes must outlive it. On failure *error is a static text.
 */
MUST_CHECK bool markdown_open(struct markdown *out, struct span source, const char **error);
/* The same from a file that the program carries: "pages/fr/about.md". False, having logged why,
 * when it is missing or wrong. */
MUST_CHECK bool markdown_open_file(struct markdown *out, const char *name);
/* One that was never opened, all zeros, is nothing to close. */
void markdown_close(struct markdown *markdown);

/* The value of a line of the head, without blanks round it: "title"; empty when there is none. */
struct span markdown_field(const struct markdown *markdown, const char *name);
/* A line of the head that is a day, "2026-11-25", counted from 1970-01-01; false when it is none.
 */
bool markdown_day(const struct markdown *markdown, const char *name, int32_t *out);

/* What a text says only under a condition stands between {name} and {/name}, each within a
 * paragraph or a paragraph of its own: keeps it, or takes it out. */
void markdown_keep(struct markdown *markdown, const char *name, bool kept);

void markdown_write(struct html *h, const struct markdown *markdown);

#endif
