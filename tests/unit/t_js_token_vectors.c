/*
 * Every access token of vectors/token-vectors.json, minted through Twilio.jwt.AccessToken in a slot, against what
 * version 3.84.1 of the vendor's Node library made of the same calls (where it lacks a class: the newest that has it).
 *
 * The file goes to the function whole: it holds lone surrogates, which only JavaScript's own JSON reads.
 */
#include "base/auto.h"
#include "worker_rig.h"

/* Does what a case says, as a user of the class would. */
static const char runner[] =
    "const { AccessToken } = Twilio.jwt;\n"
    "function mint(c) {\n"
    "  const token = c.options === null ? new AccessToken(c.account_sid, c.key_sid, c.secret)\n"
    "    : new AccessToken(c.account_sid, c.key_sid, c.secret, c.options);\n"
    "  Object.assign(token, c.set_after);\n"
    "  for (const g of c.grants)\n"
    "    token.addGrant('options' in g ? new AccessToken[g.type](g.options) : new AccessToken[g.type]());\n"
    "  return 'algorithm' in c ? token.toJwt(c.algorithm) : token.toJwt();\n"
    "}\n"
    "function outcome(c) {\n"
    "  try { return { jwt: mint(c) }; } catch (error) { return { error: error.message }; }\n"
    "}\n"
    "const lacks = (r) => /is not a constructor/.test(r.error ?? '');\n"
    "function expected(c) {\n"
    "  const able = c.results.filter((r) => !lacks(r));\n"
    "  return able.find((r) => r.versions.includes('3.84.1')) ?? able.at(-1);\n"
    "}\n"
    "exports.handler = (context, event, callback) => {\n"
    "  const cases = event.access_token, c = cases[event.index];\n"
    "  if (event.index === 'nows') return callback(null, cases.map((each) => each.now).join(' '));\n"
    "  const want = expected(c), got = outcome(c);\n"
    "  const same = want.jwt === got.jwt && want.error === got.error;\n"
    "  callback(null, same ? 'same' : `${c.id}: got ${got.jwt ?? got.error}, want ${want.jwt ?? "
    "want.error}`);\n"
    "};";

static const char *const files[] = { "functions/run.js", runner, NULL };
static const char *const lint_off[] = { "token-lint", "off", NULL };

static struct rig_reply *
ask(struct rig *rig, const char *vectors, const char *query)
{
	return rig_ask(rig,
	    (struct rig_request){ .id = 1, .type = "application/json", .query = query, .body = vectors });
}

static void
test_every_access_token_of_the_vectors(void **state)
{
	char *vectors RK_AUTO(rk_auto_free) = rig_read_vectors("token-vectors.json"),
		      *nows RK_AUTO(rk_auto_free) = NULL;
	unsigned same = 0, differ = 0;
	struct rig_reply *r;
	struct rig *rig;
	char *at, query[32];

	if (!vectors)
		skip();
	rig = rig_new(files, NULL, lint_off, NULL);
	nows = strdup(ask(rig, vectors, "index=nows")->body);
	at = nows;
	for (unsigned i = 0; *at; i++) {
		rig_unix_ms = (int64_t)(strtod(at, &at) * 1000 + 0.5);
		assert_true(rig_unix_ms > 0);
		snprintf(query, sizeof(query), "index=%u", i);
		r = ask(rig, vectors, query);
		if (strcmp(r->body, "same") == 0) {
			same++;
			continue;
		}
		differ++;
		print_message("%s\n", r->body);
	}
	print_message("# token vectors through JavaScript: %u same, %u differ\n", same, differ);
	rig_free(rig);
	assert_true(same > 0);
	assert_int_equal(differ, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_access_token_of_the_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
