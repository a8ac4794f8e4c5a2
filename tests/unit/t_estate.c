/* The sites of the platform: what super and the gateways hear when the store changes, and who is told when. */
#include "estate_rig.h"

static struct rig *told_rig;

static void
note(void *arg, const struct rk_estate_outcome *outcome)
{
	size_t n = strlen(told_rig->told);

	snprintf(told_rig->told + n, sizeof told_rig->told - n, "%s:%s/%zu ", (const char *)arg,
	    rk_err_name(outcome->err), outcome->problem_n);
}

static void
await(struct rig *r, const struct rig_site *s, const char *name)
{
	told_rig = r;
	assert_int_equal(rk_estate_await(r->estate, rk_str(s->environment), note, (void *)name), RK_OK);
}

static void
assert_heard(struct rig *r, const char *what)
{
	assert_string_equal(r->heard, what);
	r->heard[0] = '\0';
}

static void
assert_told(struct rig *r, const char *what)
{
	assert_string_equal(r->told, what);
	r->told[0] = '\0';
}

/* One site that is deployed before the estate opens: site 2, generation 3. */
static void
open_one(struct rig *r, struct rig_site *s)
{
	rig_put_site(r, "shop", s);
	rig_put_build(r, s, "exports.handler = 1", "[]", true);
	rig_deploy(r, s);
	rig_open_estate(r, 0);
	assert_heard(r, "ROUTES:2/3 ");
}

static void
get_bundle(struct rig *r, uint32_t generation, struct rk_bundle *ret_bundle)
{
	struct rk_str bytes;

	assert_true(r->bundles[generation % RIG_BUNDLES] >= 0);
	assert_int_equal(rk_bundle_map(r->bundles[generation % RIG_BUNDLES], &bytes), RK_OK);
	assert_int_equal(rk_bundle_parse(bytes, ret_bundle), RK_OK);
	assert_int_equal(ret_bundle->generation, generation);
}

static const char *
variable(const struct rk_bundle *b, const char *name)
{
	static char value[512];

	for (uint32_t i = 0; i < b->variable_count; i++)
		if (rk_str_is(b->variables[i].name, rk_str(name))) {
			snprintf(value, sizeof value, "%.*s", RK_FMT(b->variables[i].value));
			return value;
		}
	return NULL;
}

static void
a_start_tells_routes_and_sends_no_bundle(void **state)
{
	struct rig *r = *state;
	struct rig_site s;
	struct rk_routes_head head;
	struct rk_route route;
	char host[100];

	open_one(r, &s);
	struct rk_msg_view v = { (unsigned char *)r->routes.p, (unsigned char *)r->routes.p + r->routes.n,
		false };
	rk_routes_head_get(&v, &head);
	snprintf(host, sizeof host, "%s.localhost", s.label);
	assert_true(rk_str_is(head.host, rk_str(host)));
	snprintf(host, sizeof host, "%s.localhost:3000", s.label);
	assert_true(rk_str_is(head.domain_name, rk_str(host)));
	assert_false(head.is_default);
	assert_int_equal(head.count, 4);
	rk_route_get(&v, &route);
	assert_true(rk_str_is(route.path, RK_STR("/hello")));
	assert_true(rk_str_is(route.file, RK_STR("functions/hello.js")));
	assert_int_equal(route.kind, RK_ROUTE_FUNCTION);
	for (uint32_t i = 0; i < 3; i++) {
		rk_route_get(&v, &route);
		assert_int_equal(route.kind, RK_ROUTE_ASSET);
		assert_int_equal(route.asset, i);
		assert_int_equal(route.visibility, i);
		assert_true(rk_str_has_prefix(route.type, RK_STR("text/plain")));
	}
	assert_true(rk_str_is(route.file, RK_STR("assets/c.private.txt")));
	assert_true(rk_msg_is_done(&v));
	assert_int_equal(rk_estate_site(r->estate, rk_str(s.environment)), 2);
	assert_int_equal(rk_estate_site(r->estate, RK_STR("ZE1")), RK_SITE_TRIAL);
}

static void
numbers_go_on_where_the_keeper_before_ended(void **state)
{
	struct rig *r = *state;
	struct rig_site a, b;

	rig_put_site(r, "a", &a);
	rig_put_site(r, "b", &b);
	rig_put_build(r, &a, "1", "[]", false);
	rig_deploy(r, &a);
	rig_put_build(r, &b, "1", "[]", false);
	rig_deploy(r, &b);
	rig_open_estate(r, 40);
	assert_heard(r, "ROUTES:41/43 ROUTES:42/44 ");
}

