/*
 * t_api_vectors.c - what others recorded: a whole session of the vendor's deploy client, and requests that are bad.
 *
 * The recorded server was a stand-in: it answered with objects that later requests changed, and with no links. Every
 * member that it gave must be in our answer, with the same value where that value is the client's or a fixed one.
 */
#include "api_rig.h"

#include "base/auto.h"
#include "vectors.h"

#define SIDS_MAX 400

/* What a recorded SID is called here. */
struct sid_pair {
	char theirs[RK_SID_LEN + 1], ours[RK_SID_LEN + 1];
};

struct replay {
	struct rig *rig;
	struct sid_pair pairs[SIDS_MAX];
	size_t n;
	char base[2][64]; /* domain_base: theirs, ours */
	size_t step;
	unsigned compared;
};

static void
learn(struct replay *p, struct rk_str theirs, struct rk_str ours)
{
	assert_true(p->n < SIDS_MAX && theirs.n == RK_SID_LEN && ours.n == RK_SID_LEN);
	for (size_t i = 0; i < p->n; i++)
		if (rk_str_is(theirs, rk_str(p->pairs[i].theirs)))
			return;
	snprintf(p->pairs[p->n].theirs, RK_SID_LEN + 1, "%.*s", RK_FMT(theirs));
	snprintf(p->pairs[p->n++].ours, RK_SID_LEN + 1, "%.*s", RK_FMT(ours));
}

/* The text with every recorded SID, and the recorded domain_base, replaced by ours. */
static void
translate(const struct replay *p, struct rk_str text, struct rk_buf *out)
{
	size_t base = strlen(p->base[0]);

	while (text.n) {
		size_t i = 0;
		while (i < p->n &&
		       !(text.n >= RK_SID_LEN && memcmp(text.p, p->pairs[i].theirs, RK_SID_LEN) == 0))
			i++;
		if (i < p->n) {
			rk_buf_put(out, rk_str(p->pairs[i].ours));
			text = rk_str_sub(text, RK_SID_LEN, text.n);
		} else if (base && rk_str_has_prefix(text, rk_str(p->base[0]))) {
			rk_buf_put(out, rk_str(p->base[1]));
			text = rk_str_sub(text, base, text.n);
		} else {
			rk_buf_put_c(out, text.p[0]);
			text = rk_str_sub(text, 1, text.n);
		}
	}
}

static void compare(
    struct replay *p, struct rk_str name, const struct rk_json *theirs, const struct rk_json *ours);

struct members {
	struct replay *p;
	const struct rk_json *ours;
};

static void
compare_member(struct rk_str name, const struct rk_json *theirs, void *arg)
{
	struct members *m = arg;
	char z[64];
	const struct rk_json *ours;

	snprintf(z, sizeof z, "%.*s", RK_FMT(name));
	ours = rk_json_get(m->ours, z);
	if (!ours)
		fail_msg("step %zu: our answer has no %s", m->p->step, z);
	compare(m->p, name, theirs, ours);
}

/* Rows by their SID: the order of rows made at once is ours. */
static const struct rk_json *
find_row(struct replay *p, const struct rk_json *list, const struct rk_json *row)
{
	RK_AUTO(rk_buf_free) struct rk_buf sid = RK_BUF(64);

	translate(p, vectors_text(row, "sid"), &sid);
	for (size_t i = 0; i < rk_json_count(list); i++)
		if (rk_str_is(vectors_text(rk_json_at(list, i), "sid"), rk_buf_str(&sid)))
			return rk_json_at(list, i);
	return NULL;
}

static void
compare_lists(struct replay *p, struct rk_str name, const struct rk_json *theirs, const struct rk_json *ours)
{
	if (rk_json_count(theirs) != rk_json_count(ours))
		fail_msg("step %zu: %.*s has %zu, not %zu", p->step, RK_FMT(name), rk_json_count(ours),
		    rk_json_count(theirs));
	for (size_t i = 0; i < rk_json_count(theirs); i++) {
		const struct rk_json *row = rk_json_at(theirs, i), *found = rk_json_at(ours, i);
		if (vectors_text(row, "sid").n)
			found = find_row(p, ours, row);
		if (!found)
			fail_msg("step %zu: %.*s lacks row %zu", p->step, RK_FMT(name), i);
		compare(p, name, row, found);
	}
}

/* Members whose recorded value is that of a later moment, or no real one. */
static bool
is_of_its_moment(struct rk_str name, struct rk_str theirs)
{
	return rk_str_has_prefix(name, RK_STR("date_")) || rk_str_is(name, RK_STR("build_sid")) ||
	       rk_str_is(name, RK_STR("status")) || rk_str_is(name, RK_STR("value")) ||
	       (rk_str_is(name, RK_STR("url")) && rk_str_is(theirs, RK_STR("x")));
}

