/* The groups of the observatory in words. */
#ifndef CORRIDOR_WEB_GROUPS_H
#define CORRIDOR_WEB_GROUPS_H

#include <corridor/base.h>

/* In English, for message: "South Asia" of SAS, "Bank" of bank. NULL when a code has no words, as
 * countries. */
const char *groups_name(struct span code);

#endif
