/* What is wrong with what the reader filled in: told above the page and at its field, to eyes and
 * to screen readers. */
#ifndef CORRIDOR_WEB_FIELD_ERROR_H
#define CORRIDOR_WEB_FIELD_ERROR_H

#include "server/web/html.h"

struct field_error {
    const char *field;                               /* its id; NULL: nothing is wrong */
    void (*words)(struct html *h, const void *view); /* what is wrong, for both places */
    const void *view;
};

/* The box above the page. It leads to the field; where the page has none of that name (`shown` is
 * false), to a way to do without it. */
void field_error_summary(struct html *h, const struct field_error *error, bool shown);
/* The line above a field, nothing where that is right. */
void field_error_above(struct html *h, const struct field_error *error, const char *field);
/* The attributes of a field that is wrong, which tie it to that line. */
void field_error_attributes(struct html *h, const struct field_error *error, const char *field);

#endif
