/* What every subcommand of `corridor` is, and the few things they share. The table of them stands
 * in corridor.c. */
#ifndef INGEST_COMMAND_H
#define INGEST_COMMAND_H

#include <corridor/base.h>
#include <corridor/db_session.h>

/* The exit status of the program, and what a subcommand returns. */
enum command_exit {
    COMMAND_OK = 0,
    COMMAND_FAILED = 1, /* it said why on standard error */
    COMMAND_USAGE = 2,  /* the question was wrong: command_usage */
};

struct command {
    const char *name;      /* "migrate", or two words and one space between: "import rpw" */
    const char *arguments; /* as --help shows them: "FILE.csv [--dry-run]" */
    const char *help;      /* one line, for the list */
    const char *details;   /* more for its own --help, lines ended by \n; NULL for none */
    /* argv[0] is the name, the arguments follow; --help has been answered already. */
    enum command_exit (*run)(int argc, char **argv);
};

/* Prints "corridor NAME: what is wrong" and where help is. */
enum command_exit command_usage(const char *name, const char *format, ...) PRINTF_LIKE(2, 3);
/* Prints "corridor NAME: what went wrong". */
enum command_exit command_failed(const char *name, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * Opens the configured database in a role (NULL: the one that connects, the owner). NULL when that
 * fails, with the reason printed. Close it with db_session_close.
 */
MUST_CHECK struct db_session *command_database(const char *name, const char *role);
/*
 * One statement as the owner, with its own connection. NULL when it fails, with the reason printed.
 * The caller frees the rows.
 */
MUST_CHECK struct db_result *command_ask(const char *name, const char *sql,
                                         const char *const *params, size_t count);

#endif
