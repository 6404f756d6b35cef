/* corridor import rates: the ECB's euro reference rates from its own CSV file. */
#ifndef INGEST_IMPORT_RATES_H
#define INGEST_IMPORT_RATES_H

#include <ingest/command.h>

extern const char import_rates_details[];
enum command_exit import_rates_command(int argc, char **argv);

#endif
