/* corridor refresh: works out the figures of what changed, now. */
#ifndef INGEST_REFRESH_H
#define INGEST_REFRESH_H

#include <ingest/command.h>

enum command_exit refresh_command(int argc, char **argv);
extern const char refresh_details[];

#endif
