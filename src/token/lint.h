/*
 * lint.h - the table of the lint, and its verdicts as sets, so that a key can keep them
 * (the functions for callers are public: roomkey/lint.h).
 */
#ifndef RK_TOKEN_LINT_H
#define RK_TOKEN_LINT_H

#include <stdbool.h>

#include <roomkey/lint.h>

/* rule, code, severity, argument, what, todo. Codes are never used for something else. */
#define RK_LINT_ROWS(X)                                                                                   \
	X(ACCOUNT_MISSING, "RK-201", REFUSAL, "accountSid", "The account SID is missing.",                    \
	    "Set it to the AC... value on the front page of the vendor's console (ACCOUNT_SID in .env).")     \
	X(KEY_MISSING, "RK-202", REFUSAL, "keySid", "The API key SID is missing.",                            \
	    "Create a standard API key in the vendor's console and set its SK... SID (API_KEY in .env).")     \
	X(SECRET_MISSING, "RK-203", REFUSAL, "secret", "The API key's secret is missing.",                    \
	    "Set the secret that was shown once when the key was created (API_SECRET in .env); if it is lost, create a new key.") \
	X(SWAPPED, "RK-204", REFUSAL, "accountSid", "The account SID and the API key SID are swapped.",       \
	    "Pass the AC... value first and the SK... value second.")                                         \
	X(ACCOUNT_NO_SID, "RK-205", REFUSAL, "accountSid",                                                    \
	    "The account SID does not have the form AC and 32 hexadecimal digits.",                           \
	    "Copy it again from the front page of the vendor's console.")                                     \
	X(KEY_NO_SID, "RK-206", REFUSAL, "keySid",                                                            \
	    "The API key SID does not have the form SK and 32 hexadecimal digits.",                           \
	    "Copy the SID of a standard API key again from the vendor's console; it is not the key's friendly name.") \
	X(KEY_IS_ACCOUNT, "RK-207", WARNING, "keySid",                                                        \
	    "The account SID stands where the API key SID belongs: the token is made, but the vendor will answer 20103.", \
	    "Create a standard API key in the vendor's console (Account, API keys and tokens) and use its SK... SID and its secret.") \
	X(KEY_OTHER_ACCOUNT, "RK-208", REFUSAL, "keySid",                                                     \
	    "The SID of another account stands where the API key SID belongs.",                               \
	    "Create a standard API key in the vendor's console and use its SK... SID and its secret.")        \
	X(SECRET_BLANK, "RK-209", REFUSAL, "secret", "The secret begins or ends with a blank.",               \
	    "Remove the blanks around the value.")                                                            \
	X(SECRET_QUOTED, "RK-210", REFUSAL, "secret", "The secret begins or ends with a quotation mark.",     \
	    "Remove the quotation marks: they are not part of the secret.")                                   \
	X(SECRET_NEWLINE, "RK-211", REFUSAL, "secret", "The secret holds a line break.",                      \
	    "Remove it; when the secret comes from a file, the file's last line break came along.")           \
	X(KEY_SECRET, "RK-215", REFUSAL, "secret", "The secret is not the one of this API key.",              \
	    "Set the secret that belongs to the key, or create a new key: a token signed with another secret opens nothing.") \
	X(KEY_DISABLED, "RK-216", REFUSAL, "keySid", "The API key is disabled.",                              \
	    "Enable the key again, or use another one.")                                                      \
	X(KEY_REMOVED, "RK-217", REFUSAL, "keySid", "The API key was deleted.",                               \
	    "Create a new key, and use its SID and its secret.")                                              \
	X(TTL_LONG, "RK-212", REFUSAL, "ttl", "The token would live longer than 24 hours, which the vendor refuses (20157).", \
	    "Use at most 86400 seconds and let the app ask for a new token before the old one ends.")         \
	X(TTL_ZERO, "RK-213", REFUSAL, "ttl", "The token's lifetime is zero.",                                \
	    "Give a number of seconds from 1 to 86400, or leave it out for 3600.")                            \
	X(TTL_NEGATIVE, "RK-214", REFUSAL, "ttl", "The token would have ended before it begins (20104).",     \
	    "Give a number of seconds from 1 to 86400.")                                                      \
	X(GRANTS_NO_OBJECT, "RK-220", WARNING, "grants", "The grants are no JSON object.",                    \
	    "Pass an object with a member for each grant.")                                                   \
	X(VIDEO_NO_ROOM, "RK-221", WARNING, "grants.video.room",                                              \
	    "The VideoGrant names no room: the token opens every room of the account.",                       \
	    "Name the room: new VideoGrant({ room: 'daily' }).")                                              \
	X(VOICE_NOTHING, "RK-222", WARNING, "grants.voice",                                                   \
	    "The VoiceGrant allows neither incoming nor outgoing calls.",                                     \
	    "Set incomingAllow: true, or outgoingApplicationSid, or both.")                                   \
	X(CHAT_SERVICE, "RK-231", WARNING, "grants.chat.service_sid", RK_LINT_KIND("IS", "Conversations service"), RK_LINT_COPY) \
	X(CHAT_ROLE, "RK-232", WARNING, "grants.chat.deployment_role_sid", RK_LINT_KIND("RL", "role"), RK_LINT_COPY) \
	X(CHAT_PUSH, "RK-233", WARNING, "grants.chat.push_credential_sid", RK_LINT_KIND("CR", "push credential"), RK_LINT_COPY) \
	X(SYNC_SERVICE, "RK-234", WARNING, "grants.data_sync.service_sid",                                    \
	    "This is neither \"default\" nor the SID of a Sync service (IS and 32 hexadecimal digits).", RK_LINT_COPY) \
	X(VOICE_APP, "RK-235", WARNING, "grants.voice.outgoing.application_sid", RK_LINT_KIND("AP", "TwiML application"), RK_LINT_COPY) \
	X(VOICE_PUSH, "RK-236", WARNING, "grants.voice.push_credential_sid", RK_LINT_KIND("CR", "push credential"), RK_LINT_COPY) \
	X(WORKSPACE, "RK-237", WARNING, "grants.task_router.workspace_sid", RK_LINT_KIND("WS", "TaskRouter workspace"), RK_LINT_COPY) \
	X(WORKER, "RK-238", WARNING, "grants.task_router.worker_sid", RK_LINT_KIND("WK", "TaskRouter worker"), RK_LINT_COPY) \
	X(IPM_SERVICE, "RK-239", WARNING, "grants.ip_messaging.service_sid", RK_LINT_KIND("IS", "Chat service"), RK_LINT_COPY) \
	X(RTC_PROFILE, "RK-240", WARNING, "grants.rtc.configuration_profile_sid", RK_LINT_KIND("VS", "configuration profile"), RK_LINT_COPY)

