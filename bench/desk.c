/*
 * desk.c - what one invocation costs a worker: frames go into its desk and answers come out, in batches, with the real
 * JavaScript and without HTTP. Prints nanoseconds a call, the best of several rounds, each kind of request in turn, and
 * what it adds to the first row; then what a slot costs to make.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "proc/spawn.h"
#include "worker/desk.h"

#define BATCH 64
#define BATCHES 60
#define ROUNDS 12
#define SLOTS 20

static const char *const variables[][2] = { { "ACCOUNT_SID", "AC00000000000000000000000000000001" },
	{ "API_KEY", "SK00000000000000000000000000000002" },
	{ "API_SECRET", "abcdefghijklmnopqrstuvwxyz012345" } };

#define TOKEN_BODY                                                             \
	"  const { ACCOUNT_SID, API_KEY, API_SECRET } = process.env;\n"        \
	"  const AccessToken = Twilio.jwt.AccessToken;\n"                      \
	"  const VideoGrant = AccessToken.VideoGrant;\n"                       \
	"  const grant = new VideoGrant();\n"                                  \
	"  const token = new AccessToken(ACCOUNT_SID, API_KEY, API_SECRET);\n" \
	"  token.identity = event.identity;\n"                                 \
	"  token.addGrant(grant);\n"                                           \
	"  const response = new Twilio.Response();\n"                          \
	"  response.setHeaders({ 'Access-Control-Allow-Origin': '*',\n"        \
	"    'Access-Control-Allow-Methods': 'POST',\n"                        \
	"    'Access-Control-Allow-Headers': 'Content-Type',\n"                \
	"    'Content-Type': 'application/json' });\n"                         \
	"  response.setBody(token.toJwt());\n"                                 \
	"  callback(null, response);\n"

enum { TOKEN, COOKIE, XML, TWIML };

static const char *const sources[] = {
	"exports.handler = function (context, event, callback) {\n" TOKEN_BODY "};\n",
	"exports.handler = function (context, event, callback) {\n"
	"  if (event.request.cookies.session === undefined) throw new Error('no cookie');\n" TOKEN_BODY
	"};\n",
	"exports.handler = (context, event, callback) => callback(null,\n"
	"  '<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Say>Hello ' + event.identity + "
	"'</Say></Response>');\n",
	"exports.handler = (context, event, callback) => {\n"
	"  const answer = new Twilio.twiml.VoiceResponse(); answer.say('Hello ' + event.identity);\n"
	"  callback(null, answer); };\n",
};

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"

static char big_json[1024];

static const struct kind {
	const char *name;
	uint32_t function;
	const char *query, *type, *body, *cookie;
} kinds[] = {
	{ "token, JSON body", TOKEN, "", JSON, "{\"identity\":\"alice\",\"room\":\"DailyStandup\"}", NULL },
	{ "token, 1 KB JSON body", TOKEN, "", JSON, big_json, NULL },
	{ "token, form body", TOKEN, "", FORM, "identity=alice&room=Daily%20Standup", NULL },
	{ "token, query", TOKEN, "identity=alice&room=Daily%20Standup", "", "", NULL },
	{ "token, nested query (qs)", TOKEN, "identity=alice&o[a]=1&o[b]=2", "", "", NULL },
	{ "token, cookies not read", TOKEN, "", JSON, "{\"identity\":\"alice\",\"room\":\"DailyStandup\"}",
	    "session=abc123; theme=dark; lang=de" },
	{ "token, cookies read", COOKIE, "", JSON, "{\"identity\":\"alice\",\"room\":\"DailyStandup\"}",
	    "session=abc123; theme=dark; lang=de" },
	{ "XML as a string", XML, "", JSON, "{\"identity\":\"alice\"}", NULL },
	{ "TwiML object", TWIML, "", JSON, "{\"identity\":\"alice\"}", NULL },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static struct rk_loop loop;
static struct rk_conf conf;
static struct rk_bundle bundle;
static struct rk_engine engine;
static struct rk_desk desk;
static struct rk_chan *gateway;
static unsigned left, done;

static double
nanoseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
must(enum rk_err err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "desk: %s failed: %s\n", what, rk_err_text(err));
	exit(1);
}

static void
on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rk_reply reply;

	/* The machine held the worker up for so long that it gives back what waits: not counted. */
	if (type == RK_MSG_HANDBACK) {
		uint32_t n = rk_msg_get_u32(view);

		left -= n;
		done -= n;
		if (left == 0)
			rk_loop_stop(&loop);
	}
	if (type != RK_MSG_REPLY)
		return;
	must(rk_reply_get(view, &reply), "reading an answer");
	if (reply.status != 200) {
		fprintf(stderr, "desk: status %u: %.*s\n", reply.status, RK_FMT(reply.body));
		exit(1);
	}
	if (--left == 0)
		rk_loop_stop(&loop);
}

static void
on_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	must(err ? err : RK_INTERNAL, "the channel");
}

static void
on_ended(void *arg)
{
}

