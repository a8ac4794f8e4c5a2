/*
 * diary.c - TRACE to rows: a list in memory, one transaction a batch, and what is too old forgotten.
 */
#include "keeper/diary.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/log.h"
#include "keeper/tally.h"

#define WRITE_MS 200u
#define AGAIN_MS 1000u /* after a failure */
#define SAY_MS 60000u  /* how often trouble is said */
#define PATH_MOST 255u /* as record.h has it, in bytes */
#define MESSAGE_MOST 262144u
#define DAY_US (24 * 3600 * (int64_t)1000000)

struct entry {
	struct entry *next;
	char account[RK_SID_LEN + 1], service[RK_SID_LEN + 1], environment[RK_SID_LEN + 1];
	char build[RK_SID_LEN + 1], function[RK_SID_LEN + 1], request[RK_SID_LEN + 1];
	char method[16];
	const char *level, *kind;
	int64_t status, took_us;
	uint32_t path_n, message_n;
	char texts[]; /* path, message */
};

struct rk_diary {
	struct rk_diary_opts opts;
	struct entry *first, *last;
	size_t n, dropped;
	uint64_t said_ms;
	uv_timer_t *timer, *trim, *purge; /* their own memory: closed later than this */
	struct rk_tally tally;
	struct rk_row_log rows[RK_DIARY_BATCH];
};

/* ---- gathering ---------------------------------------------------------------------------- */

/* A row holds UTF-8 without NUL: every other byte becomes a question mark. */
static void
copy_text(char *to, struct rk_str text)
{
	bool clean = rk_str_is_utf8(text);

	for (size_t i = 0; i < text.n; i++)
		to[i] = text.p[i] == '\0' || (!clean && (unsigned char)text.p[i] >= 0x80) ? '?' : text.p[i];
}

/* At most n bytes, not cut within a character. */
static struct rk_str
cut(struct rk_str text, size_t n)
{
	struct rk_str part = rk_str_sub(text, 0, n);

	while (part.n < text.n && part.n > 0 && ((unsigned char)text.p[part.n] & 0xc0) == 0x80)
		part.n--;
	return part;
}

static void
copy_sid(char to[RK_SID_LEN + 1], struct rk_str sid)
{
	snprintf(to, RK_SID_LEN + 1, "%.*s", RK_FMT(sid));
}

static void
copy_names(struct entry *e, const struct rk_site *site, const struct rk_trace *t)
{
	const struct rk_site_file *f = rk_site_find(site, t->path);

	copy_sid(e->account, site->account_sid);
	copy_sid(e->service, site->service_sid);
	copy_sid(e->environment, site->environment_sid);
	copy_sid(e->build, site->build_sid);
	if (f)
		copy_sid(e->function, f->owner_sid);
	if (rk_sid_is(t->request_id, "RQ"))
		copy_sid(e->request, t->request_id);
	copy_text(e->method, rk_str_sub(t->method, 0, sizeof e->method - 1));
}

static struct entry *
new_entry(const struct rk_site *site, const struct rk_trace *t, struct rk_str message)
{
	static const char *const levels[] = { "error", "warn", "info", "debug" };
	struct rk_str path = cut(t->path, PATH_MOST);
	struct entry *e;

	message = cut(message, MESSAGE_MOST);
	e = calloc(1, sizeof *e + path.n + message.n);
	if (!e)
		return NULL;
	copy_names(e, site, t);
	e->level = levels[t->level];
	e->kind = t->kind == RK_TRACE_REQUEST ? "request" : "line";
	e->status = t->status;
	e->took_us = (int64_t)(t->took_us & INT64_MAX);
	e->path_n = (uint32_t)path.n;
	e->message_n = (uint32_t)message.n;
	copy_text(e->texts, path);
	copy_text(e->texts + path.n, message);
	return e;
}

static void
drop_first(struct rk_diary *diary)
{
	struct entry *e = diary->first;

	diary->first = e->next;
	if (!diary->first)
		diary->last = NULL;
	diary->n--;
	free(e);
}

static void on_time(uv_timer_t *timer);

