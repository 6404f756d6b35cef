/* What a long-running program owes the machine it runs on. */
#ifndef CORRIDOR_DAEMON_H
#define CORRIDOR_DAEMON_H

#include <corridor/base.h>

/*
 * Gives up root for good: the process becomes the named user with that user's groups. Call it after
 * binding ports and opening keys, before connecting to PostgreSQL (which asks who we are), reading
 * from the network or starting threads. Nothing happens, and true is returned, when not root or
 * when the name is empty. False when the user is unknown or the kernel refuses; the reason is on
 * standard error, and the program must not go on.
 */
MUST_CHECK bool daemon_drop_user(const char *user);

#endif
