/*
 * t_token_vectors.c - every recorded access token that C can say, byte for byte, and the tokens of the
 * helper libraries of four other languages through the verifier.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <roomkey/access.h>
#include <roomkey/grants.h>
#include <roomkey/verify.h>

#include "base/auto.h"
#include "base/buf.h"
#include "vectors.h"

/* What a case asks for, as far as C can say it. */
struct asked {
	struct rk_access_claims claims;
	struct rk_str region;
	char *identity; /* owned */
	bool needs_javascript;
};

static void
read_identity(struct asked *asked, const struct rk_json *j)
{
	free(asked->identity);
	asked->identity = NULL;
	if (!rk_json_is_string(j)) {
		asked->needs_javascript = true;
		return;
	}
	asked->identity = vectors_wtf8(rk_json_str(j));
	asked->claims.identity = rk_str_n(asked->identity, rk_json_str(j).n);
}

static void
read_option(struct rk_str name, const struct rk_json *value, void *arg)
{
	struct asked *asked = (struct asked *)arg;
	long long integer;

	if (rk_str_is(name, RK_STR("identity"))) {
		read_identity(asked, value);
	} else if (rk_str_is(name, RK_STR("ttl")) && rk_json_integer(value, &integer)) {
		asked->claims.ttl = integer;
	} else if (rk_str_is(name, RK_STR("nbf")) && rk_json_real(value, &asked->claims.nbf)) {
		asked->claims.has_nbf = true;
	} else if (rk_str_is(name, RK_STR("region")) && rk_json_is_string(value)) {
		asked->region = rk_json_str(value);
	} else {
		asked->needs_javascript = true;
	}
}

/* A grant's option as text. Values of other types pass through JavaScript's rules for truth. */
static struct rk_str
option(struct asked *asked, const struct rk_json *options, const char *name)
{
	const struct rk_json *j = options ? rk_json_get(options, name) : NULL;

	if (j && !rk_json_is_string(j))
		asked->needs_javascript = true;
	return j ? vectors_text(options, name) : rk_str(NULL);
}

static struct rk_grant_chat
chat_of(struct asked *asked, const struct rk_json *o)
{
	return (struct rk_grant_chat){ option(asked, o, "serviceSid"), option(asked, o, "endpointId"),
		option(asked, o, "deploymentRoleSid"), option(asked, o, "pushCredentialSid") };
}

static void
add_voice(struct rk_grants *g, struct asked *asked, const struct rk_json *o)
{
	const struct rk_json *allow = o ? rk_json_get(o, "incomingAllow") : NULL;
	const struct rk_json *params = o ? rk_json_get(o, "outgoingApplicationParams") : NULL;
	struct rk_buf text RK_AUTO(rk_buf_free) = RK_BUF(4096);
	struct rk_grant_voice voice = { 0 };

	voice.incoming_allow = allow && rk_json_type(allow) == RK_JSON_TRUE;
	if (allow && !voice.incoming_allow && rk_json_type(allow) != RK_JSON_FALSE)
		asked->needs_javascript = true;
	if (params && rk_json_type(params) != RK_JSON_OBJECT)
		asked->needs_javascript = true;
	else if (params)
		rk_json_put(&text, params);
	voice.outgoing_application_sid = option(asked, o, "outgoingApplicationSid");
	voice.outgoing_params = rk_buf_str(&text);
	voice.push_credential_sid = option(asked, o, "pushCredentialSid");
	voice.endpoint_id = option(asked, o, "endpointId");
	rk_grants_add_voice(g, &voice);
}

static void
add_playback(struct rk_grants *g, const struct rk_json *o)
{
	const struct rk_json *grant = o ? rk_json_get(o, "grant") : NULL;
	struct rk_buf text RK_AUTO(rk_buf_free) = RK_BUF(4096);

	if (grant)
		rk_json_put(&text, grant);
	rk_grants_add_playback(g, rk_buf_str(&text));
}

