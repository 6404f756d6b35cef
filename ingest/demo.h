/* corridor demo: the demonstration market. */
#ifndef INGEST_DEMO_H
#define INGEST_DEMO_H

#include <ingest/command.h>

extern const char demo_details[];
enum command_exit demo_command(int argc, char **argv);

#endif