/* A row's url: recorded with the host of the request that made the row, where ours is that of the request. */
static struct rk_str
cut_host(struct rk_str name, struct rk_str url)
{
	const char *path = rk_str_is(name, RK_STR("url")) ? memmem(url.p, url.n, "/v1/", 4) : NULL;

	return path ? rk_str_n(path, url.n - (size_t)(path - url.p)) : url;
}

static void
compare_texts(struct replay *p, struct rk_str name, const struct rk_json *theirs, const struct rk_json *ours)
{
	RK_AUTO(rk_buf_free) struct rk_buf want = RK_BUF(8192);
	struct rk_str got = rk_json_str(ours);

	p->compared++;
	translate(p, rk_json_str(theirs), &want);
	if (rk_str_has_prefix(name, RK_STR("date_"))) {
		assert_int_equal(got.n, 20);
		assert_true(got.p[10] == 'T' && got.p[19] == 'Z');
	}
	if (is_of_its_moment(name, rk_json_str(theirs)) ||
	    rk_str_is_nocase(cut_host(name, got), cut_host(name, rk_buf_str(&want))))
		return;
	fail_msg("step %zu: %.*s is %.*s, not %.*s", p->step, RK_FMT(name), RK_FMT(got),
	    RK_FMT(rk_buf_str(&want)));
}

static void
compare(struct replay *p, struct rk_str name, const struct rk_json *theirs, const struct rk_json *ours)
{
	enum rk_json_type type = rk_json_type(theirs);
	struct members m = { p, ours };

	if (rk_str_is(name, RK_STR("build_sid")) && rk_json_type(ours) == RK_JSON_NULL)
		return; /* recorded after the first deployment */
	if (type != rk_json_type(ours))
		fail_msg("step %zu: %.*s is of another type", p->step, RK_FMT(name));
	if (type == RK_JSON_OBJECT) {
		rk_json_each(theirs, compare_member, &m);
	} else if (type == RK_JSON_ARRAY) {
		compare_lists(p, name, theirs, ours);
	} else if (type == RK_JSON_STRING) {
		compare_texts(p, name, theirs, ours);
	} else if (type == RK_JSON_INTEGER) {
		long long a = 0, b = 0;
		(void)(rk_json_integer(theirs, &a) && rk_json_integer(ours, &b));
		assert_int_equal(a, b);
		p->compared++;
	}
}

struct headers {
	struct rk_api_header v[16];
	size_t n;
};

/* The account's own credentials stand where the record has none. */
static void
add_header(struct rk_str name, const struct rk_json *value, void *arg)
{
	static char basic[256];
	struct rk_buf text = RK_BUF(sizeof basic);
	struct headers *h = arg;

	h->v[h->n] = (struct rk_api_header){ name, rk_json_str(value) };
	if (rk_str_is_nocase(name, RK_STR("authorization"))) {
		rk_buf_lit(&text, "Basic ");
		rk_codec_put_base64(&text, RK_STR(RIG_ACCOUNT ":" RIG_TOKEN));
		snprintf(basic, sizeof basic, "%s", rk_buf_z(&text));
		h->v[h->n].value = rk_str(basic);
		rk_buf_free(&text);
	}
	h->n++;
}

static void
send_step(struct replay *p, const struct rk_json *step)
{
	RK_AUTO(rk_buf_free) struct rk_buf target = RK_BUF(8192), body = RK_BUF(1 << 20);
	struct headers headers = { .n = 0 };
	struct rk_api_request request = { .method = vectors_text(step, "method"),
		.now_ms = p->rig->now_ms,
		.peer = RK_STR("127.0.0.1"),
		.scheme = RK_STR("https") };

	rk_json_each(rk_json_get(step, "headers"), add_header, &headers);
	translate(p, vectors_text(step, "url"), &target);
	translate(p, vectors_text(step, "body"), &body);
	request.target = rk_buf_str(&target);
	request.body = rk_buf_str(&body);
	request.headers = headers.v;
	request.header_n = headers.n;
	rig_handle(p->rig, &request);
}

