/* The foot of every page. */
#ifndef CORRIDOR_WEB_FOOTER_H
#define CORRIDOR_WEB_FOOTER_H

#include "server/web/html.h"

void footer_write(struct html *h);

#endif
