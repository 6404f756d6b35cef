/* corridor check aggregates: the kept figures against the record they were made of. */
#ifndef INGEST_CHECK_AGGREGATES_H
#define INGEST_CHECK_AGGREGATES_H

#include <ingest/command.h>

enum command_exit check_aggregates_command(int argc, char **argv);
extern const char check_aggregates_details[];

#endif
