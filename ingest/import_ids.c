/*
 * A set of ids in an open table. The hard part is a million of them in little memory, and no two
 * taken for one: up to 13 bytes an id stands in its slot as it is; of a longer one the first 13
 * bytes of its SHA-256 do. Where a slot is looked for is keyed, so that no file can choose it.
 */
#include <ingest/import_ids.h>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>

enum {
    TEXT_SIZE = 13,
    LONGER = 255, /* in place of a length: a digest */
    SLOTS_FIRST = 4096
};

/* A length of 0 is a free slot. */
struct slot {
    char text[TEXT_SIZE];
    uint8_t len;
    uint16_t period;
};

struct import_ids {
    struct slot *slots;
    size_t size; /* a power of two */
    size_t count;
    uint64_t key[2];
};

struct import_ids *import_ids_new(void)
{
    struct import_ids *ids = calloc(1, sizeof *ids);
    if (ids) {
        ids->size = SLOTS_FIRST;
        ids->slots = calloc(ids->size, sizeof *ids->slots);
    }
    if (!ids || !ids->slots || RAND_bytes((unsigned char *)ids->key, sizeof ids->key) != 1) {
        import_ids_free(ids);
        return NULL;
    }
    return ids;
}

void import_ids_free(struct import_ids *ids)
{
    if (ids) {
        free(ids->slots);
        free(ids);
    }
}

/* The two halves of a 64 by 64 bit product, folded. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The slot that holds this id, or the free one where it belongs. */
static struct slot *find(const struct import_ids *ids, const struct slot *wanted)
{
    uint64_t words[2] = {0, wanted->len};
    memcpy(&words[0], wanted->text, 8);
    memcpy((char *)&words[1] + 1, wanted->text + 8, TEXT_SIZE - 8);
    size_t at = (size_t)mix(mix(words[0] ^ ids->key[0], words[1] ^ ids->key[1]), ids->key[0] | 1);
    for (;; at++) {
        struct slot *slot = &ids->slots[at & (ids->size - 1)];
        if (slot->len == 0 ||
            (slot->len == wanted->len && memcmp(slot->text, wanted->text, TEXT_SIZE) == 0)) {
            return slot;
        }
    }
}

static bool grow(struct import_ids *ids)
{
    struct import_ids grown = *ids;
    grown.size = 2 * ids->size;
    grown.slots = calloc(grown.size, sizeof *grown.slots);
    if (!grown.slots) {
        return false;
    }
    for (size_t i = 0; i < ids->size; i++) {
        if (ids->slots[i].len > 0) {
            *find(&grown, &ids->slots[i]) = ids->slots[i];
        }
    }
    free(ids->slots);
    *ids = grown;
    return true;
}

enum import_id import_ids_enter(struct import_ids *ids, struct span id, uint16_t *period)
{
    struct slot entry = {.period = *period};
    if (id.len > 0 && id.len <= TEXT_SIZE) {
        memcpy(entry.text, id.at, id.len);
        entry.len = (uint8_t)id.len;
    } else {
        unsigned char digest[EVP_MAX_MD_SIZE];
        if (EVP_Digest(id.at, id.len, digest, NULL, EVP_sha256(), NULL) != 1) {
            return IMPORT_ID_NO_MEMORY;
        }
        memcpy(entry.text, digest, TEXT_SIZE);
        entry.len = LONGER;
    }
    struct slot *slot = find(ids, &entry);
    if (slot->len > 0) {
        *period = slot->period;
        return IMPORT_ID_KNOWN;
    }
    if (ids->count == IMPORT_IDS_MAX) {
        return IMPORT_ID_TOO_MANY;
    }
    if (ids->count >= ids->size / 8 * 7) {
        if (!grow(ids)) {
            return IMPORT_ID_NO_MEMORY;
        }
        slot = find(ids, &entry);
    }
    *slot = entry;
    ids->count++;
    return IMPORT_ID_NEW;
}
