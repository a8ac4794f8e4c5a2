/*
 * rc.h - the settings that a project brings along in its .twilioserverlessrc, as flags of ours.
 *
 * Looked for in the project's folder and nowhere else. Of its sections, commands.start wins over the
 * base, and environments.<environment> over both. Credentials in it are never read.
 */
#ifndef RK_CLI_RC_H
#define RK_CLI_RC_H

#include "base/buf.h"

#define RK_RC_FLAGS 8

struct rk_rc {
	const char *file;                   /* ".twilioserverlessrc"; NULL: there is none */
	char *flags[RK_RC_FLAGS];           /* "--port=4000" */
	unsigned count;
	struct rk_buf ignored;              /* "runtime, commands.deploy": names that mean nothing here */
};

/* RK_INVALID with file, line and column in why; RK_IO, RK_NOMEM. On success free with rk_rc_done. */
RK_CHECKED enum rk_err rk_rc_read(const char *project, struct rk_rc *ret_rc, struct rk_why *why);
void rk_rc_done(struct rk_rc *rc);

/* The same from the text of a file of that name; member: of package.json the part that counts, or NULL. */
RK_CHECKED enum rk_err rk_rc_parse(
    const char *file, const char *member, struct rk_str text, struct rk_rc *ret_rc, struct rk_why *why);

#endif
