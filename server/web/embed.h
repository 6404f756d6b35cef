/* How another site shows a corridor: the line that it puts into its page. */
#ifndef CORRIDOR_WEB_EMBED_H
#define CORRIDOR_WEB_EMBED_H

#include "server/web/html.h"

/* Something to open on the corridor's page, with that line in it. */
void embed_offer(struct html *h, const struct country *from, const struct country *to);

#endif
