/* One compiled gettext catalogue (.mo), read where it lies. */
#ifndef CORRIDOR_WEB_CATALOGUE_H
#define CORRIDOR_WEB_CATALOGUE_H

#include "server/web/plural.h"

struct catalogue {
    struct plural plural;
    uint32_t mask; /* of slots: their number less one */
    struct catalogue_slot {
        const char *id;   /* NULL where free */
        struct span text; /* of a message with plurals: its forms, each with its NUL but the last */
    } * slots;
};

/*
 * Reads a .mo file: every offset and length is checked, every message must be translated, UTF-8,
 * have the placeholders of its id and as many plural forms as the header says, and none of
 * < > & " ', so that it can be written to a page as it is. On failure *error
 * is a static text, *id the message at fault or NULL. The bytes must outlive the catalogue.
 */
MUST_CHECK bool catalogue_open(struct catalogue *out, struct span file, const char **error,
                               const char **id);
void catalogue_close(struct catalogue *catalogue);

/* The translation of an id, {NULL, 0} when the catalogue lacks it. Of one with plurals: its forms
 * in their order, each with its NUL but the last. */
struct span catalogue_text(const struct catalogue *catalogue, const char *id);
/* The form for n things of a message with plurals. */
const char *catalogue_form(const struct catalogue *catalogue, struct span text, uint64_t n);

#endif