/* Lines that the recorded server made up are put into the store first. */
static void
put_logs(struct replay *p, const struct rk_json *logs)
{
	for (size_t i = rk_json_count(logs); i > 0; i--) {
		const struct rk_json *theirs = rk_json_at(logs, i - 1);
		struct rk_buf buf[5] = { RK_BUF(64), RK_BUF(64), RK_BUF(64), RK_BUF(64), RK_BUF(64) };
		static const char *const names[] = { "service_sid", "environment_sid", "build_sid",
			"deployment_sid", "function_sid" };
		struct rk_row_log row = { .kind = RK_STR("line"),
			.row.account_sid = RK_STR(RIG_ACCOUNT),
			.request_sid = vectors_text(theirs, "request_sid"),
			.level = RK_STR("info"),
			.message = vectors_text(theirs, "message") };
		size_t before = p->n;
		for (size_t k = 0; k < 5; k++)
			translate(p, vectors_text(theirs, names[k]), &buf[k]);
		row.service_sid = rk_buf_str(&buf[0]);
		row.environment_sid = rk_buf_str(&buf[1]);
		row.build_sid = rk_buf_str(&buf[2]);
		row.deployment_sid = rk_buf_str(&buf[3]);
		row.function_sid = rk_buf_str(&buf[4]);
		snprintf(row.row.sid, sizeof row.row.sid, "%.*s", RK_FMT(vectors_text(theirs, "sid")));
		learn(p, vectors_text(theirs, "sid"), vectors_text(theirs, "sid"));
		if (p->n != before)
			assert_int_equal(rk_store_create(p->rig->store, RK_KIND_LOG, &row, NULL), RK_OK);
		for (size_t k = 0; k < 5; k++)
			rk_buf_free(&buf[k]);
	}
}

/* A new row's SID and, of a service, its domain_base. */
static void
learn_from(struct replay *p, const struct rk_json *body)
{
	if (!vectors_text(body, "sid").n)
		return;
	learn(p, vectors_text(body, "sid"), vectors_text(p->rig->json, "sid"));
	if (vectors_text(body, "domain_base").n) {
		snprintf(p->base[0], sizeof p->base[0], "%.*s", RK_FMT(vectors_text(body, "domain_base")));
		snprintf(p->base[1], sizeof p->base[1], "%s", rig_text(p->rig, "domain_base"));
		assert_int_equal(strlen(p->base[1]), strlen(p->base[0]));
	}
}

static void
replay_step(struct replay *p, const struct rk_json *step)
{
	const struct rk_json *response = rk_json_get(step, "response"), *body = rk_json_get(response, "body");
	long long want = 0, code = 0;
	bool is_new;

	(void)rk_json_integer(rk_json_get(response, "status"), &want);
	(void)(body && rk_json_integer(rk_json_get(body, "code"), &code));
	is_new = want == 201;
	if (body && rk_json_get(body, "logs"))
		put_logs(p, rk_json_get(body, "logs"));
	send_step(p, step);
	if (want == 400 && code == 20001 && strstr(rig_text(p->rig, "message"), "already exists")) {
		want =
		    409; /* the stand-in says 400 of a name that is taken, where we have the vendor's 20409 */
		body = NULL;
		assert_int_equal(rig_code(p->rig), 20409);
	}
	if (p->rig->response.status != want)
		fail_msg("step %zu: status %d, not %lld: %s", p->step, p->rig->response.status, want,
		    rig_text(p->rig, "message"));
	if (is_new && body)
		learn_from(p, body);
	if (body)
		compare(p, RK_STR("the answer"), body, p->rig->json);
	/* the client asks for the status twice: it is building, then completed */
	if (rk_str_has_suffix(vectors_text(step, "url"), RK_STR("/Status")) && p->rig->build[0]) {
		assert_int_equal(
		    rk_api_build_done(p->rig->api, rk_str(p->rig->build), true, rk_str(NULL)), RK_OK);
		p->rig->build[0] = '\0';
	}
}

static void
replays_the_deploy_client(void **state)
{
	struct replay p = { .rig = *state };
	struct rk_json *root = vectors_ours("deploy-trace.json");
	unsigned sent = 0;

	if (!root)
		skip();
	for (p.step = 0; p.step < rk_json_count(root); p.step++) {
		const struct rk_json *step = rk_json_at(root, p.step);
		if (!rk_json_get(step, "response"))
			continue; /* a CONNECT, which is no request of the API */
		replay_step(&p, step);
		sent++;
	}
	print_message("# %u requests replayed, %u values compared\n", sent, p.compared);
	assert_true(sent > 100 && p.compared > 1000);
	rk_json_free(root);
}

/* ---- bad requests ---- */

