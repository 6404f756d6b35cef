/*
 * Shared strings. The hard part is to hold a million small texts in little memory: they lie end to
 * end, each with its NUL, in blocks that never move, and four bytes each say where.
 */
#include <ingest/xlsx_strings.h>

#include <ingest/xlsx_text.h>

#include <assert.h>
#include <stdlib.h>

enum {
    BLOCK_SIZE = 1024 * 1024, /* a text lies in one */
    BLOCKS_MAX = 32,
    INDEX_FIRST = 4096
};

struct xlsx_strings {
    char *blocks[BLOCKS_MAX];
    size_t blocks_used;
    size_t block_len; /* used of the last one */
    uint32_t *index;  /* of a text's first byte, counted through the blocks */
    size_t count;
    size_t size;

    struct xlsx_zip *zip; /* while reading */
    struct xlsx_part *part;
    struct xlsx_text *text;
};

static bool fail(struct xlsx_strings *s, const char *reason)
{
    (void)xlsx_zip_fail(s->zip, "%s", reason);
    xlsx_part_stop(s->part);
    return false;
}

static bool grow_index(struct xlsx_strings *s)
{
    size_t size = s->size > 0 ? 2 * s->size : INDEX_FIRST;
    uint32_t *grown = realloc(s->index, size * sizeof *grown);
    if (!grown) {
        return fail(s, "out of memory");
    }
    s->index = grown;
    s->size = size;
    return true;
}

static bool add_block(struct xlsx_strings *s)
{
    assert(s->blocks_used < BLOCKS_MAX); /* XLSX_STRINGS_MAX comes first */
    char *block = malloc(BLOCK_SIZE);
    if (!block) {
        return fail(s, "out of memory");
    }
    s->blocks[s->blocks_used++] = block;
    s->block_len = 0;
    return true;
}

static void add(struct xlsx_strings *s, struct span text)
{
    if (s->blocks_used * BLOCK_SIZE + s->count * sizeof *s->index >= XLSX_STRINGS_MAX) {
        (void)xlsx_zip_fail(s->zip,
                            "has more than %llu MB of different texts, the most that is taken;"
                            " save its sheets as CSV",
                            XLSX_STRINGS_MAX >> 20);
        xlsx_part_stop(s->part);
        return;
    }
    if ((s->blocks_used == 0 || s->block_len + text.len + 1 > BLOCK_SIZE) && !add_block(s)) {
        return;
    }
    if (s->count == s->size && !grow_index(s)) {
        return;
    }
    char *at = s->blocks[s->blocks_used - 1] + s->block_len;
    if (text.len > 0) {
        memcpy(at, text.at, text.len);
    }
    at[text.len] = '\0';
    s->index[s->count++] = (uint32_t)((s->blocks_used - 1) * BLOCK_SIZE + s->block_len);
    s->block_len += text.len + 1;
}

static void start(void *arg, const char *name, const char **attributes)
{
    struct xlsx_strings *s = arg;
    (void)attributes;
    if (strcmp(name, "si") == 0) {
        xlsx_text_clear(s->text);
    } else {
        xlsx_text_start(s->text, name);
    }
}

static void end(void *arg, const char *name)
{
    struct xlsx_strings *s = arg;
    if (strcmp(name, "si") != 0) {
        xlsx_text_end(s->text, name);
    } else if (s->text->full) {
        (void)fail(s, "has a text longer than a cell may have");
    } else {
        add(s, xlsx_text_take(s->text));
    }
}

static void text(void *arg, struct span piece)
{
    struct xlsx_strings *s = arg;
    xlsx_text_add(s->text, piece);
}

struct xlsx_strings *xlsx_strings_read(struct xlsx_zip *zip, const char *member)
{
    static const struct xlsx_handler handler = {start, end, text};
    struct xlsx_strings *s = calloc(1, sizeof *s);
    bool ok = s != NULL;
    if (!ok) {
        (void)xlsx_zip_fail(zip, "out of memory");
        return NULL;
    }
    if (member[0] != '\0') {
        s->zip = zip;
        s->text = calloc(1, sizeof *s->text);
        s->part = s->text ? xlsx_part_open(zip, member, &handler, s) : NULL;
        ok = s->part && xlsx_part_run(s->part) == XLSX_PART_END;
        if (!s->text) {
            (void)xlsx_zip_fail(zip, "out of memory");
        }
        xlsx_part_close(s->part);
        free(s->text);
        s->text = NULL;
        s->part = NULL;
    }
    if (!ok) {
        xlsx_strings_free(s);
        return NULL;
    }
    return s;
}

void xlsx_strings_free(struct xlsx_strings *strings)
{
    if (strings) {
        for (size_t i = 0; i < strings->blocks_used; i++) {
            free(strings->blocks[i]);
        }
        free(strings->index);
        free(strings);
    }
}

size_t xlsx_strings_count(const struct xlsx_strings *strings)
{
    return strings->count;
}

struct span xlsx_strings_at(const struct xlsx_strings *strings, size_t index)
{
    uint32_t at = strings->index[index];
    return span_of(strings->blocks[at / BLOCK_SIZE] + at % BLOCK_SIZE);
}