static void
add(struct rk_diary *diary, struct entry *e)
{
	if (!e || diary->n == RK_DIARY_MOST)
		diary->dropped++;
	if (!e)
		return;
	if (diary->n == RK_DIARY_MOST)
		drop_first(diary);
	*(diary->last ? &diary->last->next : &diary->first) = e;
	diary->last = e;
	diary->n++;
	if (diary->n == 1)
		uv_timer_start(diary->timer, on_time, WRITE_MS, 0);
	else if (diary->n == RK_DIARY_BATCH)
		uv_timer_start(diary->timer, on_time, 0, 0);
}

/* What failed is never only counted. */
static bool
is_counted(struct rk_diary *diary, const struct rk_trace *t)
{
	if (t->kind != RK_TRACE_REQUEST || t->status >= 500 || t->text.n > 0 ||
	    rk_tally_is_row(&diary->tally, t->site, rk_clock_mono_ms()))
		return false;
	if (!uv_is_active((uv_handle_t *)diary->timer))
		uv_timer_start(diary->timer, on_time, WRITE_MS, 0);
	return true;
}

/* A line for each site that had more requests than rows. */
static void
add_counts(struct rk_diary *diary, uint64_t now_ms)
{
	struct rk_trace t = { .kind = RK_TRACE_LINE, .level = RK_LOG_INFO };
	uint32_t n, generation;

	while (rk_tally_take(&diary->tally, now_ms, &t.site, &n)) {
		RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(128);
		const struct rk_site *site = rk_estate_live(diary->opts.estate, t.site, &generation);

		rk_buf_printf(&text, "%u more requests were answered, and have no entry of their own.", n);
		if (site)
			add(diary, new_entry(site, &t, rk_buf_str(&text)));
	}
}

void
rk_diary_take(struct rk_diary *diary, struct rk_msg_view *view)
{
	const struct rk_site *site;
	struct rk_trace t;
	uint32_t generation;

	if (rk_trace_get(view, &t) != RK_OK) {
		rk_error("a gateway told of a request in a form that cannot be read");
		return;
	}
	site = rk_estate_live(diary->opts.estate, t.site, &generation);
	if (!site || is_counted(diary, &t))
		return;
	add(diary, new_entry(site, &t, t.kind == RK_TRACE_LINE ? t.text : RK_STR("")));
	if (t.kind == RK_TRACE_REQUEST &&
	    t.text.n > 0) { /* why it failed is a line, as the vendor shows it */
		t.kind = RK_TRACE_LINE;
		t.level = RK_LOG_ERROR;
		t.status = 0;
		t.took_us = 0;
		add(diary, new_entry(site, &t, t.text));
	}
}

/* ---- writing -------------------------------------------------------------------------------- */

static void
fill_row(struct rk_row_log *row, const struct entry *e)
{
	*row = (struct rk_row_log){ .row.account_sid = rk_str(e->account),
		.service_sid = rk_str(e->service),
		.environment_sid = rk_str(e->environment),
		.build_sid = rk_str(e->build),
		.function_sid = rk_str(e->function[0] ? e->function : NULL),
		.request_sid = rk_str(e->request[0] ? e->request : NULL),
		.level = rk_str(e->level),
		.message = rk_str_n(e->texts + e->path_n, e->message_n),
		.path = rk_str_n(e->texts, e->path_n),
		.kind = rk_str(e->kind),
		.method = rk_str(e->method),
		.status = e->status,
		.took_us = e->took_us };
}

/* The first rows, as one; ret_n tells how many. A row that the store does not want has no SID afterwards. */
static enum rk_err
write_batch(struct rk_diary *diary, size_t *ret_n)
{
	struct rk_store *store = diary->opts.store;
	enum rk_err err = rk_store_begin(store);
	size_t n = 0;

	if (err)
		return err;
	for (struct entry *e = diary->first; e && n < RK_DIARY_BATCH && !err; e = e->next, n++) {
		struct rk_row_log *row = &diary->rows[n];
		fill_row(row, e);
		err = rk_store_create(store, RK_KIND_LOG, row, NULL);
		if (err == RK_NOT_FOUND || err == RK_INVALID || err == RK_TOO_LARGE) {
			row->row.sid[0] = '\0'; /* its account is gone */
			err = RK_OK;
		}
	}
	if (err)
		rk_store_rollback(store);
	else
		err = rk_store_commit(store);
	*ret_n = n;
	return err;
}

