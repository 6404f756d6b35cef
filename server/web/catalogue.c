/*
 * Reads compiled message catalogues (gettext manual, "The Format of GNU MO Files"). The bytes come
 * from our own build, yet nothing in them is believed before it is checked: a catalogue that is
 * accepted cannot make a page lack a word, a figure, or a plural.
 */
#include "server/web/catalogue.h"

#include <corridor/out.h>

#include <stdlib.h>

#define MO_MAGIC     0x950412deU /* as a machine of our byte order writes it */
#define MESSAGES_MAX 10000U

struct mo {
    struct span file;
    uint32_t count;
    uint32_t ids;   /* where the table of ids begins */
    uint32_t texts; /* and that of translations */
};

static bool number_at(struct span file, size_t at, uint32_t *out)
{
    if (file.len < sizeof(*out) || at > file.len - sizeof(*out))
        return false;
    memcpy(out, file.at + at, sizeof(*out));
    return true;
}

/* The string of an entry, with the NUL that must follow it inside the file. */
static bool string_at(const struct mo *mo, uint32_t table, uint32_t index, struct span *out)
{
    uint32_t len;
    uint32_t at;
    size_t entry = (size_t)table + (size_t)index * 8;

    if (!number_at(mo->file, entry, &len) || !number_at(mo->file, entry + 4, &at) ||
        at >= mo->file.len || len >= mo->file.len - at || mo->file.at[at + len] != '\0')
        return false;
    *out = (struct span){mo->file.at + at, len};
    return true;
}

/* The next "{name}" at or after *at; false when there is none. */
static bool placeholder_next(const char **at, struct span *name)
{
    const char *open = strchr(*at, '{');
    const char *close = open == NULL ? NULL : strchr(open, '}');

    if (close == NULL)
        return false;
    *name = (struct span){open, (size_t)(close - open) + 1};
    *at = close + 1;
    return true;
}

/* True when every placeholder of `text` is one of `in`. */
static bool placeholders_within(const char *text, const char *in)
{
    struct span name;

    while (placeholder_next(&text, &name)) {
        if (memmem(in, strlen(in), name.at, name.len) == NULL)
            return false;
    }
    return true;
}

/* A form of a plural may leave "{n}" out ("one offer"), nothing else. */
static const char *text_fault(const char *id, const char *text, bool plural)
{
    struct span name;
    const char *at = id;

    if (*text == '\0')
        return "has no translation";
    if (strpbrk(text, "<>&\"'") != NULL || strpbrk(id, "<>&\"'") != NULL)
        return "has a character that means something in HTML";
    if (!utf8_valid(span_of(text)))
        return "is not UTF-8";
    if (!placeholders_within(text, id))
        return "has a placeholder that its id lacks";
    while (placeholder_next(&at, &name)) {
        if (memmem(text, strlen(text), name.at, name.len) == NULL &&
            !(plural && span_is(name, "{n}")))
            return "lacks a placeholder of its id";
    }
    return NULL;
}

static const char *message_fault(const struct plural *plural, struct span id, struct span text)
{
    const char *many = memchr(id.at, '\0', id.len);
    const char *at = text.at;
    unsigned forms = 0;

    if (many == NULL)
        return memchr(text.at, '\0', text.len) != NULL ? "has forms but no plural"
                                                       : text_fault(id.at, text.at, false);
    while (at <= text.at + text.len) {
        const char *fault = text_fault(many + 1, at, true);

        if (fault != NULL)
            return fault;
        at += strlen(at) + 1;
        forms++;
    }
    return forms == plural->forms ? NULL : "has not the forms that the language has";
}

/* The header is the translation of the empty id: lines of "Name: value". */
static const char *header_read(struct plural *plural, struct span header)
{
    static const char NAME[] = "Plural-Forms:";
    const char *line = strstr(header.at, NAME);
    const char *end;

    if (strstr(header.at, "charset=UTF-8") == NULL)
        return "is not in UTF-8";
    if (line == NULL)
        return "has no Plural-Forms";
    line += sizeof(NAME) - 1;
    end = strchrnul(line, '\n');
    return plural_parse(plural, (struct span){line, (size_t)(end - line)})
               ? NULL
               : "has Plural-Forms that cannot be read";
}

static uint32_t hash(const char *id)
{
    uint32_t h = 2166136261U; /* FNV-1a */

    for (; *id != '\0'; id++)
        h = (h ^ (unsigned char)*id) * 16777619U;
    return h;
}

static struct catalogue_slot *slot_of(const struct catalogue *catalogue, const char *id)
{
    uint32_t at = hash(id) & catalogue->mask;

    while (catalogue->slots[at].id != NULL && strcmp(catalogue->slots[at].id, id) != 0)
        at = (at + 1) & catalogue->mask;
    return &catalogue->slots[at];
}

bool catalogue_open(struct catalogue *out, struct span file, const char **error, const char **id)
{
    struct mo mo = {.file = file};
    uint32_t magic;
    uint32_t revision;
    bool header = false;

    *out = (struct catalogue){.slots = NULL};
    *error = "is not a compiled catalogue";
    *id = NULL;
    if (!number_at(file, 0, &magic) || magic != MO_MAGIC || !number_at(file, 4, &revision) ||
        revision >> 16 != 0 || !number_at(file, 8, &mo.count) || !number_at(file, 12, &mo.ids) ||
        !number_at(file, 16, &mo.texts) || mo.count > MESSAGES_MAX)
        return false;
    for (out->mask = 15; out->mask < mo.count * 2; out->mask = out->mask * 2 + 1)
        ;
    out->slots = calloc((size_t)out->mask + 1, sizeof(*out->slots));
    *error = "does not fit in memory";
    if (out->slots == NULL)
        return false;
    for (uint32_t i = 0; i < mo.count; i++) { /* the empty id sorts first */
        struct span key;
        struct span text;

        *error = "is cut short";
        if (!string_at(&mo, mo.ids, i, &key) || !string_at(&mo, mo.texts, i, &text))
            goto fail;
        if (key.len == 0) {
            *error = header_read(&out->plural, text);
            header = true;
        } else {
            *id = key.at;
            *error = header ? message_fault(&out->plural, key, text) : "comes before a header";
            *slot_of(out, key.at) = (struct catalogue_slot){key.at, text};
        }
        if (*error != NULL)
            goto fail;
    }
    *error = "has no header";
    if (!header)
        goto fail;
    *error = NULL;
    *id = NULL;
    return true;
fail:
    catalogue_close(out);
    return false;
}

void catalogue_close(struct catalogue *catalogue)
{
    free(catalogue->slots);
    catalogue->slots = NULL;
}

struct span catalogue_text(const struct catalogue *catalogue, const char *id)
{
    return slot_of(catalogue, id)->text;
}

const char *catalogue_form(const struct catalogue *catalogue, struct span text, uint64_t n)
{
    const char *at = text.at;

    for (unsigned form = plural_form(&catalogue->plural, n); form > 0; form--)
        at += strlen(at) + 1;
    return at;
}
