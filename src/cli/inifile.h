/*
 * inifile.h - a file of settings, "name = value" a line, with the number of each line. The only file that knows
 * libinih is inifile.c.
 */
#ifndef RK_CLI_INIFILE_H
#define RK_CLI_INIFILE_H

#include "base/err.h"
#include "base/str.h"

/* One setting; section is "" before the first "[section]". The texts live during the call. */
typedef void rk_inifile_fn(const char *section, const char *name, const char *value, unsigned line, void *arg);

/*
 * Calls each() for every setting, in order. "#" and ";" begin a comment, also " ;" behind a value. RK_INVALID with
 * *ret_line: the first line that is neither a setting nor a section, or is too long (200 bytes); the others
 * were read.
 */
RK_CHECKED enum rk_err rk_inifile_each(struct rk_str text, rk_inifile_fn *each, void *arg, unsigned *ret_line);

#endif