static void
say(struct rk_diary *diary, enum rk_err err)
{
	uint64_t now = rk_clock_mono_ms();

	if ((!err && !diary->dropped) || (diary->said_ms && now - diary->said_ms < SAY_MS))
		return;
	diary->said_ms = now;
	if (err)
		rk_warn("RK-752: Logs of functions cannot be kept now: %s. The functions go on.",
		    rk_err_text(err));
	if (diary->dropped)
		rk_warn("RK-752: %zu lines of functions' logs were lost.", diary->dropped);
	diary->dropped = 0;
}

static enum rk_err
write_some(struct rk_diary *diary)
{
	size_t n = 0;
	enum rk_err err = write_batch(diary, &n);

	say(diary, err);
	for (size_t i = 0; i < n && !err; i++) {
		if (diary->opts.kept && diary->rows[i].row.sid[0])
			diary->opts.kept(&diary->rows[i], diary->opts.arg);
		drop_first(diary);
	}
	return err;
}

static void
on_time(uv_timer_t *timer)
{
	struct rk_diary *diary = timer->data;
	enum rk_err err;

	add_counts(diary, rk_clock_mono_ms());
	err = diary->n > 0 ? write_some(diary) : RK_OK;
	if (diary->n > 0 || diary->tally.waiting > 0)
		uv_timer_start(timer, on_time, err ? AGAIN_MS : diary->n >= RK_DIARY_BATCH ? 0 : WRITE_MS, 0);
}

void
rk_diary_write(struct rk_diary *diary)
{
	add_counts(diary, UINT64_MAX);
	while (diary->n > 0 && write_some(diary) == RK_OK)
		;
}

/* ---- forgetting ------------------------------------------------------------------------------- */

static void
on_trim(uv_timer_t *timer)
{
	struct rk_diary *diary = timer->data;
	int64_t now = rk_clock_unix_ms() * 1000, n = 0;
	enum rk_err err = rk_store_trim(diary->opts.store, RK_KIND_LOG,
	    now - diary->opts.conf->log_days * DAY_US, diary->opts.conf->log_rows, &n);

	if (err)
		say(diary, err);
	uv_timer_start(timer, on_trim, !err && n >= RK_STORE_TRIM ? 0 : SAY_MS, 0);
}

static void
on_purge(uv_timer_t *timer)
{
	struct rk_diary *diary = timer->data;
	int64_t n;
	enum rk_err err =
	    rk_store_purge(diary->opts.store, rk_clock_unix_ms() * 1000 - RK_STORE_KEEP_DAYS * DAY_US, &n);

	if (err)
		rk_warn("RK-752: What was removed long ago could not be forgotten: %s.", rk_err_text(err));
}

/* ---- the beginning and the end ------------------------------------------------------------------ */

static void
free_timer(uv_handle_t *handle)
{
	free(handle);
}

static bool
make_timer(struct rk_diary *diary, uv_timer_t **ret_timer)
{
	*ret_timer = calloc(1, sizeof **ret_timer);
	if (!*ret_timer)
		return false;
	uv_timer_init(&diary->opts.loop->uv, *ret_timer);
	(*ret_timer)->data = diary;
	return true;
}

enum rk_err
rk_diary_new(const struct rk_diary_opts *opts, struct rk_diary **ret_diary)
{
	struct rk_diary *diary = calloc(1, sizeof *diary);

	if (!diary)
		return RK_NOMEM;
	diary->opts = *opts;
	if (!make_timer(diary, &diary->timer) || !make_timer(diary, &diary->trim) ||
	    !make_timer(diary, &diary->purge)) {
		rk_diary_free(diary);
		return RK_NOMEM;
	}
	uv_timer_start(diary->trim, on_trim, SAY_MS, 0);
	uv_timer_start(diary->purge, on_purge, 60 * SAY_MS, 60 * SAY_MS);
	*ret_diary = diary;
	return RK_OK;
}

void
rk_diary_free(struct rk_diary *diary)
{
	uv_timer_t *timers[3];

	if (!diary)
		return;
	memcpy(timers, (uv_timer_t *[]){ diary->timer, diary->trim, diary->purge }, sizeof timers);
	for (size_t i = 0; i < 3; i++)
		if (timers[i])
			uv_close((uv_handle_t *)timers[i], free_timer);
	while (diary->first)
		drop_first(diary);
	free(diary);
}
