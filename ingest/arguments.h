/* The options of a subcommand, as a table: what it may be told, where that goes, and what it must
 * be told. */
#ifndef INGEST_ARGUMENTS_H
#define INGEST_ARGUMENTS_H

#include <ingest/command.h>

struct argument {
    const char *option; /* "--legal-name"; NULL: a word that stands for itself, in order */
    const char *what;   /* in complaints: "OPERATOR", "the name in law" */
    const char **value; /* NULL: a switch */
    bool *flag;         /* of a switch */
    bool needed;
    size_t most; /* characters; 0: 200 */
};

/*
 * Fills what the table points to; what is not there is left as it was. False after having
 * complained: an option unknown, given twice, without its value, an empty or too long value or one
 * that is no UTF-8 text of one line, something needed that is missing.
 */
MUST_CHECK bool arguments_read(const char *name, int argc, char **argv,
                               const struct argument *known, size_t count);

/* Who runs this, by the operating system: the user behind sudo, else of the process. For the
 * record, beside the database login. */
const char *arguments_person(void);

#endif
