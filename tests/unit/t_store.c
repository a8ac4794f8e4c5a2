/*
 * t_store.c - the conformance suite of the store. It takes any driver: a driver is one row of `drivers`.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "keeper/platform.h"
#include "keeper/sealing.h"
#include "keeper/store_sqlite.h"

#define MASTER RK_STR("0123456789abcdef0123456789abcdef")
#define SECRET RK_STR("a secret of thirty-two characters")

static const struct driver {
	const char *name;
	enum rk_err (*open)(
	    const char *where, const struct rk_vault *vault, struct rk_store **ret_store, struct rk_why *why);
} drivers[] = {
	{ "sqlite", rk_store_sqlite_open },
};

/* What every test starts from: an account, another one, and a service with its environment in the first. */
struct world {
	char dir[32], file[64];
	struct rk_vault *vault;
	struct rk_store *store;
	struct rk_arena arena;
	struct rk_why why;
	struct rk_row_account mine, other;
	struct rk_row_service service;
	struct rk_row_environment environment;
	char person[RK_SID_LEN + 1];
	char base[RK_PLATFORM_LABEL_SIZE], label[RK_PLATFORM_LABEL_SIZE];
};

static const struct driver *driver = &drivers[0];
static int64_t now_ms = 1700000000000;

int64_t
rk_clock_unix_ms(void)
{
	return now_ms;
}

uint64_t
rk_clock_mono_ms(void)
{
	return (uint64_t)now_ms;
}

static void
make_account(struct world *w, struct rk_row_account *row)
{
	*row = (struct rk_row_account){ .friendly_name = RK_STR("An account"), .auth_token = SECRET };
	assert_int_equal(rk_store_create(w->store, RK_KIND_ACCOUNT, row, &w->why), RK_OK);
}

