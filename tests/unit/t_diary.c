/* What happened in functions, on its way to the store: rows, batches, a full list, a store that refuses. */
#include "estate_rig.h"

#include "base/log.h"
#include "keeper/diary.h"

struct world {
	struct rig *r;
	struct rk_diary *diary;
	struct rig_site site;
	size_t kept;
	char last[128]; /* kind level method path status message of the last that was kept */
	char function[RK_SID_LEN + 1], request[RK_SID_LEN + 1];
};

static void
on_kept(const struct rk_row_log *row, void *arg)
{
	struct world *w = arg;

	w->kept++;
	snprintf(w->last, sizeof w->last, "%.*s %.*s %.*s %.*s %d %.*s", RK_FMT(row->kind),
	    RK_FMT(row->level), RK_FMT(row->method), RK_FMT(row->path), (int)row->status,
	    RK_FMT(row->message));
	snprintf(w->function, sizeof w->function, "%.*s", RK_FMT(row->function_sid));
	snprintf(w->request, sizeof w->request, "%.*s", RK_FMT(row->request_sid));
	assert_true(rk_sid_is(rk_str(row->row.sid), "NO"));
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	void *rig;

	rig_set_up(&rig);
	w->r = rig;
	rig_put_site(w->r, "shop", &w->site);
	rig_put_build(w->r, &w->site, "1", "[]", false);
	rig_deploy(w->r, &w->site);
	rig_open_estate(w->r, 0);
	assert_int_equal(rk_diary_new(&(struct rk_diary_opts){ .loop = &w->r->loop,
					  .store = w->r->store,
					  .estate = w->r->estate,
					  .conf = &w->r->conf,
					  .kept = on_kept,
					  .arg = w },
			     &w->diary),
	    RK_OK);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	void *rig = w->r;

	rk_diary_free(w->diary);
	rig_tear_down(&rig);
	free(w);
	return 0;
}

static void
take(struct world *w, struct rk_trace t)
{
	RK_AUTO(rk_buf_free) struct rk_buf out = RK_BUF(1 << 20);

	t.path = t.path.p ? t.path : RK_STR("/hello");
	rk_trace_put(&out, &t);
	struct rk_msg_view v = { (unsigned char *)out.p, (unsigned char *)out.p + out.n, false };
	rk_diary_take(w->diary, &v);
}

/* More than a second may pass in it, and then there are more rows; never one for each. */
static void
a_busy_site_is_counted_beyond_its_rate_but_its_failures_are_not(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < 5000; i++)
		take(w, (struct rk_trace){ .site = 2, .level = RK_LOG_INFO, .status = 200 });
	for (size_t i = 0; i < 300; i++)
		take(w, (struct rk_trace){ .site = 2, .level = RK_LOG_ERROR, .status = 500 });
	rk_diary_write(w->diary);
	assert_true(w->kept >= 200 + 300 + 1);
	assert_true(w->kept < 5000);
	assert_non_null(strstr(w->last, "more requests were answered"));
}

static void
take_line(struct world *w, const char *text)
{
	take(w, (struct rk_trace){
		    .site = 2, .kind = RK_TRACE_LINE, .level = RK_LOG_INFO, .text = rk_str(text) });
}

static void
a_request_and_its_failure_are_two_rows(void **state)
{
	struct world *w = *state;

	take(w, (struct rk_trace){ .site = 2,
		    .kind = RK_TRACE_REQUEST,
		    .level = RK_LOG_INFO,
		    .status = 200,
		    .method = RK_STR("POST"),
		    .request_id = RK_STR("RQ00000000000000000000000000000001") });
	assert_int_equal(w->kept, 0);
	rk_diary_write(w->diary);
	assert_int_equal(w->kept, 1);
	assert_string_equal(w->last, "request info POST /hello 200 ");
	assert_string_equal(w->function, w->site.function);
	assert_string_equal(w->request, "RQ00000000000000000000000000000001");
	take(w, (struct rk_trace){ .site = 2,
		    .kind = RK_TRACE_REQUEST,
		    .level = RK_LOG_ERROR,
		    .status = 500,
		    .method = RK_STR("POST"),
		    .text = RK_STR("it threw") });
	rk_diary_write(w->diary);
	assert_int_equal(w->kept, 3);
	assert_string_equal(w->last, "line error POST /hello 0 it threw");
	assert_string_equal(w->request, "");
}

static void
what_is_no_text_and_what_is_nobodys_do_no_harm(void **state)
{
	struct world *w = *state;
	RK_AUTO(rk_auto_free) char *big = malloc(300001);

	memset(big, 'x', 300000);
	big[300000] = '\0';
	take_line(w, "a\xff\xc3z");
	rk_diary_write(w->diary);
	assert_string_equal(w->last, "line info  /hello 0 a??z");
	take_line(w, big);
	take(w, (struct rk_trace){ .site = 77, .kind = RK_TRACE_LINE, .text = RK_STR("whose?") });
	take(w, (struct rk_trace){ .site = 2, .kind = 9 });
	rk_diary_write(w->diary);
	assert_int_equal(w->kept, 2);
}

static void
rows_are_written_by_themselves(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 1200; i++)
		take_line(w, "a line");
	for (int i = 0; i < 100 && w->kept < 1200; i++)
		rig_run(w->r);
	assert_int_equal(w->kept, 1200);
}

static void
a_full_list_loses_the_oldest(void **state)
{
	struct world *w = *state;
	char text[32];

	for (unsigned i = 0; i < RK_DIARY_MOST + 10; i++) {
		snprintf(text, sizeof text, "line %u", i);
		take_line(w, text);
	}
	rk_diary_write(w->diary);
	assert_int_equal(w->kept, RK_DIARY_MOST);
	assert_string_equal(w->last, "line info  /hello 0 line 20009");
}

static enum rk_err
refuse_commit(struct rk_store *store)
{
	rk_store_rollback(store);
	return RK_FULL;
}

static void
a_full_disk_keeps_them_until_there_is_room(void **state)
{
	struct world *w = *state;
	const struct rk_store_ops *good = w->r->store->ops;
	struct rk_store_ops full = *good;

	full.commit = refuse_commit;
	take_line(w, "one");
	w->r->store->ops = &full;
	rk_diary_write(w->diary);
	assert_int_equal(w->kept, 0);
	w->r->store->ops = good;
	rk_diary_write(w->diary);
	assert_int_equal(w->kept, 1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = { TEST(a_request_and_its_failure_are_two_rows),
		TEST(a_busy_site_is_counted_beyond_its_rate_but_its_failures_are_not),
		TEST(what_is_no_text_and_what_is_nobodys_do_no_harm), TEST(rows_are_written_by_themselves),
		TEST(a_full_list_loses_the_oldest), TEST(a_full_disk_keeps_them_until_there_is_room) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