static void
write_bundle(struct rk_buf *out)
{
	uint32_t names = sizeof(variables) / sizeof(variables[0]),
		 functions = sizeof(sources) / sizeof(sources[0]);
	char file[32];

	rk_bundle_put_head(out, 1, rk_str(""), rk_str(""), names, functions, 0);
	for (uint32_t i = 0; i < names; i++)
		rk_bundle_put_variable(out, rk_str(variables[i][0]), rk_str(variables[i][1]));
	for (uint32_t i = 0; i < functions; i++) {
		snprintf(file, sizeof(file), "functions/f%u.js", i);
		struct rk_bundle_function f = { rk_str_sub(rk_str(file), 9, 3), rk_str(file), RK_PUBLIC,
			rk_str(sources[i]) };

		rk_bundle_put_function(out, &f);
	}
	must(rk_bundle_parse(rk_buf_str(out), &bundle), "the bundle");
}

static void
start(struct rk_buf *bytes)
{
	static const struct rk_chan_ops ops = { .message = on_message, .closed = on_closed };
	struct rk_why why = { 0 };
	int fds[2];

	must(rk_conf_init(&conf), "the settings");
	must(rk_loop_init(&loop), "the loop");
	write_bundle(bytes);
	must(rk_engine_warm(&engine, &conf, NULL, &why), "the engine");
	must(rk_engine_load(&engine, &bundle), "the engine");
	rk_desk_init(&desk, &loop, &conf, on_ended, NULL);
	must(rk_desk_open(&desk, &engine, &why), "the desk");
	must(rk_spawn_pair(fds), "the channel");
	must(rk_desk_add_gateway(&desk, fds[0]), "the channel");
	must(rk_chan_open(&loop, fds[1], RK_GATEWAY, RK_WORKER, &ops, NULL, &gateway), "the channel");
}

static void
put_headers(struct rk_buf *out, const struct kind *kind)
{
	size_t at = rk_pairs_begin(out);
	uint16_t count = 4;

	rk_pairs_put(out, RK_STR("Host"), RK_STR("localhost:3000"));
	rk_pairs_put(out, RK_STR("User-Agent"), RK_STR("Mozilla/5.0 (X11; Linux x86_64)"));
	rk_pairs_put(out, RK_STR("Accept"), RK_STR("application/json, text/plain, */*"));
	rk_pairs_put(out, RK_STR("Content-Type"), rk_str(kind->type));
	if (kind->cookie) {
		rk_pairs_put(out, RK_STR("Cookie"), rk_str(kind->cookie));
		count++;
	}
	rk_pairs_end(out, at, count);
}

static void
send_one(const struct kind *kind, uint32_t id)
{
	static const char *const paths[] = { "/f0", "/f1", "/f2", "/f3" };
	struct rk_call call = { .function = kind->function,
		.timeout_ms = 10000,
		.request_id = RK_STR("RQ0123456789abcdef0123456789abcdef"),
		.method = kind->body[0] ? RK_STR("POST") : RK_STR("GET"),
		.path = rk_str(paths[kind->function]),
		.query = rk_str(kind->query),
		.host = RK_STR("localhost:3000") };
	struct rk_buf *out = rk_chan_begin(gateway, RK_MSG_INVOKE, id);

	rk_call_put_head(out, &call);
	put_headers(out, kind);
	rk_msg_put_str(out, rk_str(kind->body));
	must(rk_chan_end(gateway), "a request");
}

static double
run_round(const struct kind *kind)
{
	double began = nanoseconds();

	done = 0;
	for (unsigned batch = 0; batch < BATCHES; batch++) {
		left = BATCH;
		done += BATCH;
		for (uint32_t i = 0; i < BATCH; i++)
			send_one(kind, batch * BATCH + i + 1);
		while (left > 0)
			rk_loop_run(&loop);
	}
	return (nanoseconds() - began) / done;
}

static void
measure_slots(void)
{
	struct rk_slot *slots[SLOTS];
	struct rk_why why = { 0 };
	double began = nanoseconds();

	for (size_t i = 0; i < SLOTS; i++)
		must(rk_slot_new(&engine, &slots[i], &why), "a slot");
	printf("%-28s %10.0f\n", "a further slot", (nanoseconds() - began) / SLOTS);
	for (size_t i = 0; i < SLOTS; i++)
		rk_slot_free(slots[i]);
}

int
main(void)
{
	struct rk_buf bytes = RK_BUF(RK_MB);
	double best[KINDS], began;

	setenv("JSC_useConcurrentGC", "0", 1);
	setenv("JSC_useConcurrentJIT", "0", 1);
	setenv("JSC_numberOfGCMarkers", "1", 1);
	setenv("JSC_forceRAMSize", "536870912", 1);
	snprintf(big_json, sizeof(big_json), "{\"identity\":\"alice\",\"items\":[");
	while (strlen(big_json) < sizeof(big_json) - 64)
		strcat(big_json, "{\"id\":12345,\"name\":\"something\",\"on\":true},");
	strcpy(big_json + strlen(big_json) - 1, "]}");
	began = nanoseconds();
	start(&bytes);
	printf("%-28s %10.0f\n", "first slot, ready", nanoseconds() - began);
	for (size_t k = 0; k < KINDS; k++)
		best[k] = run_round(&kinds[k]);
	for (unsigned round = 0; round < ROUNDS; round++)
		for (size_t k = 0; k < KINDS; k++) {
			double ns = run_round(&kinds[k]);

			if (ns < best[k])
				best[k] = ns;
		}
	for (size_t k = 0; k < KINDS; k++)
		printf("%-28s %10.0f %+7.1f %%\n", kinds[k].name, best[k], 100 * (best[k] / best[0] - 1));
	measure_slots();
	return 0;
}
