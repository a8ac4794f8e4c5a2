/*
 * grant.c - from flags to grants.
 */
#include "cli/grant.h"

#include "base/auto.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/say.h"

enum rk_err
rk_grant_take(struct rk_grant_flags *flags, int row, const char *value, struct rk_why *why)
{
	flags->given[row] = true;
	flags->values[row] = value;
	if (row != RK_GRANT_OTHER)
		return RK_OK;
	if (flags->other_count == RK_GRANTS_KEYS)
		return rk_why(why, RK_TOO_LARGE, RK_SAY_GRANT, "Put fewer into one token.",
		    "A token takes at most %d grants.", RK_GRANTS_KEYS);
	flags->others[flags->other_count++] = value;
	return RK_OK;
}

/* Flags that only say more about another one. */
static enum rk_err
check_company(const struct rk_grant_flags *flags, struct rk_why *why)
{
	static const struct {
		int row, needs;
		const char *name, *needed;
	} rows[] = {
		{ RK_GRANT_CHAT_PUSH, RK_GRANT_CHAT, "chat-push", "chat" },
		{ RK_GRANT_VOICE_PARAMS, RK_GRANT_VOICE_OUT, "voice-params", "voice-outgoing" },
		{ RK_GRANT_ROUTER_WORKER, RK_GRANT_ROUTER, "task-router-worker", "task-router" },
		{ RK_GRANT_ROUTER_ROLE, RK_GRANT_ROUTER, "task-router-role", "task-router" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (flags->given[rows[i].row] && !flags->given[rows[i].needs])
			return rk_why(why, RK_INVALID, RK_SAY_MISSING, "Give both, or neither.",
			    "--%s says nothing without --%s.", rows[i].name, rows[i].needed);
	return RK_OK;
}

/* The text of a JSON value, rewritten without blanks. `flag` is named when it is none. */
static enum rk_err
tidy_json(struct rk_buf *out, struct rk_str text, const char *flag, bool want_object, struct rk_why *why)
{
	RK_AUTO(rk_json_auto) struct rk_json *json = NULL;
	struct rk_why inner = { 0 };
	enum rk_err err = rk_json_parse(text, &json, &inner);

	if (err != RK_OK)
		return rk_why(why, err, RK_SAY_GRANT, "Quote it for the shell: '{\"a\":1}'.",
		    "--%s is not JSON: %.300s", flag, inner.what);
	if (want_object && rk_json_type(json) != RK_JSON_OBJECT)
		return rk_why(why, RK_INVALID, RK_SAY_GRANT, "Write it as '{\"name\":\"value\"}'.",
		    "--%s takes a JSON object.", flag);
	rk_json_put(out, json);
	return rk_buf_end(out);
}

static enum rk_err
add_voice(const struct rk_grant_flags *flags, struct rk_grants *grants, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf params = RK_BUF(RK_GRANTS_MAX);
	struct rk_grant_voice voice = {
		.incoming_allow = flags->given[RK_GRANT_VOICE_IN],
		.outgoing_application_sid = rk_str(flags->values[RK_GRANT_VOICE_OUT]),
		.push_credential_sid = rk_str(flags->values[RK_GRANT_VOICE_PUSH]),
	};
	enum rk_err err = RK_OK;

	if (!flags->given[RK_GRANT_VOICE_IN] && !flags->given[RK_GRANT_VOICE_OUT] &&
	    !flags->given[RK_GRANT_VOICE_PUSH])
		return RK_OK;
	if (flags->given[RK_GRANT_VOICE_PARAMS])
		err = tidy_json(
		    &params, rk_str(flags->values[RK_GRANT_VOICE_PARAMS]), "voice-params", true, why);
	voice.outgoing_params = rk_buf_str(&params);
	if (err == RK_OK)
		rk_grants_add_voice(grants, &voice);
	return err;
}

/* KEY=JSON */
static enum rk_err
add_other(const char *text, struct rk_grants *grants, struct rk_why *why)
{
	RK_AUTO(rk_buf_free) struct rk_buf value = RK_BUF(RK_GRANTS_MAX);
	struct rk_str left = rk_str(text), key;
	enum rk_err err;

	if (rk_str_index(left, '=') == left.n || left.p[0] == '=')
		return rk_why(why, RK_INVALID, RK_SAY_GRANT, "For example --grant 'player={\"a\":1}'.",
		    "--grant takes KEY=JSON.");
	key = rk_str_take(&left, '=');
	if (rk_str_is(key, RK_STR("identity")))
		return rk_why(
		    why, RK_INVALID, RK_SAY_GRANT, "Use --identity.", "The identity is not a grant.");
	err = tidy_json(&value, left, "grant", false, why);
	if (err == RK_OK)
		rk_grants_add_json(grants, key, rk_buf_str(&value));
	return err;
}

enum rk_err
rk_grant_add(const struct rk_grant_flags *flags, struct rk_grants *grants, struct rk_why *why)
{
	const char *const *v = flags->values;
	enum rk_err err = check_company(flags, why);

	if (err != RK_OK)
		return err;
	if (flags->given[RK_GRANT_VIDEO])
		rk_grants_add_video(grants, rk_str(v[RK_GRANT_VIDEO]));
	if (flags->given[RK_GRANT_CHAT])
		rk_grants_add_chat(grants, &(struct rk_grant_chat){ .service_sid = rk_str(v[RK_GRANT_CHAT]),
					       .push_credential_sid = rk_str(v[RK_GRANT_CHAT_PUSH]) });
	if (flags->given[RK_GRANT_SYNC])
		rk_grants_add_sync(grants, rk_str(v[RK_GRANT_SYNC]), RK_STR(""));
	err = add_voice(flags, grants, why);
	if (err == RK_OK && flags->given[RK_GRANT_ROUTER])
		rk_grants_add_task_router(grants, rk_str(v[RK_GRANT_ROUTER]),
		    rk_str(v[RK_GRANT_ROUTER_WORKER]), rk_str(v[RK_GRANT_ROUTER_ROLE]));
	for (unsigned i = 0; err == RK_OK && i < flags->other_count; i++)
		err = add_other(flags->others[i], grants, why);
	return err;
}
