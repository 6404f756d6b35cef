/* Rows of the database on standard output, for people or as JSON. There is one heading for each
 * column; as JSON, headings are names. */
#ifndef INGEST_LISTING_H
#define INGEST_LISTING_H

#include <corridor/out.h>

#include <ingest/command.h>

/* A table with a line of headings, or an array of objects. */
void listing_write(struct out *out, const struct db_result *rows, const char *const *headings,
                   bool json);
/* One row as lines "heading  value", columns without a value left out; or as one object. */
void listing_write_one(struct out *out, const struct db_result *rows, const char *const *headings,
                       bool json);
/* Writes what was gathered to standard output and frees it. False when that fails, with the reason
 * printed for the command. */
MUST_CHECK bool listing_print(const char *command, struct out *out);
/* All of a command that lists what one statement gives, or shows its one row; frees the rows. NULL
 * rows failed already. */
enum command_exit listing_finish(const char *command, struct db_result *rows,
                                 const char *const *headings, bool one, bool json);
/* All of a command that takes --json alone and lists what a statement without parameters gives. */
enum command_exit listing_command(const char *command, int argc, char **argv, const char *sql,
                                  const char *const *headings);

#endif
