/*
 * Looking at raw requests without a parser: lines, fields by name, and the grammars that
 * differ_class.c judges by, written from the RFCs a second time so that our parser is not its own
 * witness.
 */
#ifndef DIFFER_LOOK_H
#define DIFFER_LOOK_H

#include <corridor/base.h>

/* The line that a place lies in, without its CRLF or LF. */
struct span look_line(struct span bytes, size_t at);
/* How many lines of a head begin with "name:", whatever the case; *value is the first's, without
 * surrounding blanks. `name` is in lower case. */
unsigned look_field(struct span head, const char *name, struct span *value);
/* Whether a list has the element, whatever the case. Elements lie between commas and blanks. */
bool look_list_has(struct span list, const char *element);
bool look_is(struct span text, const char *word); /* whatever the case */
bool look_token(struct span text);                /* RFC 9110 5.6.2 */

/* Whether a line ends in a version that is spoken: " HTTP/1.0" or " HTTP/1.1". */
bool look_version(struct span line);
/* RFC 3986 for an http request: origin form, absolute form with a plain authority, or "*". The
 * query may also hold what browsers leave unencoded there. */
bool look_target(struct span target);
/* Letters, digits, "-", ".", "_" or a bracketed address, with or without a port. */
bool look_host(struct span host);
/* RFC 9112 7.1, the size line: 1*HEXDIG chunk-ext. */
bool look_chunk_line(struct span line);
/* How many hexadecimal digits it begins with. */
size_t look_digits(struct span line);

#endif
