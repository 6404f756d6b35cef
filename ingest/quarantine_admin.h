/* `corridor quarantine list|show|release|reject`: what moderators do with held quotes. The rules
 * are the database's (sql/0019-quarantine.sql). */
#ifndef INGEST_QUARANTINE_ADMIN_H
#define INGEST_QUARANTINE_ADMIN_H

#include <ingest/command.h>

extern const char quarantine_details[];
extern const char quarantine_decide_details[];
enum command_exit quarantine_list_command(int argc, char **argv);
enum command_exit quarantine_show_command(int argc, char **argv);
enum command_exit quarantine_release_command(int argc, char **argv);
enum command_exit quarantine_reject_command(int argc, char **argv);

#endif
