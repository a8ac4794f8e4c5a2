/*
 * worker_rig.h - a whole worker within the test program: engine, desk and a gateway's end of its channel, on one loop.
 *
 * The wall clock stands at rig_unix_ms; the monotonic one runs.
 */
#ifndef RK_TESTS_WORKER_RIG_H
#define RK_TESTS_WORKER_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "proc/spawn.h"
#include "worker/desk.h"

#define RIG_FUNCTIONS 16
#define RIG_REPLIES 128

const char *__lsan_default_suppressions(void);

/* What the engine itself keeps until the end is not ours to free. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libjavascriptcoregtk";
}

static int64_t rig_unix_ms = 1700000000000;

int64_t
rk_clock_unix_ms(void)
{
	return rig_unix_ms;
}

uint64_t
rk_clock_mono_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

struct rig_request {
	uint32_t id, function, timeout_ms;
	const char *method, *path, *query, *type, *body, *encoding;
	size_t body_n; /* 0: strlen(body) */
};

struct rig_reply {
	unsigned count; /* of REPLY frames for this id */
	uint8_t outcome;
	uint16_t status;
	char *head, *body; /* 'name: value\n' a line; NUL-terminated copies */
	size_t body_n;
};

struct rig {
	struct rk_loop loop;
	struct rk_conf conf;
	struct rk_buf bytes;
	struct rk_bundle bundle;
	struct rk_engine engine;
	struct rk_desk desk;
	struct rk_chan *gateway;
	struct rig_reply replies[RIG_REPLIES]; /* by id modulo RIG_REPLIES */
	struct rk_buf log;                     /* 'level:text\n' a line */
	unsigned reply_count, line_count, want;
	uint32_t handed_back[RIG_REPLIES];
	unsigned handed_back_count;
	struct rig_request sent[RIG_REPLIES]; /* the last by id modulo RIG_REPLIES */
	bool resend;                          /* what is handed back, as a gateway does */
	bool retired, ended, closed;
};

static inline void
rig_keep_reply(struct rig *rig, uint32_t id, struct rk_msg_view *view)
{
	struct rig_reply *r = &rig->replies[id % RIG_REPLIES];
	struct rk_buf head = RK_BUF(1 << 20);
	struct rk_str name, value;
	struct rk_reply reply;
	unsigned count = r->count;

	assert_int_equal(rk_reply_get(view, &reply), RK_OK);
	while (rk_pairs_take(&reply.headers, &name, &value))
		rk_buf_printf(&head, "%.*s: %.*s\n", RK_FMT(name), RK_FMT(value));
	free(r->head);
	free(r->body);
	*r = (struct rig_reply){ count + 1, reply.outcome, reply.status, NULL, rk_str_dup(reply.body),
		reply.body.n };
	assert_int_equal(rk_buf_take(&head, &r->head), RK_OK);
	if (++rig->reply_count >= rig->want)
		rk_loop_stop(&rig->loop);
}

static inline void rig_send(struct rig *rig, struct rig_request r);

static inline void
rig_on_handback(struct rig *rig, struct rk_msg_view *view)
{
	for (uint32_t left = rk_msg_get_u32(view); left > 0; left--) {
		uint32_t id = rk_msg_get_u32(view);

		rig->handed_back[rig->handed_back_count++ % RIG_REPLIES] = id;
		if (rig->resend)
			rig_send(rig, rig->sent[id % RIG_REPLIES]);
	}
	assert_true(rk_msg_is_done(view));
}

static inline void
rig_on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rig *rig = arg;
	struct rk_line line;

	if (type == RK_MSG_REPLY) {
		rig_keep_reply(rig, id, view);
	} else if (type == RK_MSG_LOG) {
		assert_int_equal(rk_line_get(view, &line), RK_OK);
		rk_buf_printf(&rig->log, "%u:%.*s\n", line.level, RK_FMT(line.text));
		rig->line_count++;
	} else if (type == RK_MSG_HANDBACK) {
		rig_on_handback(rig, view);
	} else if (type == RK_MSG_RETIRE) {
		rig->retired = true;
	}
}

static inline void
rig_on_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	struct rig *rig = arg;

	rig->closed = true;
	rk_loop_stop(&rig->loop);
}

static inline void
rig_on_ended(void *arg)
{
	struct rig *rig = arg;

	rig->ended = true;
	rk_loop_stop(&rig->loop);
}

/* Pairs of file name and source, ended by NULL; the path is the file without "functions" and ".js". */
static inline void
rig_write_bundle(struct rig *rig, const char *const *files, const char *const *variables)
{
	uint32_t functions = 0, names = 0;

	while (files[functions * 2])
		functions++;
	while (variables && variables[names * 2])
		names++;
	rig->bytes = RK_BUF(64 * RK_MB);
	rk_bundle_put_head(&rig->bytes, &(struct rk_bundle){ .generation = 7,
					    .variable_count = names,
					    .function_count = functions });
	for (uint32_t i = 0; i < names; i++)
		rk_bundle_put_variable(&rig->bytes, rk_str(variables[i * 2]), rk_str(variables[i * 2 + 1]));
	for (uint32_t i = 0; i < functions; i++) {
		struct rk_str file = rk_str(files[i * 2]);
		struct rk_bundle_function f = { .path = rk_str_sub(file, 9, file.n - 12),
			.file = file,
			.visibility = RK_PUBLIC,
			.source = rk_str(files[i * 2 + 1]) };

		rk_bundle_put_function(&rig->bytes, &f);
	}
	assert_int_equal(rk_bundle_parse(rk_buf_str(&rig->bytes), &rig->bundle), RK_OK);
}

