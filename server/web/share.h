/* Ways to keep an answer or give it to somebody. */
#ifndef CORRIDOR_WEB_SHARE_H
#define CORRIDOR_WEB_SHARE_H

#include "server/web/question.h"

/* The answer's own address, in words and as a message to send; address is what follows /{lang}/.
 * The buttons that need the script are hidden until it runs. */
void share_write(struct html *h, const char *address, const struct question *question);

#endif
