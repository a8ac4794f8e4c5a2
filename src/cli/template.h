/*
 * template.h - the functions that `roomkey new` can write, one row each, and the files of `roomkey init`.
 */
#ifndef RK_CLI_TEMPLATE_H
#define RK_CLI_TEMPLATE_H

#include "base/str.h"

/* label, name, summary, variables that it reads */
#define RK_TEMPLATE_ROWS(X)                                                                        \
	X(blank, "blank", "answers a greeting as JSON", "")                                        \
	X(video, "video-token", "a token for one video room", "ACCOUNT_SID API_KEY API_SECRET")   \
	X(voice, "voice-token", "a token for phone calls", "ACCOUNT_SID API_KEY API_SECRET TWIML_APP_SID") \
	X(chat, "chat-token", "a token for conversations", "ACCOUNT_SID API_KEY API_SECRET CHAT_SERVICE_SID") \
	X(sync, "sync-token", "a token for shared state", "ACCOUNT_SID API_KEY API_SECRET SYNC_SERVICE_SID") \
	X(sms, "sms-reply", "answers a text message", "")

struct rk_template {
	const char *name, *summary;
	const char *variables;  /* space between */
	struct rk_str text;
};

bool rk_template_at(size_t i, struct rk_template *ret_template);    /* false past the end */
bool rk_template_find(const char *name, struct rk_template *ret_template);
const char *rk_template_near(const char *name);                     /* what was probably meant; or NULL */

struct rk_template_file {
	const char *name;       /* "functions/create-room-token.js" */
	struct rk_str text;
	unsigned mode;
};

/* What a new project starts with, but for its package.json. */
bool rk_template_project_at(size_t i, struct rk_template_file *ret_file);

#endif
