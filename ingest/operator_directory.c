/*
 * Names to operators. Two trees: names as they were written, so that each spelling is folded once,
 * and identifiers with the folded name that owns each. The hard part is two firms whose slugs meet:
 * only names that fold to one key are one firm (see firm_slug.h).
 */
#include <ingest/operator_directory.h>

#include <ingest/firm_slug.h>

#include <search.h>
#include <stdio.h>
#include <stdlib.h>

/* A spelling and its operator's identifier, or an identifier and its owner's key. */
struct operator_entry {
    char *name;
    char *value;
    bool shared;
};

struct operator_directory {
    void *spellings;
    void *owners;
};

/* Entries are found by their first member, so a bare pointer to a text is a key. */
static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void free_entry(void *node)
{
    struct operator_entry *entry = node;
    free(entry->name);
    free(entry->value);
    free(entry);
}

static char *copy(struct span text)
{
    return strndup(text.at, text.len);
}

static const struct operator_entry *find(void *const *tree, const char *name)
{
    struct operator_entry *const *node = tfind(&name, tree, compare);
    return node ? *node : NULL;
}

/* Adds an entry; one of that name must not be there. NULL when memory is short. */
static const struct operator_entry *add(void **tree, struct span name, struct span value,
                                        bool shared)
{
    struct operator_entry *entry = calloc(1, sizeof *entry);
    if (entry) {
        *entry = (struct operator_entry){copy(name), copy(value), shared};
        if (entry->name && entry->value && tsearch(entry, tree, compare)) {
            return entry;
        }
        free_entry(entry);
    }
    return NULL;
}

struct operator_directory *operator_directory_new(void)
{
    return calloc(1, sizeof(struct operator_directory));
}

void operator_directory_free(struct operator_directory *directory)
{
    if (directory) {
        tdestroy(directory->spellings, free_entry);
        tdestroy(directory->owners, free_entry);
        free(directory);
    }
}

bool operator_directory_enter(struct operator_directory *directory, struct span id,
                              struct span name, bool shared)
{
    char key[FIRM_KEY_SIZE];
    return firm_key(name, key) && add(&directory->owners, id, span_of(key), shared);
}

const char *operator_directory_find(struct operator_directory *directory, struct span name)
{
    char slug[FIRM_SLUG_SIZE];
    char id[FIRM_SLUG_SIZE + 16];
    char key[FIRM_KEY_SIZE];
    char *spelling = copy(name);
    const struct operator_entry *known = spelling ? find(&directory->spellings, spelling) : NULL;
    free(spelling);
    if (known) {
        return known->value;
    }
    if (!firm_slug(name, slug) || !firm_key(name, key)) {
        return NULL;
    }
    const struct operator_entry *owner = NULL;
    for (unsigned i = 1; i < 10000; i++) {
        (void)snprintf(id, sizeof id, i == 1 ? "%s" : "%s-%u", slug, i);
        owner = find(&directory->owners, id);
        if (!owner) {
            owner = add(&directory->owners, span_of(id), span_of(key), true);
            break;
        }
        if (owner->shared && strcmp(owner->value, key) == 0) {
            break;
        }
        owner = NULL;
    }
    known = owner ? add(&directory->spellings, name, span_of(owner->name), true) : NULL;
    return known ? known->value : NULL;
}