static void
add_grant(struct rk_grants *g, struct asked *asked, const struct rk_json *grant)
{
	struct rk_str type = vectors_text(grant, "type");
	const struct rk_json *o = rk_json_get(grant, "options");
	struct rk_grant_chat chat;

	if (rk_str_is(type, RK_STR("VideoGrant"))) {
		rk_grants_add_video(g, option(asked, o, "room"));
	} else if (rk_str_is(type, RK_STR("ChatGrant"))) {
		chat = chat_of(asked, o);
		rk_grants_add_chat(g, &chat);
	} else if (rk_str_is(type, RK_STR("IpMessagingGrant"))) {
		chat = chat_of(asked, o);
		rk_grants_add_ip_messaging(g, &chat);
	} else if (rk_str_is(type, RK_STR("SyncGrant"))) {
		rk_grants_add_sync(g, option(asked, o, "serviceSid"), option(asked, o, "endpointId"));
	} else if (rk_str_is(type, RK_STR("VoiceGrant"))) {
		add_voice(g, asked, o);
	} else if (rk_str_is(type, RK_STR("TaskRouterGrant"))) {
		rk_grants_add_task_router(g, option(asked, o, "workspaceSid"), option(asked, o, "workerSid"),
		    option(asked, o, "role"));
	} else if (rk_str_is(type, RK_STR("PlaybackGrant"))) {
		add_playback(g, o);
	} else if (rk_str_is(type, RK_STR("ConversationsGrant"))) {
		rk_grants_add_rtc(g, option(asked, o, "configurationProfileSid"));
	} else {
		asked->needs_javascript = true;
	}
}

/* The result of 3.84.1, else that of a 4.x. */
static const struct rk_json *
reference(const struct rk_json *one)
{
	const struct rk_json *results = rk_json_get(one, "results"), *r, *v, *newer = NULL;

	for (size_t i = 0; (r = rk_json_at(results, i)) != NULL; i++)
		for (size_t k = 0; (v = rk_json_at(rk_json_get(r, "versions"), k)) != NULL; k++) {
			if (rk_str_is(rk_json_str(v), RK_STR("3.84.1")))
				return r;
			if (rk_json_str(v).p[0] >= '4')
				newer = r;
		}
	return newer;
}

/* Mints as the case says: the token, or the words of the error. */
static void
mint(const struct rk_json *one, const struct asked *asked, struct rk_buf *out, bool *ret_failed)
{
	struct rk_access_key *key = NULL;
	enum rk_access_alg alg;
	struct rk_why why = { 0 };
	size_t n;

	*ret_failed = true;
	if (rk_access_alg_parse(vectors_text(one, "algorithm"), &alg) != RK_OK) {
		rk_buf_lit(out, "Algorithm not supported. Allowed values are HS256, HS384, HS512");
		return;
	}
	if (rk_access_key_new(vectors_text(one, "account_sid"), vectors_text(one, "key_sid"),
		vectors_text(one, "secret"), alg, asked->region, &key, &why) != RK_OK) {
		rk_buf_put(out, rk_str(why.what));
		return;
	}
	assert_int_equal(rk_access_lint(key, &asked->claims, RK_LINT_OFF, NULL, NULL), RK_OK);
	n = rk_access_bound(key, &asked->claims);
	assert_true(rk_buf_reserve(out, n));
	assert_int_equal(rk_access_mint(key, &asked->claims, out->p, n, &out->n), RK_OK);
	*ret_failed = false;
	rk_access_key_free(key);
}

struct tally {
	unsigned same, javascript, differ;
	struct rk_buf left;
};

static void
compare(struct tally *tally, const struct rk_json *one, const struct asked *asked)
{
	const struct rk_json *expected = reference(one);
	struct rk_buf got RK_AUTO(rk_buf_free) = RK_BUF(1u << 20);
	struct rk_str want;
	bool failed;

	assert_non_null(expected);
	mint(one, asked, &got, &failed);
	want = vectors_text(expected, failed ? "error" : "jwt");
	if (rk_str_is(want, rk_buf_str(&got))) {
		tally->same++;
		return;
	}
	tally->differ++;
	print_message("# %.*s differs:\n#   %.*s\n#   %.*s\n", RK_FMT(vectors_text(one, "id")), RK_FMT(want),
	    RK_FMT(rk_buf_str(&got)));
}

