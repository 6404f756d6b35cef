/* Which operator a firm's name stands for: those the record knows, and new ones as they are met. */
#ifndef INGEST_OPERATOR_DIRECTORY_H
#define INGEST_OPERATOR_DIRECTORY_H

#include <corridor/base.h>

struct operator_directory;

/* Empty; NULL when memory is short. */
MUST_CHECK struct operator_directory *operator_directory_new(void);
void operator_directory_free(struct operator_directory *directory);

/*
 * Enters an operator of the record. One that is not `shared` (invented for a demonstration) keeps
 * its identifier to itself: no name from outside stands for it. False when memory is short or the
 * name has no key.
 */
MUST_CHECK bool operator_directory_enter(struct operator_directory *directory, struct span id,
                                         struct span name, bool shared);

struct directory_operator {
    const char *id;
    unsigned number; /* counted from 0, in the order in which they were entered */
};

/*
 * The operator with this name, entered as new when none has it: its identifier is its slug, or the
 * slug and -2, -3 … where another firm's name has the same. The same names in the same order give
 * the same identifiers, and an entered operator keeps its own. NULL when the name has no letter or
 * digit, or memory is short. It lives as long as the directory.
 */
MUST_CHECK const struct directory_operator *
operator_directory_find(struct operator_directory *directory, struct span name);

#endif
