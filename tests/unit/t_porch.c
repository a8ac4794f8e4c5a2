/* What gateways ask of the platform: signatures by the right token, content of assets and of nothing else. */
#include "estate_rig.h"

#include <roomkey/signature.h>

#include "keeper/porch.h"

struct world {
	struct rig *r;
	struct rk_porch porch;
	struct rig_site site;
	char answer[256]; /* "VERDICT status code" or "FILE content" */
};

static void
on_asked(struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, void *arg)
{
	struct world *w = arg;

	if (type == RK_MSG_CHECK)
		rk_porch_check(&w->porch, chan, id, view);
	else if (type == RK_MSG_OPEN)
		rk_porch_open(&w->porch, chan, id, view);
}

static void
on_answer(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct world *w = arg;
	struct rk_verdict verdict;
	char content[64] = "";

	if (type == RK_MSG_VERDICT) {
		assert_int_equal(rk_verdict_get(view, &verdict), RK_OK);
		snprintf(
		    w->answer, sizeof w->answer, "VERDICT %u %.*s", verdict.status, RK_FMT(verdict.code));
	} else if (type == RK_MSG_FILE) {
		assert_int_equal(rk_msg_get_u64(view), pread(fd, content, sizeof content - 1, 0));
		assert_true(rk_msg_get_u64(view) > 1500000000000u);
		assert_int_equal(pwrite(fd, "x", 1, 0), -1);
		snprintf(w->answer, sizeof w->answer, "FILE %s", content);
		close(fd);
	}
}

static int
set_up(void **state)
{
	static const struct rk_chan_ops gateway = { .message = on_answer, .closed = rig_on_closed };
	struct world *w = calloc(1, sizeof *w);
	int fds[2];
	void *rig;

	rig_set_up(&rig);
	w->r = rig;
	rig_put_site(w->r, "shop", &w->site);
	rig_put_build(w->r, &w->site, "1", "[]", true);
	rig_deploy(w->r, &w->site);
	rig_open_estate(w->r, 0);
	w->r->asked = on_asked;
	w->r->arg = w;
	w->porch = (struct rk_porch){
		.store = w->r->store, .estate = w->r->estate, .conf = &w->r->conf, .door.conf = &w->r->conf
	};
	rk_chan_close(w->r->gateway); /* one of our own takes its place */
	assert_int_equal(rk_spawn_pair(fds), RK_OK);
	assert_int_equal(
	    rk_chan_open(&w->r->loop, fds[0], RK_GATEWAY, RK_KEEPER, &gateway, w, &w->r->gateway), RK_OK);
	rk_audience_add(&w->r->audience, fds[1]);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	void *rig = w->r;

	rk_porch_done(&w->porch);
	rig_tear_down(&rig);
	free(w);
	return 0;
}

static const char *
open_asset(struct world *w, uint32_t site, uint32_t generation, uint32_t asset)
{
	struct rk_buf *out = rk_chan_begin(w->r->gateway, RK_MSG_OPEN, 1);

	rk_msg_put_u32(out, site);
	rk_msg_put_u32(out, generation);
	rk_msg_put_u32(out, asset);
	assert_int_equal(rk_chan_end(w->r->gateway), RK_OK);
	w->answer[0] = '\0';
	rig_run(w->r);
	return w->answer;
}

static const char *
check(struct world *w, const char *base, const char *token)
{
	RK_AUTO(rk_buf_free) struct rk_buf url = RK_BUF(256);
	char signature[RK_SIGNATURE_LEN + 1] = "";

	rk_buf_printf(&url, "%s/hello", base);
	assert_int_equal(rk_signature_make(rk_str(token), rk_buf_str(&url), NULL, 0, signature), RK_OK);
	rk_check_put(rk_chan_begin(w->r->gateway, RK_MSG_CHECK, 2), &(struct rk_check){ .site = 2,
									.scheme = RK_STR("http"),
									.host = RK_STR("shop.localhost:3000"),
									.target = RK_STR("/hello"),
									.has_signature = true,
									.signature = rk_str(signature) });
	assert_int_equal(rk_chan_end(w->r->gateway), RK_OK);
	w->answer[0] = '\0';
	rig_run(w->r);
	return w->answer;
}

static void
assets_come_as_sealed_memory_but_private_ones_do_not(void **state)
{
	struct world *w = *state;

	assert_string_equal(open_asset(w, 2, 3, 0), "FILE asset a");
	assert_string_equal(open_asset(w, 2, 3, 1), "FILE asset b");
	assert_string_equal(open_asset(w, 2, 3, 0), "FILE asset a");
	assert_int_equal(w->porch.stock.n, 2);
	assert_string_equal(open_asset(w, 2, 3, 2), "VERDICT 404 RK-404");
	assert_string_equal(open_asset(w, 2, 3, 3), "VERDICT 0 ");
	assert_string_equal(open_asset(w, 2, 4, 0), "VERDICT 0 ");
	assert_string_equal(open_asset(w, 9, 3, 0), "VERDICT 0 ");
}

static void
a_signature_is_checked_with_the_account_s_token(void **state)
{
	struct world *w = *state;

	assert_string_equal(check(w, "http://shop.localhost:3000", RIG_TOKEN), "VERDICT 0 ");
	assert_memory_equal(check(w, "http://shop.localhost:3000", "another"), "VERDICT 403", 11);
}

static void
or_with_the_environment_s_own(void **state)
{
	struct world *w = *state;

	rig_put_variable(w->r, &w->site, "AUTH_TOKEN", "my own");
	assert_string_equal(check(w, "http://shop.localhost:3000", "my own"), "VERDICT 0 ");
	assert_memory_equal(check(w, "http://shop.localhost:3000", RIG_TOKEN), "VERDICT 403", 11);
}

static void
public_url_is_the_default_environment_s(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    rk_conf_set(&w->r->conf, RK_STR("public-url"), RK_STR("https://example.com"), NULL), RK_OK);
	assert_string_equal(check(w, "http://shop.localhost:3000", RIG_TOKEN), "VERDICT 0 ");
	assert_int_equal(
	    rk_conf_set(&w->r->conf, RK_STR("default-environment"), rk_str(w->site.environment), NULL),
	    RK_OK);
	assert_string_equal(check(w, "https://example.com", RIG_TOKEN), "VERDICT 0 ");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = { TEST(assets_come_as_sealed_memory_but_private_ones_do_not),
		TEST(a_signature_is_checked_with_the_account_s_token), TEST(or_with_the_environment_s_own),
		TEST(public_url_is_the_default_environment_s) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