static void
run_case(struct tally *tally, const struct rk_json *one)
{
	struct asked asked = { .claims = RK_ACCESS_CLAIMS };
	const struct rk_json *options = rk_json_get(one, "options"), *after = rk_json_get(one, "set_after"),
			     *grant;
	struct rk_grants *g = rk_grants_new();
	double now;

	assert_non_null(g);
	assert_true(rk_json_real(rk_json_get(one, "now"), &now));
	asked.claims.now = (int64_t)now;
	if (options && rk_json_type(options) == RK_JSON_OBJECT)
		rk_json_each(options, read_option, &asked);
	if (after)
		rk_json_each(after, read_option, &asked);
	for (size_t i = 0; (grant = rk_json_at(rk_json_get(one, "grants"), i)) != NULL; i++)
		add_grant(g, &asked, grant);
	assert_int_equal(rk_grants_json(g, &asked.claims.grants), RK_OK);
	if (asked.needs_javascript) {
		tally->javascript++;
		rk_buf_printf(
		    &tally->left, "%s%.*s", tally->left.n ? " " : "", RK_FMT(vectors_text(one, "id")));
	} else {
		compare(tally, one, &asked);
	}
	rk_grants_free(g);
	free(asked.identity);
}

static void
tokens_equal_those_of_the_node_library(void **state)
{
	struct rk_json *root RK_AUTO(rk_json_auto) = vectors_ours("token-vectors.json");
	struct tally tally = { .left = RK_BUF(4096) };
	const struct rk_json *one;

	if (!root)
		skip();
	for (size_t i = 0; (one = rk_json_at(rk_json_get(root, "access_token"), i)) != NULL; i++)
		run_case(&tally, one);
	print_message("# token vectors: %u same, %u through JavaScript (%.*s), %u differ\n", tally.same,
	    tally.javascript, RK_FMT(rk_buf_str(&tally.left)), tally.differ);
	rk_buf_free(&tally.left);
	assert_int_equal(tally.differ, 0);
	assert_true(tally.same >= 60);
}

struct languages {
	const struct rk_json *root;
	struct rk_str secret;
	unsigned good, bad;
};

static void
verify_library(struct rk_str name, const struct rk_json *library, void *arg)
{
	struct languages *l = (struct languages *)arg;
	const struct rk_json *result;
	double now = 0;

	for (size_t i = 0; (result = rk_json_at(rk_json_get(library, "results"), i)) != NULL; i++) {
		struct rk_verify how = { .secret = l->secret };
		struct rk_access_facts *facts = NULL;
		struct rk_why why = { 0 };

		assert_true(rk_json_real(rk_json_get(result, "now"), &now) ||
			    rk_json_real(rk_json_get(library, "now"), &now));
		how.now = (int64_t)now;
		if (rk_verify_access(vectors_text(result, "jwt"), &how, &facts, &why) == RK_OK) {
			l->good++;
			assert_true(rk_str_is(facts->key_sid, RK_STR("SK00000000000000000000000000000002")));
		} else {
			l->bad++;
			print_message("# %.*s %zu: %s\n", RK_FMT(name), i, why.what);
		}
		rk_access_facts_free(facts);
	}
}

static void
tokens_of_other_languages_verify(void **state)
{
	struct rk_json *root RK_AUTO(rk_json_auto) = vectors_ours("token-vectors.json");
	const struct rk_json *other;
	struct languages l = { 0 };

	if (!root)
		skip();
	other = rk_json_get(root, "other_languages");
	l.secret = vectors_text(rk_json_get(other, "common_input"), "secret");
	rk_json_each(rk_json_get(other, "libraries"), verify_library, &l);
	print_message("# tokens of other languages: %u verify, %u do not\n", l.good, l.bad);
	assert_int_equal(l.bad, 0);
	assert_int_equal(l.good, 68);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_equal_those_of_the_node_library),
		cmocka_unit_test(tokens_of_other_languages_verify),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