static enum rk_err
make_service(struct world *w, const char *name, struct rk_row_service *row, char *base)
{
	*row = (struct rk_row_service){ .row.account_sid = rk_str(w->mine.row.sid),
		.unique_name = rk_str(name),
		.friendly_name = rk_str(name),
		.include_credentials = true };
	return rk_platform_create_service(w->store, row, base, &w->why);
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	*state = w;
	snprintf(w->dir, sizeof w->dir, "/tmp/t_store.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->file, sizeof w->file, "%s/store", w->dir);
	assert_int_equal(rk_vault_new(MASTER, &w->vault), RK_OK);
	assert_int_equal(driver->open(w->file, w->vault, &w->store, &w->why), RK_OK);
	rk_arena_init(&w->arena, 0);
	make_account(w, &w->mine);
	make_account(w, &w->other);
	assert_int_equal(make_service(w, "room-token", &w->service, w->base), RK_OK);
	w->environment = (struct rk_row_environment){ .row.account_sid = rk_str(w->mine.row.sid),
		.service_sid = rk_str(w->service.row.sid),
		.unique_name = RK_STR("dev-environment"),
		.domain_suffix = RK_STR("dev") };
	assert_int_equal(rk_platform_create_environment(w->store, &w->environment, w->label, &w->why), RK_OK);
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	char command[64];

	rk_store_close(w->store);
	rk_vault_free(w->vault);
	rk_arena_done(&w->arena);
	snprintf(command, sizeof command, "rm -rf %s", w->dir);
	assert_int_equal(system(command), 0);
	free(w);
	return 0;
}

static void
reopen(struct world *w)
{
	rk_store_close(w->store);
	w->store = NULL;
	assert_int_equal(driver->open(w->file, w->vault, &w->store, &w->why), RK_OK);
}

static struct rk_str
mine(const struct world *w)
{
	return rk_str(w->mine.row.sid);
}

static struct rk_str
other(const struct world *w)
{
	return rk_str(w->other.row.sid);
}

static void
count_row(const void *row, void *arg)
{
	(*(unsigned *)arg)++;
}

static unsigned
count(struct world *w, enum rk_kind kind, struct rk_query q)
{
	unsigned n = 0;
	bool more;

	if (!q.account.n)
		q.account = mine(w);
	assert_int_equal(rk_store_list(w->store, kind, &q, count_row, &n, &more), RK_OK);
	return n;
}

/* ---- values for every field of every kind ---- */

/* A person that a session can be of. */
static struct rk_str
whoever(struct world *w)
{
	struct rk_row_person row = {
		.row.account_sid = mine(w), .name = RK_STR("whoever"), .role = RK_STR("owner")
	};

	if (!w->person[0]) {
		assert_int_equal(rk_store_create(w->store, RK_KIND_PERSON, &row, &w->why), RK_OK);
		memcpy(w->person, row.row.sid, sizeof w->person);
	}
	return rk_str(w->person);
}

static struct rk_str
value_of(struct world *w, enum rk_kind kind, const struct rk_field *f)
{
	static const struct {
		const char *field, *value;
	} fixed[] = { { "role", "admin" }, { "type", "standard" }, { "visibility", "protected" },
		{ "status", "completed" }, { "level", "warn" }, { "kind", "line" },
		{ "token_digest", "0123456789abcdef0123456789abcdef" } };

	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		if (strcmp(fixed[i].field, f->name) == 0)
			return rk_str(fixed[i].value);
	if (strcmp(f->name, "service_sid") == 0)
		return rk_str(w->service.row.sid);
	if (strcmp(f->name, "environment_sid") == 0)
		return rk_str(w->environment.row.sid);
	if (strcmp(f->name, "person_sid") == 0)
		return whoever(w);
	if (f->flags & RK_FIELD_REF)
		return rk_str(NULL);
	return kind == RK_KIND_ENVIRONMENT && f->most < 20 ? RK_STR("x-\xc3\xa9")
							   : RK_STR("some \xc3\xa9 text");
}

static void
fill(struct world *w, enum rk_kind kind, union rk_row_any *row)
{
	const struct rk_record *record = rk_record_get(kind);

	memset(row, 0, sizeof *row);
	row->row.account_sid = mine(w);
	for (size_t i = 0; i < record->field_n; i++) {
		if (rk_field_is_text(&record->fields[i]))
			*rk_field_text(&record->fields[i], row) = value_of(w, kind, &record->fields[i]);
		else
			rk_field_set_number(&record->fields[i], row, 1);
	}
}

static enum rk_err
put_owned(struct world *w, enum rk_kind kind, union rk_row_any *row, unsigned char *digest)
{
	struct rk_row_function owner = { .row.account_sid = mine(w),
		.service_sid = rk_str(w->service.row.sid),
		.friendly_name = RK_STR("/owner") };
	bool is_function = kind == RK_KIND_FUNCTION_VERSION;

	assert_int_equal(
	    rk_store_create(w->store, is_function ? RK_KIND_FUNCTION : RK_KIND_ASSET, &owner, &w->why),
	    RK_OK);
	if (is_function)
		row->function_version.function_sid = rk_arena_dup(&w->arena, rk_str(owner.row.sid));
	else
		row->asset_version.asset_sid = rk_arena_dup(&w->arena, rk_str(owner.row.sid));
	return rk_platform_create_version(
	    w->store, kind, row, RK_STR("exports.handler = 1"), digest, &w->why);
}

static enum rk_err
put(struct world *w, enum rk_kind kind, union rk_row_any *row, unsigned char *digest)
{
	fill(w, kind, row);
	if (kind == RK_KIND_FUNCTION_VERSION || kind == RK_KIND_ASSET_VERSION)
		return put_owned(w, kind, row, digest);
	return rk_store_create(w->store, kind, row, &w->why);
}

static void
assert_same(const struct rk_record *record, const union rk_row_any *a, const union rk_row_any *b)
{
	assert_string_equal(a->row.sid, b->row.sid);
	assert_true(rk_str_is(a->row.account_sid, b->row.account_sid));
	assert_int_equal(a->row.date_created, b->row.date_created);
	for (size_t i = 0; i < record->field_n; i++) {
		const struct rk_field *f = &record->fields[i];
		if (!rk_field_is_text(f)) {
			assert_int_equal(rk_field_number(f, a), rk_field_number(f, b));
			continue;
		}
		assert_true(rk_str_is(*rk_field_text(f, a), *rk_field_text(f, b)));
		assert_true(!rk_field_text(f, a)->p == !rk_field_text(f, b)->p);
	}
}

/* Every kind, every field: what was put comes back, after a restart too, and not under another account. */
static void
keeps_every_kind(void **state)
{
	struct world *w = *state;
	unsigned char digest[RK_VAULT_DIGEST_SIZE];

	for (enum rk_kind kind = 1; kind < RK_KINDS; kind++) {
		const struct rk_record *record = rk_record_get(kind);
		union rk_row_any row, found;
		struct rk_query q = { .secrets = true };
		assert_int_equal(put(w, kind, &row, digest), RK_OK);
		assert_true(rk_sid_is(rk_str(row.row.sid), record->prefix));
		reopen(w);
		q.account = row.row.account_sid;
		q.filters[0] = (struct rk_filter){ .field = "sid", .value = rk_str(row.row.sid) };
		assert_int_equal(rk_store_find(w->store, kind, &q, &w->arena, &found), RK_OK);
		assert_same(record, &row, &found);
		assert_int_equal(
		    rk_store_get(w->store, kind, other(w), rk_str(row.row.sid), &w->arena, &found),
		    RK_NOT_FOUND);
		q.account = RK_EVERY_ACCOUNT;
		assert_int_equal(rk_store_find(w->store, kind, &q, &w->arena, &found), RK_OK);
	}
}

/* Without being asked for, a secret does not leave; and it does not lie in the file. */
static void
hides_secrets(void **state)
{
	struct world *w = *state;
	struct rk_row_account found;
	char command[160];

	assert_int_equal(rk_store_get(w->store, RK_KIND_ACCOUNT, mine(w), mine(w), &w->arena, &found), RK_OK);
	assert_null(found.auth_token.p);
	snprintf(command, sizeof command, "grep -q 'a secret of' %s/*", w->dir);
	assert_int_not_equal(system(command), 0);
	snprintf(command, sizeof command, "grep -q 'room-token' %s/*", w->dir);
	assert_int_equal(system(command), 0);
}

static void
changes_what_may_change(void **state)
{
	struct world *w = *state;
	struct rk_row_service s, again;
	struct rk_row_key key = { .row.account_sid = mine(w), .secret = SECRET, .type = RK_STR("standard") },
			  k;
	struct rk_query q = { .account = mine(w), .secrets = true };

	assert_int_equal(
	    rk_store_get(w->store, RK_KIND_SERVICE, mine(w), rk_str(w->service.row.sid), &w->arena, &s),
	    RK_OK);
	s.friendly_name = RK_STR("Another");
	s.unique_name = RK_STR("never-changes");
	now_ms += 5000;
	assert_int_equal(rk_store_update(w->store, RK_KIND_SERVICE, &s, &w->why), RK_OK);
	assert_int_equal(
	    rk_store_get(w->store, RK_KIND_SERVICE, mine(w), rk_str(s.row.sid), &w->arena, &again), RK_OK);
	assert_true(rk_str_is(again.friendly_name, RK_STR("Another")));
	assert_true(rk_str_is(again.unique_name, RK_STR("room-token")));
	assert_int_equal(again.row.date_updated, s.row.date_updated);
	assert_true(again.row.date_updated >= again.row.date_created + 4999000);
	s.row.account_sid = other(w);
	assert_int_equal(rk_store_update(w->store, RK_KIND_SERVICE, &s, &w->why), RK_NOT_FOUND);

	assert_int_equal(rk_store_create(w->store, RK_KIND_KEY, &key, &w->why), RK_OK);
	key.secret = rk_str(NULL); /* not read, not changed */
	key.last_used = 42;
	assert_int_equal(rk_store_update(w->store, RK_KIND_KEY, &key, &w->why), RK_OK);
	assert_int_equal(rk_store_find(w->store, RK_KIND_KEY, &q, &w->arena, &k), RK_OK);
	assert_int_equal(k.last_used, 42);
	assert_true(rk_str_is(k.secret, SECRET));
}

static void
never_changes_what_is_fixed(void **state)
{
	struct world *w = *state;
	unsigned char digest[RK_VAULT_DIGEST_SIZE];
	union rk_row_any row;

	for (enum rk_kind kind = 1; kind < RK_KINDS; kind++) {
		if (!(rk_record_get(kind)->flags & RK_KIND_FIXED))
			continue;
		assert_int_equal(put(w, kind, &row, digest), RK_OK);
		assert_int_equal(rk_store_update(w->store, kind, &row, &w->why), RK_UNSUPPORTED);
	}
}

static void
refuses_names_that_are_taken(void **state)
{
	struct world *w = *state;
	struct rk_row_service s;
	struct rk_row_environment e = w->environment;
	struct rk_row_variable v = { .row.account_sid = mine(w),
		.service_sid = rk_str(w->service.row.sid),
		.environment_sid = rk_str(w->environment.row.sid),
		.key = RK_STR("API_KEY"),
		.value = RK_STR("") };
	char base[RK_PLATFORM_LABEL_SIZE], label[RK_PLATFORM_LABEL_SIZE];

	assert_int_equal(make_service(w, "room-token", &s, base), RK_EXISTS);
	assert_string_equal(w->why.code, "RK-723");
	e.row.sid[0] = '\0';
	e.unique_name = RK_STR("another");
	assert_int_equal(
	    rk_platform_create_environment(w->store, &e, label, &w->why), RK_EXISTS); /* the suffix */
	e.domain_suffix = rk_str(NULL);
	assert_int_equal(rk_platform_create_environment(w->store, &e, label, &w->why), RK_OK);
	assert_string_equal(label, w->base);
	e.row.sid[0] = '\0';
	e.unique_name = RK_STR("third");
	assert_int_equal(
	    rk_platform_create_environment(w->store, &e, label, &w->why), RK_EXISTS); /* a second null */
	assert_int_equal(rk_store_create(w->store, RK_KIND_VARIABLE, &v, &w->why), RK_OK);
	v.row.sid[0] = '\0';
	assert_int_equal(rk_store_create(w->store, RK_KIND_VARIABLE, &v, &w->why), RK_EXISTS);
	s = (struct rk_row_service){
		.row.account_sid = other(w), .unique_name = RK_STR("room-token"), .friendly_name = RK_STR("x")
	};
	assert_int_equal(
	    rk_platform_create_service(w->store, &s, base, &w->why), RK_OK); /* another account's */
}

static void
keeps_limits(void **state)
{
	struct world *w = *state;
	char long_text[600];

	memset(long_text, 'x', sizeof long_text);
	for (enum rk_kind kind = 1; kind < RK_KINDS; kind++)
		for (size_t i = 0; i < rk_record_get(kind)->field_n; i++) {
			const struct rk_field *f = &rk_record_get(kind)->fields[i];
			bool plain = f->type == RK_FIELD_TEXT;
			union rk_row_any row;
			if (!rk_field_is_text(f) || f->type == RK_FIELD_DIGEST ||
			    f->most >= sizeof long_text || kind == RK_KIND_FUNCTION_VERSION ||
			    kind == RK_KIND_ASSET_VERSION)
				continue;
			fill(w, kind, &row);
			*rk_field_text(f, &row) = rk_str_n(long_text, f->most + 1);
			assert_int_equal(rk_store_create(w->store, kind, &row, &w->why), RK_TOO_LARGE);
			assert_non_null(strstr(w->why.what, f->name));
			*rk_field_text(f, &row) = RK_STR("a\xff");
			if (plain)
				assert_int_equal(rk_store_create(w->store, kind, &row, &w->why), RK_INVALID);
			*rk_field_text(f, &row) = RK_STR("a\0b");
			if (plain)
				assert_int_equal(rk_store_create(w->store, kind, &row, &w->why), RK_INVALID);
			*rk_field_text(f, &row) = RK_STR("");
			if (!(f->flags & (RK_FIELD_EMPTY | RK_FIELD_NULL)))
				assert_int_equal(rk_store_create(w->store, kind, &row, &w->why), RK_INVALID);
		}
}

/* Characters, not bytes; and what is no word of a list is refused by the store itself. */
static void
counts_characters(void **state)
{
	struct world *w = *state;
	struct rk_row_key key = { .row.account_sid = mine(w), .secret = SECRET, .type = RK_STR("standard") };
	char name[64 * 2];

	for (size_t i = 0; i < sizeof name; i += 2)
		memcpy(name + i, "\xc3\xa9", 2);
	key.friendly_name = rk_str_n(name, sizeof name);
	assert_int_equal(rk_store_create(w->store, RK_KIND_KEY, &key, &w->why), RK_OK);
	key.row.sid[0] = '\0';
	key.type = RK_STR("royal");
	assert_int_equal(rk_store_create(w->store, RK_KIND_KEY, &key, &w->why), RK_INVALID);
}

struct walk {
	int64_t last;
	char sid[RK_SID_LEN + 1];
	unsigned n;
	bool newest_first;
};

static void
walk_row(const void *row, void *arg)
{
	const struct rk_row *r = row;
	struct walk *k = arg;

	if (k->n)
		assert_true(k->newest_first ? r->date_created < k->last : r->date_created > k->last);
	k->last = r->date_created;
	memcpy(k->sid, r->sid, sizeof k->sid);
	k->n++;
}

/* 2,345 logs made in one millisecond: every one once, in the order of making, both ways, in pages. */
static void
pages(void **state)
{
	struct world *w = *state;
	struct rk_row_log log = { .kind = RK_STR("line"),
		.row.account_sid = mine(w),
		.level = RK_STR("info"),
		.message = RK_STR("hello") };

	assert_int_equal(rk_store_begin(w->store), RK_OK);
	for (int i = 0; i < 2345; i++) {
		log.row.sid[0] = '\0';
		assert_int_equal(rk_store_create(w->store, RK_KIND_LOG, &log, &w->why), RK_OK);
	}
	assert_int_equal(rk_store_commit(w->store), RK_OK);
	for (int way = 0; way < 4; way++) {
		struct walk k = { .newest_first = way & 1 };
		struct rk_query q = {
			.account = mine(w), .limit = way & 2 ? 50 : 5000, .newest_first = way & 1
		};
		unsigned calls = 0;
		for (bool more = true; more; calls++) {
			assert_int_equal(
			    rk_store_list(w->store, RK_KIND_LOG, &q, walk_row, &k, &more), RK_OK);
			q.after_date = k.last;
			q.after_sid = rk_str(k.sid);
		}
		assert_int_equal(k.n, 2345);
		assert_int_equal(calls, way & 2 ? 47 : 3);
	}
}

static void
asks_for_logs(void **state)
{
	struct world *w = *state;
	static const char *const levels[] = { "error", "warn", "info", "debug" };
	int64_t middle = 0;

	for (int i = 0; i < 40; i++) {
		char text[32];
		struct rk_row_log log = {
			.row.account_sid = mine(w), .kind = RK_STR("line"), .level = rk_str(levels[i % 4])
		};
		snprintf(text, sizeof text, "number %d%%", i);
		log.message = rk_str(text);
		if (i % 2)
			log.function_sid = rk_str("ZH00000000000000000000000000000001");
		assert_int_equal(rk_store_create(w->store, RK_KIND_LOG, &log, &w->why), RK_OK);
		if (i == 20)
			middle = log.row.date_created;
	}
	assert_int_equal(
	    count(w, RK_KIND_LOG, (struct rk_query){ .filters = { { "level", RK_STR("warn"), false } } }),
	    10);
	assert_int_equal(count(w, RK_KIND_LOG,
			     (struct rk_query){ .filters = { { "message", RK_STR("number 3"), true } } }),
	    11);
	assert_int_equal(
	    count(w, RK_KIND_LOG, (struct rk_query){ .filters = { { "message", RK_STR("%"), true } } }), 40);
	assert_int_equal(count(w, RK_KIND_LOG, (struct rk_query){ .from = middle }), 20);
	assert_int_equal(count(w, RK_KIND_LOG, (struct rk_query){ .to = middle }), 20);
	assert_int_equal(
	    count(w, RK_KIND_LOG, (struct rk_query){ .filters = { { "function_sid", { NULL, 0 }, false } } }),
	    20);
	assert_int_equal(
	    count(w, RK_KIND_LOG,
		(struct rk_query){ .from = middle,
		    .filters = { { "level", RK_STR("error"), false }, { "message", RK_STR("24"), true } } }),
	    1);
}

static void
refuses_questions_of_no_form(void **state)
{
	struct world *w = *state;
	struct rk_query q = { .account = mine(w),
		.filters = { { .field = "1=1 OR level", .value = RK_STR("x") } } };
	unsigned n = 0;
	bool more;

	assert_int_equal(rk_store_list(w->store, RK_KIND_LOG, &q, count_row, &n, &more), RK_INVALID);
	q.filters[0].field = "content_digest"; /* of another kind */
	assert_int_equal(rk_store_list(w->store, RK_KIND_LOG, &q, count_row, &n, &more), RK_INVALID);
	q.filters[0].field = NULL;
	q.account = RK_STR(""); /* a scope that was forgotten */
	assert_int_equal(rk_store_list(w->store, RK_KIND_ACCOUNT, &q, count_row, &n, &more), RK_INVALID);
	assert_int_equal(n, 0);
}

static void
trims_logs(void **state)
{
	struct world *w = *state;
	struct rk_row_log log = { .row.account_sid = mine(w),
		.kind = RK_STR("line"),
		.level = RK_STR("info"),
		.message = RK_STR("x") };
	int64_t n = 0, tenth = 0;

	for (int i = 0; i < 100; i++) {
		log.row.sid[0] = '\0';
		assert_int_equal(rk_store_create(w->store, RK_KIND_LOG, &log, &w->why), RK_OK);
		if (i == 10)
			tenth = log.row.date_created;
	}
	assert_int_equal(rk_store_trim(w->store, RK_KIND_LOG, tenth, 0, &n), RK_OK);
	assert_int_equal(n, 10);
	assert_int_equal(rk_store_trim(w->store, RK_KIND_LOG, 1, 25, &n), RK_OK);
	assert_int_equal(n, 65);
	assert_int_equal(count(w, RK_KIND_LOG, (struct rk_query){ 0 }), 25);
	assert_int_equal(rk_store_trim(w->store, RK_KIND_SERVICE, tenth, 0, &n), RK_UNSUPPORTED);
}

/* ---- versions, builds, deployments ---- */

static void
make_version(struct world *w, const char *content, struct rk_row_function_version *v)
{
	static unsigned char digest[RK_VAULT_DIGEST_SIZE];
	union rk_row_any row;

	fill(w, RK_KIND_FUNCTION_VERSION, &row);
	row.function_version.path = RK_STR("/f");
	assert_int_equal(put_owned(w, RK_KIND_FUNCTION_VERSION, &row, digest), RK_OK);
	row.row.sid[0] = '\0';
	assert_int_equal(rk_platform_create_version(
			     w->store, RK_KIND_FUNCTION_VERSION, &row, rk_str(content), digest, &w->why),
	    RK_OK);
	*v = row.function_version;
}

static void
make_build(
    struct world *w, const char *status, const struct rk_row_function_version *v, struct rk_row_build *b)
{
	struct rk_str sid = rk_str(v->row.sid);

	*b = (struct rk_row_build){ .row.account_sid = mine(w),
		.service_sid = rk_str(w->service.row.sid),
		.status = rk_str(status),
		.runtime = RK_STR("node22"),
		.dependencies = RK_STR("[]") };
	assert_int_equal(rk_platform_create_build(w->store, b, &sid, 1, NULL, 0, &w->why), RK_OK);
}

static enum rk_err
deploy(struct world *w, struct rk_str account, struct rk_str build)
{
	struct rk_row_deployment d = { .row.account_sid = account,
		.environment_sid = rk_str(w->environment.row.sid),
		.build_sid = build };
	struct rk_row_audit a = { .row.account_sid = mine(w),
		.actor = RK_STR("shell"),
		.action = RK_STR("deploy"),
		.target_sid = d.environment_sid };

	return rk_platform_deploy(w->store, &d, &a, &w->why);
}

static void
stores_content_once(void **state)
{
	struct world *w = *state;
	struct rk_row_function_version v;
	struct rk_buf out = RK_BUF(1 << 20);
	struct stat before, after;
	char *content = malloc(20001);

	memset(content, 'c', 20000);
	content[20000] = '\0';
	make_version(w, content, &v);
	rk_store_close(w->store);
	w->store = NULL;
	assert_int_equal(stat(w->file, &before), 0);
	assert_int_equal(driver->open(w->file, w->vault, &w->store, &w->why), RK_OK);
	for (int i = 0; i < 50; i++)
		make_version(w, content, &v);
	assert_int_equal(rk_platform_get_content(w->store, v.content_digest, &out), RK_OK);
	assert_true(rk_str_is(rk_buf_str(&out), rk_str(content)));
	assert_int_equal(rk_platform_get_content(w->store, RK_STR("nothing"), &out), RK_NOT_FOUND);
	reopen(w);
	assert_int_equal(stat(w->file, &after), 0);
	assert_true(after.st_size - before.st_size < 300000); /* 50 copies would be a million */
	rk_buf_free(&out);
	free(content);
}

static void
swaps_as_one(void **state)
{
	struct world *w = *state;
	struct rk_row_function_version v;
	struct rk_row_build done, building, gone;
	struct rk_row_environment e;

	make_version(w, "one", &v);
	make_build(w, "completed", &v, &done);
	make_build(w, "building", &v, &building);
	make_build(w, "completed", &v, &gone);
	assert_int_equal(deploy(w, mine(w), rk_str(done.row.sid)), RK_OK);
	assert_int_equal(deploy(w, mine(w), rk_str(building.row.sid)), RK_REFUSED);
	assert_string_equal(w->why.code, "RK-725");
	assert_int_equal(rk_store_remove(w->store, RK_KIND_BUILD, mine(w), rk_str(gone.row.sid)), RK_OK);
	assert_int_equal(deploy(w, mine(w), rk_str(gone.row.sid)), RK_NOT_FOUND);
	assert_int_equal(deploy(w, other(w), rk_str(done.row.sid)), RK_NOT_FOUND);
	assert_int_equal(rk_store_get(w->store, RK_KIND_ENVIRONMENT, mine(w), rk_str(w->environment.row.sid),
			     &w->arena, &e),
	    RK_OK);
	assert_true(rk_str_is(e.build_sid, rk_str(done.row.sid)));
	assert_int_equal(count(w, RK_KIND_DEPLOYMENT, (struct rk_query){ 0 }), 1);
	assert_int_equal(count(w, RK_KIND_AUDIT, (struct rk_query){ 0 }), 1);
	assert_int_equal(rk_store_remove(w->store, RK_KIND_BUILD, mine(w), rk_str(done.row.sid)), RK_REFUSED);
}

/* The last part of a deployment fails: nothing of it stays. */
static void
half_a_deployment_is_none(void **state)
{
	struct world *w = *state;
	struct rk_row_function_version v;
	struct rk_row_build b;
	struct rk_row_environment e;
	struct rk_row_deployment d = { .row.account_sid = mine(w),
		.environment_sid = rk_str(w->environment.row.sid) };
	struct rk_row_audit a = { .row.account_sid = mine(w), .actor = RK_STR("") };

	make_version(w, "one", &v);
	make_build(w, "completed", &v, &b);
	d.build_sid = rk_str(b.row.sid);
	assert_int_equal(rk_platform_deploy(w->store, &d, &a, &w->why), RK_INVALID);
	assert_int_equal(rk_store_get(w->store, RK_KIND_ENVIRONMENT, mine(w), rk_str(w->environment.row.sid),
			     &w->arena, &e),
	    RK_OK);
	assert_null(e.build_sid.p);
	assert_int_equal(count(w, RK_KIND_DEPLOYMENT, (struct rk_query){ 0 }), 0);
}

static void
builds_take_their_own_versions_only(void **state)
{
	struct world *w = *state;
	struct rk_row_function_version v;
	struct rk_row_service second;
	char base[RK_PLATFORM_LABEL_SIZE];
	struct rk_row_build b = {
		.row.account_sid = mine(w), .status = RK_STR("building"), .dependencies = RK_STR("[]")
	};
	struct rk_str sid;

	make_version(w, "one", &v);
	sid = rk_str(v.row.sid);
	assert_int_equal(make_service(w, "second", &second, base), RK_OK);
	b.service_sid = rk_str(second.row.sid);
	assert_int_equal(rk_platform_create_build(w->store, &b, &sid, 1, NULL, 0, &w->why), RK_NOT_FOUND);
	assert_int_equal(
	    rk_platform_create_build(w->store, &b, NULL, 0, &sid, 1, &w->why), RK_NOT_FOUND); /* no asset */
	assert_int_equal(count(w, RK_KIND_BUILD, (struct rk_query){ 0 }), 0);
	assert_int_equal(rk_platform_create_build(w->store, &b, NULL, 0, NULL, 0, &w->why), RK_OK);
}

/* ---- removing ---- */

static void
removes_and_restores(void **state)
{
	struct world *w = *state;
	struct rk_row_function_version v;
	struct rk_row_service s, again;
	struct rk_str sid = rk_str(w->service.row.sid);
	char base[RK_PLATFORM_LABEL_SIZE];

	make_version(w, "one", &v);
	make_version(w, "two", &v);
	assert_int_equal(
	    rk_store_remove(w->store, RK_KIND_FUNCTION_VERSION, mine(w), rk_str(v.row.sid)), RK_OK);
	assert_int_equal(
	    rk_store_remove(w->store, RK_KIND_FUNCTION_VERSION, mine(w), rk_str(v.row.sid)), RK_NOT_FOUND);
	assert_int_equal(rk_store_remove(w->store, RK_KIND_SERVICE, other(w), sid), RK_NOT_FOUND);
	assert_int_equal(rk_store_remove(w->store, RK_KIND_SERVICE, mine(w), sid), RK_OK);
	assert_int_equal(count(w, RK_KIND_ENVIRONMENT, (struct rk_query){ 0 }), 0);
	assert_int_equal(count(w, RK_KIND_FUNCTION, (struct rk_query){ 0 }), 0);
	assert_int_equal(count(w, RK_KIND_SERVICE, (struct rk_query){ .removed = true }), 1);
	/* What went with it does not come back without it, nor with another account's word. */
	assert_int_equal(
	    rk_store_restore(w->store, RK_KIND_ENVIRONMENT, mine(w), rk_str(w->environment.row.sid)),
	    RK_NOT_FOUND);
	assert_int_equal(
	    rk_store_restore(w->store, RK_KIND_FUNCTION_VERSION, mine(w), rk_str(v.row.sid)), RK_NOT_FOUND);
	assert_int_equal(rk_store_restore(w->store, RK_KIND_SERVICE, other(w), sid), RK_NOT_FOUND);
	/* Its name is free, and taken: then it cannot come back. */
	assert_int_equal(make_service(w, "room-token", &s, base), RK_OK);
	assert_int_equal(rk_store_restore(w->store, RK_KIND_SERVICE, mine(w), sid), RK_EXISTS);
	assert_int_equal(count(w, RK_KIND_ENVIRONMENT, (struct rk_query){ 0 }), 0);
	assert_int_equal(rk_store_remove(w->store, RK_KIND_SERVICE, mine(w), rk_str(s.row.sid)), RK_OK);
	assert_int_equal(rk_store_restore(w->store, RK_KIND_SERVICE, mine(w), sid), RK_OK);
	assert_int_equal(rk_store_get(w->store, RK_KIND_SERVICE, mine(w), sid, &w->arena, &again), RK_OK);
	assert_int_equal(count(w, RK_KIND_ENVIRONMENT, (struct rk_query){ 0 }), 1);
	/* Removed by itself before: stays removed. */
	assert_int_equal(count(w, RK_KIND_FUNCTION_VERSION, (struct rk_query){ 0 }), 3);
	assert_int_equal(
	    rk_store_restore(w->store, RK_KIND_FUNCTION_VERSION, mine(w), rk_str(v.row.sid)), RK_OK);
	assert_int_equal(count(w, RK_KIND_FUNCTION_VERSION, (struct rk_query){ 0 }), 4);
}

static void
purges_but_not_what_runs(void **state)
{
	struct world *w = *state;
	struct rk_row_function_version v;
	struct rk_row_build b;
	struct rk_buf out = RK_BUF(1 << 20);
	int64_t n = 0, at;

	make_version(w, "runs", &v);
	make_build(w, "completed", &v, &b);
	assert_int_equal(deploy(w, mine(w), rk_str(b.row.sid)), RK_OK);
	assert_int_equal(rk_store_remove(w->store, RK_KIND_FUNCTION, mine(w), v.function_sid), RK_OK);
	at = now_ms * 1000;
	assert_int_equal(rk_store_purge(w->store, at - 1000000000, &n), RK_OK); /* not old enough */
	assert_int_equal(n, 0);
	now_ms += 1000;
	assert_int_equal(rk_store_purge(w->store, now_ms * 1000, &n), RK_OK);
	assert_int_equal(n, 1); /* the first version, that no build has */
	assert_int_equal(
	    count(w, RK_KIND_FUNCTION_VERSION, (struct rk_query){ .build = rk_str(b.row.sid) }), 1);
	assert_int_equal(rk_platform_get_content(w->store, v.content_digest, &out), RK_OK);
	assert_int_equal(
	    rk_store_remove(w->store, RK_KIND_SERVICE, mine(w), rk_str(w->service.row.sid)), RK_OK);
	now_ms += 1000;
	assert_int_equal(rk_store_purge(w->store, now_ms * 1000, &n), RK_OK);
	assert_int_equal(n, 6); /* service, environment, build, deployment, version, function */
	assert_int_equal(rk_platform_get_content(w->store, v.content_digest, &out), RK_NOT_FOUND);
	assert_int_equal(
	    rk_store_restore(w->store, RK_KIND_SERVICE, mine(w), rk_str(w->service.row.sid)), RK_NOT_FOUND);
	assert_int_equal(rk_store_check(w->store, &w->why), RK_OK);
	rk_buf_free(&out);
}

static void
removes_an_account_whole(void **state)
{
	struct world *w = *state;
	union rk_row_any row;
	unsigned char digest[RK_VAULT_DIGEST_SIZE];
	int64_t n;

	for (enum rk_kind kind = RK_KIND_PERSON; kind < RK_KINDS; kind++)
		assert_int_equal(put(w, kind, &row, digest), RK_OK);
	assert_int_equal(rk_store_remove(w->store, RK_KIND_ACCOUNT, mine(w), mine(w)), RK_OK);
	for (enum rk_kind kind = 1; kind < RK_KIND_LOG; kind++)
		assert_int_equal(count(w, kind, (struct rk_query){ 0 }), 0);
	fill(w, RK_KIND_KEY, &row);
	assert_int_equal(rk_store_create(w->store, RK_KIND_KEY, &row, &w->why), RK_NOT_FOUND);
	now_ms += 1000;
	assert_int_equal(rk_store_purge(w->store, now_ms * 1000, &n), RK_OK);
	assert_int_equal(count(w, RK_KIND_ACCOUNT, (struct rk_query){ .removed = true }), 0);
	assert_int_equal(count(w, RK_KIND_ACCOUNT, (struct rk_query){ .account = RK_EVERY_ACCOUNT }), 1);
	assert_int_equal(rk_store_check(w->store, &w->why), RK_OK);
}

/* ---- other accounts ---- */

static void
owners_must_be_of_the_account(void **state)
{
	struct world *w = *state;
	struct rk_row_variable v = { .row.account_sid = other(w),
		.service_sid = rk_str(w->service.row.sid),
		.environment_sid = rk_str(w->environment.row.sid),
		.key = RK_STR("K"),
		.value = RK_STR("v") };
	struct rk_row_service second;
	char base[RK_PLATFORM_LABEL_SIZE];

	assert_int_equal(rk_store_create(w->store, RK_KIND_VARIABLE, &v, &w->why), RK_NOT_FOUND);
	assert_string_equal(w->why.code, "RK-722");
	v.row.account_sid = mine(w);
	assert_int_equal(make_service(w, "second", &second, base), RK_OK);
	v.service_sid = rk_str(second.row.sid); /* not the environment's service */
	assert_int_equal(rk_store_create(w->store, RK_KIND_VARIABLE, &v, &w->why), RK_NOT_FOUND);
	v.row.account_sid = rk_str("AC00000000000000000000000000000000");
	assert_int_equal(rk_store_create(w->store, RK_KIND_VARIABLE, &v, &w->why), RK_NOT_FOUND);
}

/* ---- the master key ---- */

static void
another_master_key_does_not_open(void **state)
{
	struct world *w = *state;
	struct rk_vault *wrong;
	struct rk_store *store;

	rk_store_close(w->store);
	w->store = NULL;
	assert_int_equal(rk_vault_new(RK_STR("another key of thirty-two bytes!"), &wrong), RK_OK);
	assert_int_equal(driver->open(w->file, wrong, &store, &w->why), RK_SIGNATURE);
	assert_string_equal(w->why.code, "RK-710");
	rk_vault_free(wrong);
	assert_int_equal(driver->open(w->file, w->vault, &w->store, &w->why), RK_OK);
}

static void
without_a_vault_secrets_stay_closed(void **state)
{
	struct world *w = *state;
	struct rk_row_account row = { .auth_token = SECRET }, found;
	struct rk_query q = { .account = mine(w), .secrets = true };

	rk_store_close(w->store);
	assert_int_equal(driver->open(w->file, NULL, &w->store, &w->why), RK_OK);
	assert_int_equal(rk_store_find(w->store, RK_KIND_ACCOUNT, &q, &w->arena, &found), RK_DENIED);
	q.secrets = false;
	assert_int_equal(rk_store_find(w->store, RK_KIND_ACCOUNT, &q, &w->arena, &found), RK_OK);
	assert_int_equal(rk_store_create(w->store, RK_KIND_ACCOUNT, &row, &w->why), RK_DENIED);
}

static void
rekeys_everything(void **state)
{
	struct world *w = *state;
	struct rk_vault *fresh, *old = w->vault;
	struct rk_row_key key = { .row.account_sid = mine(w), .secret = SECRET, .type = RK_STR("main") };
	struct rk_query q = { .account = mine(w), .secrets = true };
	struct rk_store *store;
	char removed[RK_SID_LEN + 1];
	int64_t n = 0;

	assert_int_equal(rk_store_begin(w->store), RK_OK);
	for (int i = 0; i < 1200; i++) { /* more than one page */
		key.row.sid[0] = '\0';
		assert_int_equal(rk_store_create(w->store, RK_KIND_KEY, &key, &w->why), RK_OK);
	}
	assert_int_equal(rk_store_commit(w->store), RK_OK);
	memcpy(removed, key.row.sid, sizeof removed);
	assert_int_equal(rk_store_remove(w->store, RK_KIND_KEY, mine(w), rk_str(removed)), RK_OK);
	assert_int_equal(rk_vault_new(RK_STR("another key of thirty-two bytes!"), &fresh), RK_OK);
	assert_int_equal(rk_sealing_rekey(w->store, fresh, &n, &w->why), RK_OK);
	assert_int_equal(n, 1202);
	w->vault = fresh;
	reopen(w);
	assert_int_equal(rk_store_restore(w->store, RK_KIND_KEY, mine(w), rk_str(removed)), RK_OK);
	q.filters[0] = (struct rk_filter){ .field = "sid", .value = rk_str(removed) };
	assert_int_equal(rk_store_find(w->store, RK_KIND_KEY, &q, &w->arena, &key), RK_OK);
	assert_true(rk_str_is(key.secret, SECRET));
	rk_store_close(w->store);
	w->store = NULL;
	assert_int_equal(driver->open(w->file, old, &store, &w->why), RK_SIGNATURE);
	rk_vault_free(old);
}

/* ---- transactions, copies ---- */

static void
takes_back(void **state)
{
	struct world *w = *state;
	struct rk_row_service s;
	char base[RK_PLATFORM_LABEL_SIZE];

	assert_int_equal(rk_store_begin(w->store), RK_OK);
	assert_int_equal(make_service(w, "second", &s, base), RK_OK);
	rk_store_rollback(w->store);
	assert_int_equal(count(w, RK_KIND_SERVICE, (struct rk_query){ 0 }), 1);
	assert_int_equal(
	    rk_store_begin(w->store), RK_OK); /* an inner one that failed takes the outer along */
	assert_int_equal(make_service(w, "second", &s, base), RK_OK);
	assert_int_equal(rk_store_begin(w->store), RK_OK);
	rk_store_rollback(w->store);
	assert_int_not_equal(rk_store_commit(w->store), RK_OK);
	assert_int_equal(count(w, RK_KIND_SERVICE, (struct rk_query){ 0 }), 1);
	assert_int_not_equal(rk_store_commit(w->store), RK_OK);
	assert_int_equal(make_service(w, "second", &s, base), RK_OK);
}

static void
copies_itself(void **state)
{
	struct world *w = *state;
	char copy[80];
	struct stat st;
	struct rk_row_service s;

	snprintf(copy, sizeof copy, "%s/copy", w->dir);
	assert_int_equal(rk_store_backup(w->store, copy, &w->why), RK_OK);
	assert_int_equal(stat(copy, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(rk_store_backup(w->store, copy, &w->why), RK_EXISTS);
	assert_int_equal(rk_store_backup(w->store, "/nowhere/copy", &w->why), RK_UNAVAILABLE);
	rk_store_close(w->store);
	memcpy(w->file, copy, sizeof w->file);
	assert_int_equal(driver->open(copy, w->vault, &w->store, &w->why), RK_OK);
	assert_int_equal(
	    rk_store_get(w->store, RK_KIND_SERVICE, mine(w), rk_str(w->service.row.sid), &w->arena, &s),
	    RK_OK);
}

static void
list_again(const void *row, void *arg)
{
	assert_int_equal(count(arg, RK_KIND_ACCOUNT, (struct rk_query){ .account = RK_EVERY_ACCOUNT }), 2);
}

static void
may_be_used_while_listing(void **state)
{
	struct world *w = *state;
	struct rk_query q = { .account = RK_EVERY_ACCOUNT };
	bool more;

	assert_int_equal(rk_store_list(w->store, RK_KIND_ACCOUNT, &q, list_again, w, &more), RK_OK);
}

static void
makes_labels_for_host_names(void **state)
{
	static const struct {
		const char *name, *base;
	} rows[] = { { "room-token", "room-token-0042" }, { "Room_Token", "room-token-0042" },
		{ "--a--", "a-0042" }, { "", "s-0042" }, { "\xc3\xa9", "s-0042" },
		{ "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx",
		    "abcdefghijklmnopqrstuvwxyzabcdefghijklmno-0042" } };
	char base[RK_PLATFORM_LABEL_SIZE];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		rk_platform_base(rk_str(rows[i].name), 42, base);
		assert_string_equal(base, rows[i].base);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = { TEST(keeps_every_kind), TEST(hides_secrets),
		TEST(changes_what_may_change), TEST(never_changes_what_is_fixed),
		TEST(refuses_names_that_are_taken), TEST(keeps_limits), TEST(counts_characters), TEST(pages),
		TEST(asks_for_logs), TEST(refuses_questions_of_no_form), TEST(trims_logs),
		TEST(stores_content_once), TEST(swaps_as_one), TEST(half_a_deployment_is_none),
		TEST(builds_take_their_own_versions_only), TEST(removes_and_restores),
		TEST(purges_but_not_what_runs), TEST(removes_an_account_whole),
		TEST(owners_must_be_of_the_account), TEST(another_master_key_does_not_open),
		TEST(without_a_vault_secrets_stay_closed), TEST(rekeys_everything), TEST(takes_back),
		TEST(copies_itself), TEST(may_be_used_while_listing), TEST(makes_labels_for_host_names) };
	int failed = 0;

	for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
		driver = &drivers[i];
		failed +=
		    _cmocka_run_group_tests(driver->name, tests, sizeof tests / sizeof tests[0], NULL, NULL);
	}
	return failed;
}
