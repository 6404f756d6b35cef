/* corridor import flows: the World Bank's matrix of remittances between countries. */
#ifndef INGEST_IMPORT_FLOWS_H
#define INGEST_IMPORT_FLOWS_H

#include <ingest/command.h>

extern const char import_flows_details[];
enum command_exit import_flows_command(int argc, char **argv);

#endif
