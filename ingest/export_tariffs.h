/* corridor export tariffs: the current offers as JSON Lines. */
#ifndef INGEST_EXPORT_TARIFFS_H
#define INGEST_EXPORT_TARIFFS_H

#include <ingest/command.h>

extern const char export_tariffs_details[];
enum command_exit export_tariffs_command(int argc, char **argv);

#endif
