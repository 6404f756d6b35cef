/* corridor migrate: brings a database's schema to what this program knows. */
#ifndef INGEST_MIGRATE_H
#define INGEST_MIGRATE_H

#include <ingest/command.h>

extern const char migrate_details[];
enum command_exit migrate_command(int argc, char **argv);

#endif
