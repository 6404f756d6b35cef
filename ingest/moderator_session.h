/* The database as a moderator: what `corridor quarantine` works with. */
#ifndef INGEST_MODERATOR_SESSION_H
#define INGEST_MODERATOR_SESSION_H

#include <ingest/command.h>

/*
 * Opens the configured database as the moderator that CORRIDOR_MODERATOR names, whose login is then
 * taken with SET ROLE; or, where that is not set, as whoever connects. NULL when that is no
 * moderator's login, with the reason printed. SQL asks acting_moderator() who it is, and
 * moderator_may_decide() whether they may. Close it with db_session_close.
 */
MUST_CHECK struct db_session *moderator_session(const char *name);

#endif
