/* corridor import rpw: the World Bank's survey rows from a CSV file. */
#ifndef INGEST_IMPORT_RPW_H
#define INGEST_IMPORT_RPW_H

#include <ingest/command.h>

extern const char import_rpw_details[];
enum command_exit import_rpw_command(int argc, char **argv);

#endif
