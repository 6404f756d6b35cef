/*
 * What a form sends (application/x-www-form-urlencoded, WHATWG URL 5.1): unlike a query, its values
 * may have line ends.
 */
#ifndef CORRIDOR_WEB_FORM_BODY_H
#define CORRIDOR_WEB_FORM_BODY_H

#include <corridor/base.h>

#define FORM_FIELDS_MAX 16U

struct form_body {
    struct {
        struct span name;
        struct span value;
    } fields[FORM_FIELDS_MAX];
    unsigned count;
};

/*
 * Reads a body. `text` has room for body.len bytes and is pointed into. CR LF becomes LF. False
 * when a percent sign is not followed by two hex digits, a text is not UTF-8 or has a NUL, or there
 * are too many fields.
 */
MUST_CHECK bool form_body_read(struct form_body *form, char *text, struct span body);
/* The first value of a name; empty when there is none. */
struct span form_body_value(const struct form_body *form, const char *name);

#endif
