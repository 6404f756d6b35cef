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

/* A spelling, with its operator; or an identifier, with its owner's key. */
struct operator_entry {
    char *name;
    char *key; /* NULL of a spelling */
    bool shared;
    struct directory_operator known;
};

struct operator_directory {
    void *spellings;
    void *owners;
    unsigned count; /* of owners */
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
    free(entry->key);
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

/* Adds an entry, which is the tree's then; one of that name must not be there. NULL when memory is
 * short. */
static struct operator_entry *add(void **tree, struct span name)
{
    struct operator_entry *entry = calloc(1, sizeof *entry);
    if (entry) {
        entry->name = copy(name);
        if (entry->name && tsearch(entry, tree, compare)) {
            return entry;
        }
        free_entry(entry);
    }
    return NULL;
}

static const struct operator_entry *add_owner(struct operator_directory *directory, struct span id,
                                              const char *key, bool shared)
{
    char *own_key = strdup(key);
    struct operator_entry *owner = own_key ? add(&directory->owners, id) : NULL;
    if (!owner) {
        free(own_key);
        return NULL;
    }
    owner->key = own_key;
    owner->shared = shared;
    owner->known = (struct directory_operator){owner->name, directory->count++};
    return owner;
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
    return firm_key(name, key) && add_owner(directory, id, key, shared);
}

const struct directory_operator *operator_directory_find(struct operator_directory *directory,
                                                         struct span name)
{
    char slug[FIRM_SLUG_SIZE];
    char id[FIRM_SLUG_SIZE + 16];
    char key[FIRM_KEY_SIZE];
    char *spelling = copy(name);
    const struct operator_entry *known = spelling ? find(&directory->spellings, spelling) : NULL;
    free(spelling);
    if (known) {
        return &known->known;
    }
    if (!firm_slug(name, slug) || !firm_key(name, key)) {
        return NULL;
    }
    const struct operator_entry *owner = NULL;
    for (unsigned i = 1; i < 10000; i++) {
        (void)snprintf(id, sizeof id, i == 1 ? "%s" : "%s-%u", slug, i);
        owner = find(&directory->owners, id);
        if (!owner) {
            owner = add_owner(directory, span_of(id), key, true);
            break;
        }
        if (owner->shared && strcmp(owner->key, key) == 0) {
            break;
        }
        owner = NULL;
    }
    struct operator_entry *entry = owner ? add(&directory->spellings, name) : NULL;
    if (!entry) {
        return NULL;
    }
    entry->known = owner->known;
    return &entry->known;
}
