/* `corridor key issue|list|revoke`: the keys that sign requests. */
#ifndef INGEST_KEY_ADMIN_H
#define INGEST_KEY_ADMIN_H

#include <ingest/command.h>

extern const char key_issue_details[];
extern const char key_revoke_details[];

enum command_exit key_issue_command(int argc, char **argv);
enum command_exit key_list_command(int argc, char **argv);
enum command_exit key_revoke_command(int argc, char **argv);

#endif
