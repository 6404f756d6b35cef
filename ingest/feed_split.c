/*
 * The hard part is to copy nothing where a quote lies whole in the piece that came, which it mostly
 * does, and to lose nothing where it does not.
 */
#include "ingest/feed_split.h"

#include "ingest/document.h"
#include "ingest/quote_read.h"

#define KEPT_MAX ((size_t)QUOTE_BYTES_MAX + 1)

enum {
    BEFORE,         /* nothing but white space so far */
    ARRAY_BEGUN,    /* behind '[' */
    ELEMENT_WANTED, /* behind ',' */
    IN_ELEMENT,
    IN_ONLY, /* in the one quote that is the document */
    ELEMENT_ENDED,
    ENDED,
};

void feed_split_init(struct feed_split *split, enum feed_format format)
{
    *split = (struct feed_split){.format = format, .state = BEFORE, .line = 1};
    out_init(&split->text, KEPT_MAX);
}

void feed_split_free(struct feed_split *split)
{
    out_free(&split->text);
}

/* Keeps what is there of an element that goes on, up to the bound. */
static void keep(struct feed_split *split, const char *at, size_t len)
{
    size_t room = KEPT_MAX - split->text.len;
    out_bytes(&split->text, at, len < room ? len : room);
}

/* The element from `at`, joined to what was kept of it. */
static struct span give(struct feed_split *split, const char *at, size_t len)
{
    split->elements++;
    if (split->text.len == 0) {
        return (struct span){at, len < KEPT_MAX ? len : KEPT_MAX};
    }
    keep(split, at, len);
    split->given = true;
    return out_span(&split->text);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool all_blank(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!blank(text.at[i])) {
            return false;
        }
    }
    return true;
}

static enum feed_split_result next_line(struct feed_split *split, struct span *input,
                                        struct span *text)
{
    while (input->len > 0) {
        const char *end = memchr(input->at, '\n', input->len);
        size_t len = end ? (size_t)(end - input->at) : input->len;
        const char *at = input->at;
        input->at += end ? len + 1 : len;
        input->len -= end ? len + 1 : len;
        split->said = split->said || !all_blank((struct span){at, len});
        if (!end) {
            keep(split, at, len);
            return FEED_SPLIT_MORE;
        }
        if (!split->said) {
            out_clear(&split->text);
            split->line++;
            continue;
        }
        split->said = false;
        *text = give(split, at, len);
        split->line++;
        return FEED_SPLIT_TEXT;
    }
    return FEED_SPLIT_MORE;
}

/* One byte of an element: true when the element ends with it. Scalars end before a comma, bracket
 * or blank, which is not theirs. */
static bool ends_element(struct feed_split *split, char c)
{
    if (split->in_string) {
        if (split->escaped) {
            split->escaped = false;
        } else if (c == '\\') {
            split->escaped = true;
        } else if (c == '"') {
            split->in_string = false;
        }
        return false;
    }
    if (c == '"') {
        split->in_string = true;
    } else if (c == '{' || c == '[') {
        split->depth++;
    } else if (c == '}' || c == ']') {
        split->depth--;
        return split->depth == 0;
    }
    return false;
}

static enum feed_split_result broken(struct refusal *why, const char *what)
{
    (void)document_refuse(why, REFUSAL_NOT_JSON, "", "%s", what);
    return FEED_SPLIT_BROKEN;
}

/* A byte between elements. */
static enum feed_split_result between(struct feed_split *split, char c, struct refusal *why)
{
    switch (split->state) {
    case BEFORE:
        if (c == '[') {
            split->state = ARRAY_BEGUN;
            return FEED_SPLIT_MORE;
        }
        if (c != '{') {
            (void)document_refuse(why, REFUSAL_NOT_AN_OBJECT, "",
                                  "the document must be a quote, { … }, or an array of quotes, "
                                  "[ … ]");
            return FEED_SPLIT_BROKEN;
        }
        split->state = IN_ONLY;
        return FEED_SPLIT_TEXT;
    case ARRAY_BEGUN:
    case ELEMENT_WANTED:
        if (c == ']' && split->state == ARRAY_BEGUN) {
            split->state = ENDED;
            return FEED_SPLIT_MORE;
        }
        if (c != '{' && c != '[') {
            (void)document_refuse(why, REFUSAL_NOT_AN_OBJECT, "",
                                  "entry %llu of the array must be a quote, { … }",
                                  (unsigned long long)split->elements + 1);
            return FEED_SPLIT_BROKEN;
        }
        split->state = IN_ELEMENT;
        return FEED_SPLIT_TEXT;
    case ELEMENT_ENDED:
        if (c != ',' && c != ']') {
            return broken(why, "behind an entry of the array a comma or ] must follow");
        }
        split->state = c == ',' ? ELEMENT_WANTED : ENDED;
        return FEED_SPLIT_MORE;
    default:
        return broken(why, "something follows the end of the document");
    }
}

static enum feed_split_result next_element(struct feed_split *split, struct span *input,
                                           struct span *text, struct refusal *why)
{
    const char *begin = input->at;
    const char *end = input->at + input->len;
    for (const char *at = begin; at < end; at++) {
        if (split->state != IN_ELEMENT && split->state != IN_ONLY) {
            if (blank(*at)) {
                continue;
            }
            enum feed_split_result result = between(split, *at, why);
            if (result == FEED_SPLIT_BROKEN) {
                return result;
            }
            if (result == FEED_SPLIT_MORE) {
                continue;
            }
            begin = at;
        }
        if (ends_element(split, *at)) {
            split->state = split->state == IN_ONLY ? ENDED : ELEMENT_ENDED;
            *text = give(split, begin, (size_t)(at + 1 - begin));
            *input = (struct span){at + 1, (size_t)(end - at - 1)};
            return FEED_SPLIT_TEXT;
        }
    }
    if (split->state == IN_ELEMENT || split->state == IN_ONLY) {
        keep(split, begin, (size_t)(end - begin));
    }
    *input = (struct span){end, 0};
    return FEED_SPLIT_MORE;
}

enum feed_split_result feed_split_next(struct feed_split *split, struct span *input,
                                       struct span *text, struct refusal *why)
{
    if (split->given) {
        out_clear(&split->text);
        split->given = false;
    }
    return split->format == FEED_LINES ? next_line(split, input, text)
                                       : next_element(split, input, text, why);
}

enum feed_split_result feed_split_end(struct feed_split *split, struct span *text,
                                      struct refusal *why)
{
    if (split->given) {
        out_clear(&split->text);
        split->given = false;
    }
    if (split->format == FEED_LINES) {
        if (split->said) {
            split->said = false;
            *text = give(split, "", 0);
            return FEED_SPLIT_TEXT;
        }
        if (split->elements > 0) {
            return FEED_SPLIT_MORE;
        }
    } else if (split->state == ENDED) {
        return FEED_SPLIT_MORE;
    } else if (split->state != BEFORE) {
        (void)document_refuse(why, REFUSAL_CUT_OFF, "", "the document ends within %s",
                              split->state == IN_ELEMENT || split->state == IN_ONLY ? "a quote"
                                                                                    : "its array");
        return FEED_SPLIT_BROKEN;
    }
    (void)document_refuse(why, REFUSAL_EMPTY_DOCUMENT, "", "there is no quote in it");
    return FEED_SPLIT_BROKEN;
}
