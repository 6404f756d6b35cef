/* `corridor community list|approve|reject`: a moderator reads what senders wrote. */
#ifndef INGEST_COMMUNITY_H
#define INGEST_COMMUNITY_H

#include <ingest/command.h>

extern const char community_list_details[];
extern const char community_decide_details[];

enum command_exit community_list_command(int argc, char **argv);
enum command_exit community_approve_command(int argc, char **argv);
enum command_exit community_reject_command(int argc, char **argv);

#endif
