/*
 * lint.c - see roomkey/lint.h and lint.h.
 */
#include "token/lint.h"

#include "base/auto.h"
#include "base/json.h"
#include "base/sid.h"

static const struct rk_lint_finding rows[] = {
#define X(rule, code, severity, argument, what, todo) { code, RK_LINT_##severity, argument, what, todo },
	RK_LINT_ROWS(X)
#undef X
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

_Static_assert(ROWS <= 64, "a set of findings is 64 bits");

size_t
rk_lint_count(void)
{
	return ROWS;
}

void
rk_lint_row(size_t i, struct rk_lint_finding *ret_row)
{
	*ret_row = rows[i < ROWS ? i : ROWS - 1];
}

enum rk_err
rk_lint_tell(enum rk_lint_level level, rk_lint_set found, rk_lint_fn *fn, void *arg)
{
	enum rk_err err = RK_OK;

	if (level == RK_LINT_OFF)
		return RK_OK;
	for (; found; found &= found - 1) {
		struct rk_lint_finding row = rows[__builtin_ctzll(found)];

		if (level == RK_LINT_WARN)
			row.severity = RK_LINT_WARNING;
		if (row.severity == RK_LINT_REFUSAL)
			err = RK_REFUSED;
		if (fn)
			fn(&row, arg);
	}
	return err;
}

/* ---- the three strings -------------------------------------------------------- */

static rk_lint_set
find_account(struct rk_str account_sid)
{
	if (account_sid.n == 0)
		return RK_LINT_BIT(ACCOUNT_MISSING);
	return rk_sid_is(account_sid, "AC") ? 0 : RK_LINT_BIT(ACCOUNT_NO_SID);
}

/* The vendor's tutorial tells people to use the account SID as the key: such a token is
 * made, with a warning; any other account's SID is a mistake. */
static rk_lint_set
find_key(struct rk_str key_sid, struct rk_str account_sid)
{
	if (key_sid.n == 0)
		return RK_LINT_BIT(KEY_MISSING);
	if (rk_sid_is(key_sid, "SK"))
		return 0;
	if (!rk_sid_is(key_sid, "AC"))
		return RK_LINT_BIT(KEY_NO_SID);
	return rk_str_is(key_sid, account_sid) ? RK_LINT_BIT(KEY_IS_ACCOUNT) : RK_LINT_BIT(KEY_OTHER_ACCOUNT);
}

static bool
is_any_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static rk_lint_set
find_secret(struct rk_str secret)
{
	rk_lint_set found = 0;
	char first, last;

	if (secret.n == 0)
		return RK_LINT_BIT(SECRET_MISSING);
	first = secret.p[0];
	last = secret.p[secret.n - 1];
	if (is_any_of(first, " \t\v\f") || is_any_of(last, " \t\v\f"))
		found |= RK_LINT_BIT(SECRET_BLANK);
	if (is_any_of(first, "\"'`") || is_any_of(last, "\"'`"))
		found |= RK_LINT_BIT(SECRET_QUOTED);
	if (rk_str_index(secret, '\n') < secret.n || rk_str_index(secret, '\r') < secret.n)
		found |= RK_LINT_BIT(SECRET_NEWLINE);
	return found;
}

rk_lint_set
rk_lint_find_strings(struct rk_str account_sid, struct rk_str key_sid, struct rk_str secret)
{
	rk_lint_set found = find_secret(secret);

	if (rk_sid_is(account_sid, "SK") && rk_sid_is(key_sid, "AC"))
		return found | RK_LINT_BIT(SWAPPED);
	return found | find_account(account_sid) | find_key(key_sid, account_sid);
}

enum rk_err
rk_lint_strings(enum rk_lint_level level, struct rk_str account_sid, struct rk_str key_sid,
    struct rk_str secret, rk_lint_fn *fn, void *arg)
{
	return rk_lint_tell(level, rk_lint_find_strings(account_sid, key_sid, secret), fn, arg);
}

enum rk_err
rk_lint_ttl(enum rk_lint_level level, int64_t ttl, rk_lint_fn *fn, void *arg)
{
	return rk_lint_tell(level, rk_lint_find_ttl(ttl), fn, arg);
}

/* ---- the grants ---------------------------------------------------------------- */

/* Members that hold a SID, of which kind, and what else may stand there. */
static const struct {
	const char *grant, *inner, *member;
	char prefix[3];
	const char *also;
	enum rk_lint_rule rule;
} sids[] = {
	{ "chat", NULL, "service_sid", "IS", NULL, RK_LINT_CHAT_SERVICE },
	{ "chat", NULL, "deployment_role_sid", "RL", NULL, RK_LINT_CHAT_ROLE },
	{ "chat", NULL, "push_credential_sid", "CR", NULL, RK_LINT_CHAT_PUSH },
	{ "data_sync", NULL, "service_sid", "IS", "default", RK_LINT_SYNC_SERVICE },
	{ "voice", "outgoing", "application_sid", "AP", NULL, RK_LINT_VOICE_APP },
	{ "voice", NULL, "push_credential_sid", "CR", NULL, RK_LINT_VOICE_PUSH },
	{ "task_router", NULL, "workspace_sid", "WS", NULL, RK_LINT_WORKSPACE },
	{ "task_router", NULL, "worker_sid", "WK", NULL, RK_LINT_WORKER },
	{ "ip_messaging", NULL, "service_sid", "IS", NULL, RK_LINT_IPM_SERVICE },
	{ "rtc", NULL, "configuration_profile_sid", "VS", NULL, RK_LINT_RTC_PROFILE },
};

/* The member of an object; NULL when `object` is NULL or no object. */
static const struct rk_json *
get(const struct rk_json *object, const char *member)
{
	return object && rk_json_type(object) == RK_JSON_OBJECT ? rk_json_get(object, member) : NULL;
}

static bool
is_sid_or(const struct rk_json *value, const char prefix[2], const char *also)
{
	if (!rk_json_is_string(value))
		return false;
	return rk_sid_is(rk_json_str(value), prefix) || (also && rk_str_is(rk_json_str(value), rk_str(also)));
}

static rk_lint_set
find_sids(const struct rk_json *grants)
{
	rk_lint_set found = 0;

	for (size_t i = 0; i < sizeof(sids) / sizeof(sids[0]); i++) {
		const struct rk_json *at = get(grants, sids[i].grant);

		if (sids[i].inner)
			at = get(at, sids[i].inner);
		at = get(at, sids[i].member);
		if (at && !is_sid_or(at, sids[i].prefix, sids[i].also))
			found |= (rk_lint_set)1 << sids[i].rule;
	}
	return found;
}

static rk_lint_set
find_empty(const struct rk_json *grants)
{
	const struct rk_json *video = get(grants, "video"), *voice = get(grants, "voice"), *allow;
	rk_lint_set found = 0;

	if (video && !get(video, "room"))
		found |= RK_LINT_BIT(VIDEO_NO_ROOM);
	allow = get(get(voice, "incoming"), "allow");
	if (voice && !get(voice, "outgoing") && (!allow || rk_json_type(allow) != RK_JSON_TRUE))
		found |= RK_LINT_BIT(VOICE_NOTHING);
	return found;
}

rk_lint_set
rk_lint_find_grants(struct rk_str grants_json)
{
	struct rk_json *grants RK_AUTO(rk_json_auto) = NULL;

	if (grants_json.n == 0)
		return 0;
	if (rk_json_parse(grants_json, &grants, NULL) != RK_OK || rk_json_type(grants) != RK_JSON_OBJECT)
		return RK_LINT_BIT(GRANTS_NO_OBJECT);
	return find_sids(grants) | find_empty(grants);
}

void
rk_lint_grants(enum rk_lint_level level, struct rk_str grants_json, rk_lint_fn *fn, void *arg)
{
	enum rk_err err;

	if (level == RK_LINT_OFF)
		return;
	err = rk_lint_tell(level, rk_lint_find_grants(grants_json), fn, arg);
	(void)err; /* every row about grants only warns */
}