#define RK_LINT_KIND(prefix, noun) "This is not the SID of a " noun " (" prefix " and 32 hexadecimal digits)."
#define RK_LINT_COPY "Copy the SID again from the vendor's console."

enum rk_lint_rule {
#define X(rule, code, severity, argument, what, todo) RK_LINT_##rule,
	RK_LINT_ROWS(X)
#undef X
};

/* A set of findings: bit n is rule n. */
typedef uint64_t rk_lint_set;

#define RK_LINT_BIT(rule) ((rk_lint_set)1 << RK_LINT_##rule)

rk_lint_set rk_lint_find_strings(struct rk_str account_sid, struct rk_str key_sid, struct rk_str secret);
rk_lint_set rk_lint_find_grants(struct rk_str grants_json);

static inline rk_lint_set
rk_lint_find_ttl(int64_t ttl)
{
	if (ttl > 0 && ttl <= 86400)
		return 0;
	return ttl > 0 ? RK_LINT_BIT(TTL_LONG) : ttl == 0 ? RK_LINT_BIT(TTL_ZERO) : RK_LINT_BIT(TTL_NEGATIVE);
}

/* Tells every finding of the set. RK_REFUSED when one of them refuses at this level. */
RK_CHECKED enum rk_err rk_lint_tell(enum rk_lint_level level, rk_lint_set found, rk_lint_fn *fn, void *arg);

#endif
