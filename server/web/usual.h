/* The countries that most people look for, to stand first in a long list. */
#ifndef CORRIDOR_WEB_USUAL_H
#define CORRIDOR_WEB_USUAL_H

#include "server/market_table.h"

#define USUAL_MAX 6U

struct usual {
    const struct country *countries[USUAL_MAX]; /* most first */
    size_t count;
};

/* Nobody counts visitors here, so "usual" is where most services compete: those that send, and
 * those that receive, from `from` where one is chosen (NULL: from anywhere). */
void usual_senders(struct usual *usual, const struct market_table *markets);
void usual_receivers(struct usual *usual, const struct market_table *markets,
                     const struct country *from);

#endif
