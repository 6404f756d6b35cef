/*
 * How many notes one connection's address has sent today. The address itself is never kept: only a
 * digest of it under a salt that is made by chance each day and forgotten with it, so that nobody
 * can find out later who wrote. Shared by the workers, and locked.
 */
#ifndef CORRIDOR_WEB_NOTE_LIMIT_H
#define CORRIDOR_WEB_NOTE_LIMIT_H

#include <corridor/base.h>

#define NOTE_LIMIT_A_DAY 5U

/* Counts one more of a peer (http_peer) on a day; false when it has sent as many as it may. */
MUST_CHECK bool note_limit_take(uint64_t peer, int32_t day);

#endif
