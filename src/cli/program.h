/*
 * program.h - the programs behind the command, found beside it and taken on by exec.
 */
#ifndef RK_CLI_PROGRAM_H
#define RK_CLI_PROGRAM_H

/*
 * Becomes the program: "super", "store". args: argv[0] first, NULL last. Comes back only when it is not
 * there or does not start: told, and the status is returned.
 */
int rk_program_become(const char *name, char **args);

#endif
