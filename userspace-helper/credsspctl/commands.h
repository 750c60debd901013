/* SPDX-License-Identifier: GPL-2.0-only */
/* The subcommands. Each returns an enum exit_code. */
#ifndef CREDSSPCTL_COMMANDS_H
#define CREDSSPCTL_COMMANDS_H

int command_accept(int argc, char **argv);
int command_account(int argc, char **argv);
int command_auth(int argc, char **argv);
int command_cert(int argc, char **argv);
int command_connect(int argc, char **argv);
int command_cred(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_policy(int argc, char **argv);
int command_status(int argc, char **argv);
int command_winrm(int argc, char **argv);

#endif