static bool
parse_raw(struct rk_str raw, struct rk_api_request *request, struct rk_api_header *headers, size_t most)
{
	const char *end = memmem(raw.p, raw.n, "\r\n\r\n", 4);
	struct rk_str head = rk_str_n(raw.p, end ? (size_t)(end - raw.p) : 0),
		      line = rk_str_take(&head, '\n');

	if (!end)
		return false;
	request->method = rk_str_take(&line, ' ');
	request->target = rk_str_take(&line, ' ');
	request->headers = headers;
	request->header_n = 0;
	request->body = rk_str_sub(raw, (size_t)(end - raw.p) + 4, raw.n);
	while (head.n && request->header_n < most) {
		struct rk_str value = rk_str_take(&head, '\n'), name = rk_str_take(&value, ':');
		headers[request->header_n++] =
		    (struct rk_api_header){ rk_str_trim(name), rk_str_trim(value) };
	}
	return request->target.n != 0;
}

static bool
allows(const struct rk_json *statuses, int status)
{
	for (size_t i = 0; i < rk_json_count(statuses); i++) {
		long long one = 0;
		if (rk_json_integer(rk_json_at(statuses, i), &one) && one == status)
			return true;
	}
	return false;
}

/* The rows that the bad requests speak of. */
static void
put_rows(struct rig *r)
{
	struct rk_row_service service = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.row.sid = "ZS00000000000000000000000000000001",
		.unique_name = RK_STR("one"),
		.friendly_name = RK_STR("One") };
	struct rk_row_environment environment = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.row.sid = "ZE00000000000000000000000000000001",
		.service_sid = rk_str(service.row.sid),
		.unique_name = RK_STR("env") };
	struct rk_row_function function = { .row.account_sid = RK_STR(RIG_ACCOUNT),
		.row.sid = "ZH00000000000000000000000000000001",
		.service_sid = rk_str(service.row.sid),
		.friendly_name = RK_STR("/f") };
	char base[RK_PLATFORM_LABEL_SIZE], label[RK_PLATFORM_LABEL_SIZE];

	assert_int_equal(rk_platform_create_service(r->store, &service, base, NULL), RK_OK);
	assert_int_equal(rk_platform_create_environment(r->store, &environment, label, NULL), RK_OK);
	assert_int_equal(rk_store_create(r->store, RK_KIND_FUNCTION, &function, NULL), RK_OK);
}

static void
answers_bad_request(struct rig *r, struct rk_str row_text, unsigned *counts)
{
	RK_AUTO(rk_json_auto) struct rk_json *row = NULL;
	RK_AUTO(rk_buf_free) struct rk_buf raw = RK_BUF(8u << 20);
	struct rk_api_header headers[64];
	struct rk_api_request request = { .now_ms = r->now_ms, .peer = RK_STR("127.0.0.1") };

	assert_int_equal(rk_json_parse(row_text, &row, NULL), RK_OK);
	if (!rk_str_is(vectors_text(row, "layer"), RK_STR("admin")))
		return;
	assert_int_equal(rk_codec_get_base64(&raw, vectors_text(row, "raw_b64")), RK_OK);
	if (!parse_raw(rk_buf_str(&raw), &request, headers, 64)) {
		counts[1]++;
		return;
	}
	r->now_ms += 61000; /* each on its own: throttling has a test of its own */
	request.now_ms = r->now_ms;
	rig_handle(r, &request);
	counts[0]++;
	if (!allows(rk_json_get(rk_json_get(row, "expect"), "status"), r->response.status))
		fail_msg("%.*s (%.*s): status %d", RK_FMT(vectors_text(row, "id")),
		    RK_FMT(vectors_text(row, "name")), r->response.status);
	assert_null(memmem(r->response.body.p, r->response.body.n, RIG_SECRET, sizeof RIG_SECRET - 1));
	assert_null(rig_header(r, "Access-Control-Allow-Origin").p);
}

static void
answers_bad_requests(void **state)
{
	struct rig *r = *state;
	const char *folder = getenv("RK_VECTORS");
	unsigned counts[2] = { 0, 0 };
	char path[PATH_MAX], *line = NULL;
	size_t size = 0;
	ssize_t n;
	FILE *f;

	snprintf(path, sizeof path, "%s/bad-requests.jsonl", folder ? folder : "../shared/vectors");
	f = fopen(path, "r");
	if (!f)
		skip();
	put_rows(r);
	while ((n = getline(&line, &size, f)) > 0)
		answers_bad_request(r, rk_str_n(line, (size_t)n), counts);
	free(line);
	fclose(f);
	print_message(
	    "# %u bad requests answered, %u that no HTTP listener would pass on\n", counts[0], counts[1]);
	assert_true(counts[0] > 80);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(replays_the_deploy_client),
		TEST(answers_bad_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