static void
a_wake_sends_the_bundle_of_the_generation_that_is_routed(void **state)
{
	struct rig *r = *state;
	struct rig_site s;
	struct rk_bundle b;

	open_one(r, &s);
	rig_put_variable(r, &s, "API_KEY", "a value");
	rig_say_wake(r, 2);
	assert_heard(r, "BUNDLE:2/3 ");
	get_bundle(r, 3, &b);
	assert_true(rk_str_is(b.service_sid, rk_str(s.service)));
	assert_true(rk_str_is(b.environment_sid, rk_str(s.environment)));
	assert_string_equal(variable(&b, "API_KEY"), "a value");
	assert_string_equal(variable(&b, "ACCOUNT_SID"), RIG_ACCOUNT);
	assert_string_equal(variable(&b, "AUTH_TOKEN"), RIG_TOKEN);
	assert_int_equal(b.function_count, 1);
	assert_true(rk_str_is(b.functions[0].source, RK_STR("exports.handler = 1")));
	assert_int_equal(b.asset_count, 1);
	assert_true(rk_str_is(b.assets[0].content, RK_STR("asset c")));
	assert_int_equal(b.key_count, 0);
	rk_bundle_done(&b);
	rig_say_wake(r, 2); /* the next one within a quarter of a second: super has it by then */
	assert_heard(r, "");
	rig_say_ready(r, 3, NULL);
	assert_heard(r, "");
	rig_say_wake(r, 77);
	assert_heard(r, "DROP:77/0 SDROP:77/0 ");
}

static void
a_variable_takes_the_place_of_a_credential(void **state)
{
	struct rig *r = *state;
	struct rig_site s;
	struct rk_bundle b;

	open_one(r, &s);
	rig_put_variable(r, &s, "AUTH_TOKEN", "my own");
	rig_say_wake(r, 2);
	get_bundle(r, 3, &b);
	assert_int_equal(b.variable_count, 2);
	assert_string_equal(variable(&b, "AUTH_TOKEN"), "my own");
	rk_bundle_done(&b);
}

static void
a_swap_is_bundle_then_ready_then_routes_then_those_who_wait(void **state)
{
	struct rig *r = *state;
	struct rig_site s;

	open_one(r, &s);
	rig_change(r, &s, "exports.handler = 2");
	await(r, &s, "one");
	assert_told(r, "");
	rig_run(r);
	assert_heard(r, "BUNDLE:2/4 ");
	await(r, &s, "two");
	rig_run(r);
	assert_told(r, "");
	rig_say_ready(r, 99, NULL); /* somebody else's */
	assert_told(r, "");
	rig_say_ready(r, 4, NULL);
	assert_heard(r, "ROUTES:2/4 ");
	assert_told(r, "one:OK/0 two:OK/0 ");
	await(r, &s, "three");
	assert_told(r, "");
	rig_run(r);
	assert_told(r, "three:OK/0 ");
}

static void
a_failure_leaves_the_old_one_and_tells_why(void **state)
{
	struct rig *r = *state;
	struct rig_site s;

	open_one(r, &s);
	rig_change(r, &s, "exports.handler = 2");
	await(r, &s, "one");
	rig_run(r);
	rig_say_failed(r, 4, "it died");
	assert_heard(r, "BUNDLE:2/4 ");
	assert_told(r, "one:GONE/0 ");
	rig_say_wake(r, 2);
	assert_heard(r, "BUNDLE:2/3 ");
	rig_say_ready(r, 4, NULL); /* too late */
	assert_heard(r, "");
}

static void
the_last_of_several_changes_wins_and_all_are_told(void **state)
{
	struct rig *r = *state;
	struct rig_site s;
	struct rk_bundle b;

	open_one(r, &s);
	rig_change(r, &s, "exports.handler = 2");
	await(r, &s, "two");
	rig_run(r);
	assert_heard(r, "BUNDLE:2/4 ");
	rig_change(r, &s, "exports.handler = 3");
	await(r, &s, "three");
	rig_change(r, &s, "exports.handler = 4");
	await(r, &s, "four");
	rig_run(r);
	assert_heard(r, "");
	rig_say_ready(r, 4, NULL);
	assert_told(r, "two:OK/0 ");
	assert_heard(r, "ROUTES:2/4 BUNDLE:2/5 ");
	get_bundle(r, 5, &b);
	assert_true(rk_str_is(b.functions[0].source, RK_STR("exports.handler = 4")));
	rk_bundle_done(&b);
	rig_say_ready(r, 5, NULL);
	assert_told(r, "three:OK/0 four:OK/0 ");
	assert_heard(r, "ROUTES:2/5 ");
}