static inline void
rig_set(struct rig *rig, const char *flag, const char *value)
{
	struct rk_why why;

	assert_int_equal(rk_conf_set(&rig->conf, rk_str(flag), rk_str(value), &why), RK_OK);
}

/* settings: pairs of flag and value, ended by NULL, or NULL. */
static inline struct rig *
rig_new(const char *const *files, const char *const *variables, const char *const *settings, const char *boot)
{
	static const struct rk_chan_ops ops = { .message = rig_on_message, .closed = rig_on_closed };
	struct rig *rig = calloc(1, sizeof(*rig));
	struct rk_why why = { 0 };
	int fds[2];

	/* cmocka takes the signals that the engine would interrupt loops with. */
	setenv("JSC_usePollingTraps", "1", 1);
	setenv("JSC_useConcurrentGC", "0", 1);
	setenv("JSC_useConcurrentJIT", "0", 1);
	setenv("JSC_numberOfGCMarkers", "1", 1);
	rig->resend = true;
	rig->log = RK_BUF(16 * RK_MB);
	assert_int_equal(rk_conf_init(&rig->conf, RK_CONF_DEV), RK_OK);
	for (size_t i = 0; settings && settings[i]; i += 2)
		rig_set(rig, settings[i], settings[i + 1]);
	assert_int_equal(rk_loop_init(&rig->loop), RK_OK);
	rig_write_bundle(rig, files, variables);
	if (rk_engine_warm(&rig->engine, &rig->conf, boot, &why))
		fail_msg("%s", why.what);
	assert_int_equal(rk_engine_load(&rig->engine, &rig->bundle), RK_OK);
	rk_desk_init(&rig->desk, &rig->loop, &rig->conf, rig_on_ended, rig);
	if (rk_desk_open(&rig->desk, &rig->engine, &why))
		fail_msg("%s", why.what);
	assert_int_equal(rk_spawn_pair(fds), RK_OK);
	assert_int_equal(rk_desk_add_gateway(&rig->desk, fds[0]), RK_OK);
	assert_int_equal(
	    rk_chan_open(&rig->loop, fds[1], RK_GATEWAY, RK_WORKER, &ops, rig, &rig->gateway), RK_OK);
	return rig;
}

static inline void
rig_free(struct rig *rig)
{
	rk_chan_close(rig->gateway);
	rk_desk_done(&rig->desk);
	rk_engine_done(&rig->engine);
	rk_loop_done(&rig->loop);
	rk_bundle_done(&rig->bundle);
	rk_conf_done(&rig->conf);
	rk_buf_free(&rig->bytes);
	rk_buf_free(&rig->log);
	for (size_t i = 0; i < RIG_REPLIES; i++) {
		free(rig->replies[i].head);
		free(rig->replies[i].body);
	}
	free(rig);
}

static inline void
rig_send(struct rig *rig, struct rig_request r)
{
	struct rk_call call = { .function = r.function,
		.timeout_ms = r.timeout_ms ? r.timeout_ms : 10000,
		.request_id = RK_STR("RQ0123456789abcdef0123456789abcdef"),
		.method = rk_str(r.method ? r.method : "POST"),
		.path = rk_str(r.path ? r.path : "/x"),
		.query = rk_str(r.query),
		.host = RK_STR("localhost:3000") };
	struct rk_buf *out = rk_chan_begin(rig->gateway, RK_MSG_INVOKE, r.id);
	uint16_t count = 1;
	size_t at;

	rig->sent[r.id % RIG_REPLIES] = r;
	rk_call_put_head(out, &call);
	at = rk_pairs_begin(out);
	rk_pairs_put(out, RK_STR("X-Thing"), RK_STR("a\xe9"));
	if (r.type) {
		rk_pairs_put(out, RK_STR("Content-Type"), rk_str(r.type));
		count++;
	}
	if (r.encoding) {
		rk_pairs_put(out, RK_STR("Content-Encoding"), rk_str(r.encoding));
		count++;
	}
	rk_pairs_end(out, at, count);
	rk_msg_put_str(out, r.body_n ? rk_str_n(r.body, r.body_n) : rk_str(r.body));
	assert_int_equal(rk_chan_end(rig->gateway), RK_OK);
}

/* Runs the loop until so many more replies came. */
static inline void
rig_wait(struct rig *rig, unsigned replies)
{
	rig->want = rig->reply_count + replies;
	while (rig->reply_count < rig->want && !rig->closed)
		rk_loop_run(&rig->loop);
}

static inline struct rig_reply *
rig_ask(struct rig *rig, struct rig_request r)
{
	unsigned before = rig->reply_count;

	rig_send(rig, r);
	rig_wait(rig, 1);
	assert_int_equal(rig->reply_count, before + 1);
	return &rig->replies[r.id % RIG_REPLIES];
}

/* A file of the vectors, whole; NULL (with a word) when it is not there. */
static inline char *
rig_read_vectors(const char *name)
{
	const char *dir = getenv("RK_VECTORS");
	char path[512], *text;
	FILE *f;
	long n;

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "../shared/vectors", name);
	f = fopen(path, "rb");
	if (!f) {
		print_message("%s is not there\n", path);
		return NULL;
	}
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	rewind(f);
	text = calloc(1, (size_t)n + 1);
	assert_int_equal(fread(text, 1, (size_t)n, f), (size_t)n);
	fclose(f);
	return text;
}

#endif
