/*
 * dotenv.h - the `.env` file, by the rules of the dotenv release that Twilio's
 * local tool uses (BEHAVIOUR: line based, no multi-line values, `export` lines
 * ignored, `#` is a comment only on a line without KEY=, later duplicates win).
 */
#ifndef RK_WIRE_DOTENV_H
#define RK_WIRE_DOTENV_H

#include "base/buf.h"

/*
 * Calls each(name, value, line number from 1, arg) for every KEY=VALUE line in
 * order, duplicates included. The views live only during the call.
 */
RK_CHECKED enum rk_err rk_dotenv_each(struct rk_str text,
    void (*each)(struct rk_str name, struct rk_str value, unsigned line, void *arg), void *arg);

#endif