static void
one_site_does_not_wait_for_another(void **state)
{
	struct rig *r = *state;
	struct rig_site s[10];
	char name[16], want[64];

	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof name, "shop%d", i);
		rig_put_site(r, name, &s[i]);
	}
	rig_open_estate(r, 0);
	assert_heard(r, "");
	for (int i = 0; i < 10; i++)
		rig_change(r, &s[i], "exports.handler = 1");
	await(r, &s[7], "seven");
	rig_run(r);
	assert_true(strlen(r->heard) > 0);
	r->heard[0] = '\0';
	/* Sites are 2 to 11, generations 12 to 21. Only the eighth answers. */
	rig_say_ready(r, 19, NULL);
	snprintf(want, sizeof want, "ROUTES:9/19 ");
	assert_heard(r, want);
	assert_told(r, "seven:OK/0 ");
}

static void
what_sleeps_is_not_woken_by_new_variables_or_keys(void **state)
{
	struct rig *r = *state;
	struct rig_site s;

	open_one(r, &s);
	rig_put_variable(r, &s, "A", "1");
	rk_estate_changed(r->estate, RK_STR(RIG_ACCOUNT), rk_str(s.environment));
	rk_estate_keys_changed(r->estate, RK_STR(RIG_ACCOUNT));
	await(r, &s, "one");
	rig_run(r);
	assert_heard(r, "");
	assert_told(r, "one:OK/0 ");
	rig_say_wake(r, 2);
	assert_heard(r, "BUNDLE:2/3 ");
	rk_estate_keys_changed(r->estate, RK_STR(RIG_ACCOUNT));
	rig_run(r);
	assert_heard(r, "BUNDLE:2/4 ");
	rig_say_ready(r, 4, NULL);
	assert_heard(r, "ROUTES:2/4 ");
	rk_estate_keys_changed(r->estate, RK_STR("AC00000000000000000000000000000009"));
	rig_run(r);
	assert_heard(r, "");
}

static void
what_is_removed_is_dropped_everywhere(void **state)
{
	struct rig *r = *state;
	struct rig_site s;

	open_one(r, &s);
	assert_int_equal(
	    rk_store_remove(r->store, RK_KIND_SERVICE, RK_STR(RIG_ACCOUNT), rk_str(s.service)), RK_OK);
	rk_estate_changed(r->estate, RK_STR(RIG_ACCOUNT), rk_str(s.environment));
	await(r, &s, "one");
	rig_run(r);
	assert_true(strstr(r->heard, " DROP:2/0") || strncmp(r->heard, "DROP:2/0", 8) == 0);
	assert_non_null(strstr(r->heard, "SDROP:2/0"));
	assert_told(r, "one:OK/0 ");
	assert_int_equal(rk_estate_site(r->estate, rk_str(s.environment)), RK_SITE_TRIAL);
	r->heard[0] = '\0';
	rk_estate_changed(r->estate, RK_STR(RIG_ACCOUNT), RK_STR("ZE00000000000000000000000000000000"));
	rig_run(r);
	assert_heard(r, "");
}

static void
a_trial_tells_its_problems_and_at_most_four_run(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "e" };
	struct rig *r = *state;
	struct rk_bundle_function f = { RK_STR("/x"), RK_STR("functions/x.js"), RK_PUBLIC,
		RK_STR("syntax(") };
	struct rk_problem problem = { .kind = RK_STR("SyntaxError"), .message = RK_STR("no"), .line = 1 };

	rig_open_estate(r, 0);
	told_rig = r;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(rk_estate_compile(r->estate, &f, 1, note, (void *)names[i]), RK_OK);
	rig_run(r);
	assert_heard(r, "BUNDLE:0/2 BUNDLE:0/3 BUNDLE:0/4 BUNDLE:0/5 ");
	rk_estate_cancel(r->estate, (void *)names[2]);
	rig_say_ready(r, 3, &problem);
	assert_told(r, "b:OK/1 ");
	assert_heard(r, "BUNDLE:0/6 ");
	rig_say_failed(r, 2, "it died");
	rig_say_ready(r, 4, NULL);
	rig_say_ready(r, 6, NULL);
	assert_told(r, "a:GONE/0 e:OK/0 ");
}

