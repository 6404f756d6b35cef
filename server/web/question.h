/*
 * The question as the reader put it: what a page's form shows again, and what every link on the
 * page carries on, also when part of it cannot be understood.
 */
#ifndef CORRIDOR_WEB_QUESTION_H
#define CORRIDOR_WEB_QUESTION_H

#include "server/ask.h"
#include "server/web/amount.h"
#include "server/web/html.h"

struct http_request;

struct question {
    struct ask_parameter parameters[ASK_PARAMETERS_MAX]; /* those a page knows, none empty */
    size_t count;
    char plain[AMOUNT_PLAIN_MAX];
};

/* Reads the query. Spans point into the request. */
void question_read(struct question *question, const struct http_request *req);
/* Puts the amount in plain notation where it can be (amount.h). Of the countries, which may be
 * NULL, it has its currency where the question names none. */
void question_amount(struct question *question, const struct language *language,
                     const struct country *from, const struct country *to);
/* Empty when it is not given. */
struct span question_value(const struct question *question, const char *name);
/* Puts one in place of all of that name. The text is not copied. */
void question_set(struct question *question, const char *name, struct span value);

void question_unset(struct question *question, const char *name);

/* "?amount=200&pay_in=cash", escaped, for an address within an attribute; "" when nothing is asked.
 * `name` has the value instead of what it has, or is left out when that is NULL. */
void question_link(struct html *h, const struct question *question, const char *name,
                   const char *value);
/* The same without what narrows the offers. */
void question_link_unfiltered(struct html *h, const struct question *question);
/* The same in a Location header, all of it. */
void question_location(struct out *out, const struct question *question);

#endif
