/* `corridor operator add|change|list|show|disable|enable`: which firms may use the feed. */
#ifndef INGEST_OPERATOR_ADMIN_H
#define INGEST_OPERATOR_ADMIN_H

#include <ingest/command.h>

extern const char operator_add_details[];
extern const char operator_change_details[];
extern const char operator_switch_details[];

enum command_exit operator_add_command(int argc, char **argv);
enum command_exit operator_change_command(int argc, char **argv);
enum command_exit operator_list_command(int argc, char **argv);
enum command_exit operator_show_command(int argc, char **argv);
enum command_exit operator_disable_command(int argc, char **argv);
enum command_exit operator_enable_command(int argc, char **argv);

#endif
