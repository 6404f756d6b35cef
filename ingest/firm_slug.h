/* A firm's name as an identifier, and as a key that tells whether two spellings are one firm. */
#ifndef INGEST_FIRM_SLUG_H
#define INGEST_FIRM_SLUG_H

#include <corridor/base.h>

enum {
    FIRM_SLUG_MAX = 72, /* bytes; the database takes 80, which leaves room for a number */
    FIRM_SLUG_SIZE = 81,
    FIRM_KEY_SIZE = 1024
};

/*
 * "Santander Envíos" → "santander-envios": any script to Latin, ASCII, lower case, hyphens between.
 * False when nothing is left of the name. At most FIRM_SLUG_MAX bytes.
 */
MUST_CHECK bool firm_slug(struct span name, char slug[FIRM_SLUG_SIZE]);
/*
 * The name with case, accents, spacing and punctuation folded away, in its own script: names with
 * one key are one firm. "Trans-Fast" and "Trans Fast" have one, "C&A" and "C A" have two, as the
 * signs & + @ # count as letters. False when it does not fit.
 */
MUST_CHECK bool firm_key(struct span name, char key[FIRM_KEY_SIZE]);

#endif