static void
who_has_cancelled_is_not_told(void **state)
{
	struct rig *r = *state;
	struct rig_site s;
	static const char name[] = "one";

	open_one(r, &s);
	await(r, &s, name);
	rk_estate_cancel(r->estate, (void *)name);
	rig_run(r);
	assert_told(r, "");
	rig_change(r, &s, "exports.handler = 2");
	await(r, &s, name);
	await(r, &s, "two");
	rk_estate_cancel(r->estate, (void *)name);
	rig_run(r);
	rig_say_ready(r, 4, NULL);
	assert_told(r, "two:OK/0 ");
}

static void
keys_go_along_as_verifiers(void **state)
{
	struct rig *r = *state;
	struct rig_site s;
	struct rk_bundle b;
	unsigned char want[RK_VAULT_DIGEST_SIZE];
	struct rk_row_key key = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.friendly_name = RK_STR("Video"),
		.secret = RK_STR("a secret that is not real"),
		.type = RK_STR("standard"),
		.region = RK_STR("us1") };

	open_one(r, &s);
	assert_int_equal(rk_store_create(r->store, RK_KIND_KEY, &key, NULL), RK_OK);
	rig_say_wake(r, 2);
	get_bundle(r, 3, &b);
	assert_int_equal(b.key_count, 1);
	assert_true(rk_str_is(b.keys[0].sid, rk_str(key.row.sid)));
	assert_true(rk_str_is(b.keys[0].friendly_name, RK_STR("Video")));
	assert_int_equal(b.keys[0].state, RK_BUNDLE_KEY_GOOD);
	rk_vault_hmac(b.verifier_key, key.secret, want);
	assert_memory_equal(b.keys[0].verifier.p, want, sizeof want);
	rk_bundle_done(&b);
	assert_int_equal(
	    rk_store_remove(r->store, RK_KIND_KEY, RK_STR(RIG_ACCOUNT), rk_str(key.row.sid)), RK_OK);
	rk_estate_keys_changed(r->estate, RK_STR(RIG_ACCOUNT));
	rig_run(r);
	get_bundle(r, 4, &b);
	assert_int_equal(b.keys[0].state, RK_BUNDLE_KEY_REMOVED);
	rk_bundle_done(&b);
}

static void
a_url_is_as_people_type_it(void **state)
{
	struct rig *r = *state;
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(256);

	rig_open_estate(r, 0);
	rk_estate_put_url(r->estate, RK_STR("shop-1234"), &out);
	assert_true(rk_str_is(rk_buf_str(&out), RK_STR("http://shop-1234.localhost:3000")));
	assert_int_equal(rk_conf_set(&r->conf, RK_STR("base-domain"), RK_STR("fn.example.com"), NULL), RK_OK);
	rk_buf_clear(&out);
	rk_estate_put_url(r->estate, RK_STR("shop-1234"), &out);
	assert_true(rk_str_is(rk_buf_str(&out), RK_STR("https://shop-1234.fn.example.com")));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, rig_set_up, rig_tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = { TEST(a_start_tells_routes_and_sends_no_bundle),
		TEST(numbers_go_on_where_the_keeper_before_ended),
		TEST(a_wake_sends_the_bundle_of_the_generation_that_is_routed),
		TEST(a_variable_takes_the_place_of_a_credential),
		TEST(a_swap_is_bundle_then_ready_then_routes_then_those_who_wait),
		TEST(a_failure_leaves_the_old_one_and_tells_why),
		TEST(the_last_of_several_changes_wins_and_all_are_told),
		TEST(one_site_does_not_wait_for_another),
		TEST(what_sleeps_is_not_woken_by_new_variables_or_keys),
		TEST(what_is_removed_is_dropped_everywhere),
		TEST(a_trial_tells_its_problems_and_at_most_four_run), TEST(who_has_cancelled_is_not_told),
		TEST(keys_go_along_as_verifiers), TEST(a_url_is_as_people_type_it) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
