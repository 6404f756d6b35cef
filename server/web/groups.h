/* The groups of the observatory in words. */
#ifndef CORRIDOR_WEB_GROUPS_H
#define CORRIDOR_WEB_GROUPS_H

#include "server/observatory_ask.h"

/* In English, for message: "South Asia" of SAS, "Bank" of bank. NULL when a code has no words, as
 * countries. */
const char *groups_name(enum observatory_kind kind, struct span code);

#endif
