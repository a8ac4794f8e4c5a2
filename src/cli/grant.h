/*
 * grant.h - what a token is to open, as flags of `roomkey token create`.
 */
#ifndef RK_CLI_GRANT_H
#define RK_CLI_GRANT_H

#include <roomkey/grants.h>

#include "cli/flags.h"

/* The rows of the table of flags, in the order of the enum below. */
#define RK_GRANT_FLAGS                                                                              \
	{ "video", RK_FLAG_MAYBE, "ROOM", "video: one room by its name or SID, or every room" },    \
	    { "chat", RK_FLAG_VALUE, "IS...", "conversations and chat of one service" },            \
	    { "chat-push", RK_FLAG_VALUE, "CR...", "push credential of the chat grant" },           \
	    { "sync", RK_FLAG_VALUE, "IS...", "Sync of one service, or default" },                  \
	    { "voice-outgoing", RK_FLAG_VALUE, "AP...", "calls out, through a TwiML application" }, \
	    { "voice-incoming", RK_FLAG_SWITCH, NULL, "calls in" },                                 \
	    { "voice-params", RK_FLAG_VALUE, "JSON", "parameters that calls out carry" },           \
	    { "voice-push", RK_FLAG_VALUE, "CR...", "push credential of the voice grant" },         \
	    { "task-router", RK_FLAG_VALUE, "WS...", "TaskRouter, in one workspace" },              \
	    { "task-router-worker", RK_FLAG_VALUE, "WK...", "as this worker" },                     \
	    { "task-router-role", RK_FLAG_VALUE, "ROLE", "worker or supervisor" },                  \
	{                                                                                           \
		"grant", RK_FLAG_VALUE, "KEY=JSON", "any other grant; may be given again"           \
	}
enum {
	RK_GRANT_VIDEO,
	RK_GRANT_CHAT,
	RK_GRANT_CHAT_PUSH,
	RK_GRANT_SYNC,
	RK_GRANT_VOICE_OUT,
	RK_GRANT_VOICE_IN,
	RK_GRANT_VOICE_PARAMS,
	RK_GRANT_VOICE_PUSH,
	RK_GRANT_ROUTER,
	RK_GRANT_ROUTER_WORKER,
	RK_GRANT_ROUTER_ROLE,
	RK_GRANT_OTHER,
	RK_GRANT_COUNT,
};

/* Zero it first; every text is borrowed from the command line. */
struct rk_grant_flags {
	const char *values[RK_GRANT_COUNT]; /* NULL: not given, or without a value */
	bool given[RK_GRANT_COUNT];
	const char *others[RK_GRANTS_KEYS]; /* KEY=JSON, in their order */
	unsigned other_count;
};

/* One flag. RK_TOO_LARGE: more --grant than a token takes. */
RK_CHECKED enum rk_err rk_grant_take(
    struct rk_grant_flags *flags, int row, const char *value, struct rk_why *why);

/* Adds them all: video, chat, sync, voice, task_router, then the others. RK_INVALID: a flag
 * without the one it belongs to, or a value that is no JSON. */
RK_CHECKED enum rk_err rk_grant_add(
    const struct rk_grant_flags *flags, struct rk_grants *grants, struct rk_why *why);

#endif
