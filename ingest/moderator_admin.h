/* `corridor moderator add|list|disable`, `corridor researcher add|list`: people who judge, and
 * people who report what a transfer really cost. */
#ifndef INGEST_MODERATOR_ADMIN_H
#define INGEST_MODERATOR_ADMIN_H

#include <ingest/command.h>

extern const char moderator_add_details[];
extern const char researcher_add_details[];

enum command_exit moderator_add_command(int argc, char **argv);
enum command_exit moderator_list_command(int argc, char **argv);
enum command_exit moderator_disable_command(int argc, char **argv);
enum command_exit researcher_add_command(int argc, char **argv);
enum command_exit researcher_list_command(int argc, char **argv);

#endif
