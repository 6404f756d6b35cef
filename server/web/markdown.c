/*
 * Markdown to HTML by cmark-gfm. The one hard thing is links: cmark would write what a text gives
 * as their title, and we need the language of their words there, so each is put in our own tags
 * before the document is written.
 */
#include "server/web/markdown.h"

#include <corridor/embed.h>
#include <corridor/instant.h>
#include <corridor/log.h>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <stdio.h>
#include <stdlib.h>

#define SOURCE_MAX ((size_t)256 << 10)
#define LINKS_MAX  512U
#define WHOLE_MAX  30U /* bytes of HTML */

/* Cuts the source behind its first empty line. */
static bool head_cut(struct span source, struct span *head, struct span *text)
{
    const char *end = memmem(source.at, source.len, "\n\n", 2);

    if (end == NULL)
        return false;
    *head = (struct span){source.at, (size_t)(end - source.at) + 1};
    *text = (struct span){end + 2, source.len - head->len - 1};
    return true;
}

static bool is_language(const char *text)
{
    return strlen(text) == 2 && text[0] >= 'a' && text[0] <= 'z' && text[1] >= 'a' &&
           text[1] <= 'z';
}

/* Within the site, or to one that a browser fetches; all else could be made to run. */
static bool is_address(const char *url)
{
    return strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0 ||
           strncmp(url, "mailto:", 7) == 0 || strchr(url, ':') == NULL;
}

/* Puts our own tags in the place of a link's. */
static bool link_replace(cmark_node *link)
{
    cmark_node *ours = cmark_node_new(CMARK_NODE_CUSTOM_INLINE);
    const char *url = cmark_node_get_url(link);
    const char *title = cmark_node_get_title(link);
    const char *target = strncmp(title, "hreflang=", 9) == 0 ? title + 9 : title;
    cmark_node *child;
    struct out tag;
    struct html h = {.out = &tag};
    bool ok;

    out_init(&tag, 4096);
    html(&h, "<a href='");
    html_text(&h, is_address(url) ? url : "");
    html(&h, "'");
    if (is_language(title)) {
        html(&h, " lang='");
        html_text(&h, title);
        html(&h, "'");
    }
    if (is_language(target)) {
        html(&h, " hreflang='");
        html_text(&h, target);
        html(&h, "'");
    }
    html(&h, ">");
    out_char(&tag, '\0');
    ok = !out_failed(&tag) && ours != NULL && cmark_node_set_on_enter(ours, tag.at) &&
         cmark_node_set_on_exit(ours, "</a>") && cmark_node_insert_before(link, ours);
    out_free(&tag);
    if (!ok) {
        if (ours != NULL)
            cmark_node_free(ours);
        return false;
    }
    while ((child = cmark_node_first_child(link)) != NULL) {
        if (!cmark_node_append_child(ours, child))
            return false;
    }
    cmark_node_free(link);
    return true;
}

/* The links are gathered first, since a tree must not be changed while it is walked. */
static bool links_replace(cmark_node *document)
{
    cmark_iter *iter = cmark_iter_new(document);
    cmark_node *links[LINKS_MAX];
    size_t count = 0;
    cmark_event_type event;
    bool ok = true;

    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);

        if (event != CMARK_EVENT_ENTER || cmark_node_get_type(node) != CMARK_NODE_LINK)
            continue;
        ok = ok && count < LINKS_MAX;
        if (ok)
            links[count++] = node;
    }
    cmark_iter_free(iter);
    for (size_t i = 0; i < count && ok; i++)
        ok = link_replace(links[i]);
    return ok;
}

static cmark_node *parse(struct span text, cmark_parser *parser)
{
    cmark_syntax_extension *table = cmark_find_syntax_extension("table");

    if (table == NULL || !cmark_parser_attach_syntax_extension(parser, table))
        return NULL;
    cmark_parser_feed(parser, text.at, text.len);
    return cmark_parser_finish(parser);
}

/* True at code within a line that fits on one of a phone's, so that it need not break. */
static bool is_whole(const char *code, size_t tag)
{
    const char *end = strstr(code + tag, "</code>");

    return end != NULL && (size_t)(end - code) - tag <= WHOLE_MAX;
}

/* An address in it may be broken behind a slash or before a parameter, not within a word. */
static void line_write(struct out *body, struct span line)
{
    static const char AND[] = "&amp;";

    out_text(body, "<span>");
    for (size_t i = 0; i < line.len; i++) {
        if (line.len - i >= sizeof(AND) && memcmp(line.at + i, AND, sizeof(AND) - 1) == 0)
            out_text(body, "<wbr>");
        out_char(body, line.at[i]);
        if (line.at[i] == '/')
            out_text(body, "<wbr>");
    }
    out_text(body, "</span>");
}

/* The lines of a frame, each by itself, so that one that is broken does not look like two. Its end
 * stays within it: what is copied is what was written. Returns what follows the last. */
static const char *lines_write(struct out *body, const char *frame)
{
    const char *line = strchr(frame + strlen("<pre>"), '>') + 1; /* after the code's own tag */
    const char *end = strstr(line, "</code>");

    out_bytes(body, frame, (size_t)(line - frame));
    while (line < end) {
        const char *next = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;

        line_write(body, (struct span){line, (size_t)(next - line)});
        line = next;
    }
    return end;
}

/* Each line of a frame stands by itself, and short code stays on one line. */
static void tags_finish(struct out *body, const char *written)
{
    static const char FRAME[] = "<pre>";
    static const char CODE[] = "<code>";
    const char *tag;

    for (; (tag = strchr(written, '<')) != NULL; written = tag) {
        out_bytes(body, written, (size_t)(tag - written));
        if (strncmp(tag, FRAME, sizeof(FRAME) - 1) == 0) {
            tag = lines_write(body, tag);
        } else if (strncmp(tag, CODE, sizeof(CODE) - 1) == 0 && is_whole(tag, sizeof(CODE) - 1)) {
            out_text(body, "<code class='whole'>");
            tag += sizeof(CODE) - 1;
        } else {
            out_char(body, '<');
            tag++;
        }
    }
    out_text(body, written);
}

static bool render(struct out *body, struct span text)
{
    cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT); /* the default is the safe mode */
    cmark_node *document = parse(text, parser);
    char *written = NULL;

    if (document != NULL && links_replace(document))
        written = cmark_render_html(document, CMARK_OPT_DEFAULT,
                                    cmark_parser_get_syntax_extensions(parser));
    if (written != NULL)
        tags_finish(body, written);
    free(written);
    if (document != NULL)
        cmark_node_free(document);
    cmark_parser_free(parser);
    return written != NULL && !out_failed(body);
}

bool markdown_open(struct markdown *out, struct span source, const char **error)
{
    struct span text;

    *out = (struct markdown){.head = {NULL, 0}};
    out_init(&out->body, OUT_LIMIT_DEFAULT);
    cmark_gfm_core_extensions_ensure_registered();
    if (source.len > SOURCE_MAX)
        *error = "is too long";
    else if (!utf8_valid(source) || memchr(source.at, '\0', source.len) != NULL)
        *error = "is not UTF-8";
    else if (!head_cut(source, &out->head, &text))
        *error = "has no empty line between its head and its text";
    else if (markdown_field(out, "title").len == 0)
        *error = "has no title in its head";
    else if (!render(&out->body, text))
        *error = "cannot be rendered";
    else
        return true;
    markdown_close(out);
    return false;
}

bool markdown_open_file(struct markdown *out, const char *name)
{
    const char *error = "is missing";

    *out = (struct markdown){.head = {NULL, 0}};
    for (size_t i = 0; i < embed_web_count; i++) {
        if (strcmp(embed_web[i].name, name) == 0 &&
            markdown_open(out, (struct span){(const char *)embed_web[i].data, embed_web[i].size},
                          &error))
            return true;
    }
    log_error("%s %s", name, error);
    return false;
}

void markdown_close(struct markdown *markdown)
{
    out_free(&markdown->body);
    markdown->head = (struct span){NULL, 0};
}

struct span markdown_field(const struct markdown *markdown, const char *name)
{
    struct span left = markdown->head;
    size_t len = strlen(name);

    while (left.len > 0) {
        const char *end = memchr(left.at, '\n', left.len); /* ends every line of a head */
        struct span line = {left.at, (size_t)(end - left.at)};

        left = (struct span){end + 1, left.len - line.len - 1};
        if (line.len <= len || memcmp(line.at, name, len) != 0 || line.at[len] != ':')
            continue;
        line = (struct span){line.at + len + 1, line.len - len - 1};
        while (line.len > 0 && line.at[0] == ' ')
            line = (struct span){line.at + 1, line.len - 1};
        while (line.len > 0 && line.at[line.len - 1] == ' ')
            line.len--;
        return line;
    }
    return (struct span){NULL, 0};
}

bool markdown_day(const struct markdown *markdown, const char *name, int32_t *out)
{
    return day_parse(out, markdown_field(markdown, name));
}

/* The next mark at or after `from`, with the paragraph that it is alone in; len 0: none. */
static struct span mark_find(const struct out *body, size_t from, const char *mark)
{
    static const char BEGIN[] = "<p>";
    static const char END[] = "</p>\n";
    char *at =
        from < body->len ? memmem(body->at + from, body->len - from, mark, strlen(mark)) : NULL;
    struct span found = {at, at == NULL ? 0 : strlen(mark)};

    if (at == NULL || (size_t)(at - body->at) < sizeof(BEGIN) - 1)
        return found;
    const char *paragraph = at - (sizeof(BEGIN) - 1);
    const char *end = at + strlen(mark);
    if (memcmp(paragraph, BEGIN, sizeof(BEGIN) - 1) == 0 &&
        (size_t)(body->at + body->len - end) >= sizeof(END) - 1 &&
        memcmp(end, END, sizeof(END) - 1) == 0)
        found = (struct span){paragraph, (size_t)(end - paragraph) + sizeof(END) - 1};
    return found;
}

static void cut(struct out *body, const char *from, const char *to)
{
    memmove(body->at + (from - body->at), to, (size_t)(body->at + body->len - to));
    body->len -= (size_t)(to - from);
}

void markdown_keep(struct markdown *markdown, const char *name, bool kept)
{
    struct out *body = &markdown->body;
    char begin[32];
    char end[32];
    struct span first;
    struct span last;

    (void)snprintf(begin, sizeof(begin), "{%s}", name);
    (void)snprintf(end, sizeof(end), "{/%s}", name);
    while ((first = mark_find(body, 0, begin)).len > 0) {
        last = mark_find(body, (size_t)(first.at - body->at), end);
        if (last.len > 0 && kept)
            cut(body, last.at, last.at + last.len);
        cut(body, first.at, last.len > 0 && !kept ? last.at + last.len : first.at + first.len);
    }
}

void markdown_write(struct html *h, const struct markdown *markdown)
{
    out_span_append(h->out, out_span(&markdown->body));
}
