/*
 * The gateway's own program, sealed as it is in earnest: this test is its super and its keeper. What only a whole
 * process shows is here: that TLS works under the seal, and that Node believes the CA.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/auto.h"
#include "gateway_rig.h"
#include "keeper/ca.h"

static struct rk_loop loop;
static struct rk_chan *control, *keeper;
static struct rk_conf conf;
static pid_t pid;
static char dir[64], said[512];
static unsigned wakes, traces;
static bool ended, late_tls;
static int functions_port, admin_port;
static uint32_t stream;

/* ---- super and keeper ------------------------------------------------------------------- */

static void
on_super_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	if (type == RK_MSG_WAKE && rk_msg_get_u32(view) == 10)
		wakes++;
}

static void
answer_call(uint32_t id, const struct rk_admin_call *call)
{
	bool is_stream = rk_str_is(call->target, RK_STR("/roomkey/v1/Logs"));
	struct rk_buf *out = rk_chan_begin(keeper, RK_MSG_RESULT, id);

	snprintf(said, sizeof(said), "%.*s %.*s over %.*s from %.*s", RK_FMT(call->method),
	    RK_FMT(call->target), RK_FMT(call->scheme), RK_FMT(call->peer));
	if (is_stream)
		stream = id;
	rk_admin_result_put_head(out, is_stream ? RK_ADMIN_STREAM : RK_ADMIN_WHOLE, 200);
	rk_pairs_end(out, rk_pairs_begin(out), 0);
	rk_msg_put_str(out, rk_str(said));
	assert_int_equal(rk_chan_end(keeper), RK_OK);
}

static void
on_keeper_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rk_admin_call call;

	traces += type == RK_MSG_TRACE;
	if (type != RK_MSG_CALL)
		return;
	assert_int_equal(rk_admin_call_get(view, &call), RK_OK);
	answer_call(id, &call);
}

static void
on_gone(struct rk_chan *chan, enum rk_err err, void *arg)
{
	*(struct rk_chan **)arg = NULL;
	rk_chan_close(chan);
	ended = true;
}

static void
send_conf(void)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(65536);
	struct rk_buf *out = rk_chan_begin(control, RK_MSG_CONF, 0);

	rk_conf_format(&text, &conf);
	rk_msg_put_str(out, rk_buf_str(&text));
	rk_msg_put_u32(out, 0);
	assert_int_equal(rk_chan_end(control), RK_OK);
}

static void
send_listen(enum rk_listen_kind kind, int *ret_port)
{
	int fd = rig_listen(ret_port);
	struct rk_buf *out = rk_chan_begin(control, RK_MSG_LISTEN, 0);

	rk_msg_put_str(out, RK_STR("localhost:3000"));
	rk_msg_put_u8(out, kind);
	assert_int_equal(rk_chan_end_fd(control, fd), RK_OK);
	close(fd);
}

static void
send_keeper(void)
{
	static const struct rk_chan_ops ops = { .message = on_keeper_message, .closed = on_gone };
	int fds[2];

	assert_int_equal(rk_spawn_pair(fds), RK_OK);
	rk_chan_begin(control, RK_MSG_KEEPER, 0);
	assert_int_equal(rk_chan_end_fd(control, fds[0]), RK_OK);
	close(fds[0]);
	assert_int_equal(rk_chan_open(&loop, fds[1], RK_KEEPER, RK_GATEWAY, &ops, &keeper, &keeper), RK_OK);
}

static void
send_tls_for(const char *host)
{
	RK_AUTO(rk_cert_done) struct rk_cert cert = RK_CERT;
	struct rk_buf *out;
	struct rk_why why;

	assert_int_equal(rk_ca_open(dir, host, &cert, &why), RK_OK);
	out = rk_chan_begin(keeper, RK_MSG_TLS, 0);
	rk_msg_put_str(out, rk_buf_str(&cert.pem));
	rk_msg_put_str(out, rk_buf_str(&cert.key));
	assert_int_equal(rk_chan_end(keeper), RK_OK);
}

static void
send_tls(void)
{
	send_tls_for("127.0.0.1");
}

static void
run_program(int fd)
{
	char self[PATH_MAX], path[PATH_MAX + 64];
	char *const argv[] = { (char *)"gateway", NULL };

	assert_int_equal(rk_spawn_dir(self, sizeof(self)), RK_OK);
	snprintf(path, sizeof(path), "%s/../../src/gateway/gateway", self);
	pid = fork();
	if (pid != 0)
		return;
	dup2(fd, 3);
	close_range(4, ~0u, 0);
	execv(path, argv);
	_exit(127);
}

static int
start(void **state)
{
	static const struct rk_chan_ops ops = { .message = on_super_message, .closed = on_gone };
	int fds[2];

	strcpy(dir, "/tmp/roomkey-gateway-XXXXXX");
	signal(SIGPIPE, SIG_IGN);
	wakes = traces = 0;
	ended = false;
	functions_port = admin_port = 0;
	if (!mkdtemp(dir) || rk_loop_init(&loop) != RK_OK || rk_conf_init(&conf, RK_CONF_SERVE) != RK_OK ||
	    rk_spawn_pair(fds) != RK_OK)
		return -1;
	run_program(fds[0]);
	close(fds[0]);
	if (rk_chan_open(&loop, fds[1], RK_SUPER, RK_GATEWAY, &ops, &control, &control) != RK_OK)
		return -1;
	send_conf();
	send_listen(RK_LISTEN_FUNCTIONS, &functions_port);
	send_listen(RK_LISTEN_ADMIN, &admin_port);
	send_keeper();
	return 0;
}

static int
stop(void **state)
{
	char cmd[128];
	int status;

	rk_chan_close(control);
	rk_chan_close(keeper);
	control = keeper = NULL;
	rk_loop_done(&loop);
	rk_conf_done(&conf);
	waitpid(pid, &status, 0);
	snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	return system(cmd) != 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

/* ---- a client ----------------------------------------------------------------------------- */

/* Runs a command while the loop goes on; its output. */
static const char *
run(const char *cmd)
{
	static char out[4096];
	char now[128];
	FILE *f = popen(cmd, "r");
	size_t n = 0;
	ssize_t some;

	fcntl(fileno(f), F_SETFL, O_NONBLOCK);
	while ((some = read(fileno(f), out + n, sizeof(out) - 1 - n)) != 0) {
		n += some > 0 ? (size_t)some : 0;
		uv_run(&loop.uv, UV_RUN_NOWAIT);
		usleep(500);
		snprintf(now, sizeof(now), "%s/now", dir);
		if (late_tls && access(now, F_OK) == 0) {
			late_tls = false;
			send_tls();
		}
		if (stream && strstr(out, "over https")) {
			rk_msg_put_str(rk_chan_begin(keeper, RK_MSG_PIECE, stream), RK_STR(""));
			assert_int_equal(rk_chan_end(keeper), RK_OK);
			stream = 0;
		}
		out[n] = '\0';
	}
	out[n] = '\0';
	pclose(f);
	return out;
}

static const char *
node(const char *ca, const char *url)
{
	char cmd[1024];

	snprintf(cmd, sizeof(cmd),
	    "%s node -e 'fetch(\"%s\").then(async r=>console.log(r.status,await r.text()),"
	    "e=>console.log(e.cause.code))' 2>&1",
	    ca, url);
	return run(cmd);
}

static void
expect(const char *text, const char *in)
{
	if (!strstr(in, text))
		fail_msg("no \"%s\" in: %s", text, in);
}

/* Else the rest of this file says nothing about TLS under the seal. */
static void
expect_sealed(void)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "grep '^Seccomp:' /proc/%d/status", (int)pid);
	expect("2", run(cmd));
}

static void
node_believes_the_certificate(void **state)
{
	char url[128], ca[128];

	send_tls();
	snprintf(ca, sizeof(ca), "NODE_EXTRA_CA_CERTS=%s/tls/ca.pem", dir);
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/v1/Services", admin_port);
	expect("200 GET /v1/Services over https from 127.0.0.1", node(ca, url));
	snprintf(url, sizeof(url), "https://localhost:%d/v1/Services", admin_port);
	expect("200 GET /v1/Services over https", node(ca, url));
	expect("UNABLE_TO_VERIFY_LEAF_SIGNATURE", node("", url));
	expect_sealed();
	assert_false(ended);
}

static void
plain_http_is_spoken_at_the_same_port(void **state)
{
	char url[128];

	send_tls();
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/v1/Services", admin_port);
	expect("200 GET /v1/Services over http from 127.0.0.1", node("", url));
}

static void
who_comes_before_the_certificate_waits_for_it(void **state)
{
	char cmd[256], url[128];

	snprintf(url, sizeof(url), "https://127.0.0.1:%d/v1/x", admin_port);
	snprintf(cmd, sizeof(cmd), "curl -sk %s & sleep 0.2; touch %s/now; wait", url, dir);
	late_tls = true;
	expect("GET /v1/x over https", run(cmd));
}

static void
a_stream_is_spoken_over_tls_too(void **state)
{
	char cmd[256];

	send_tls();
	snprintf(cmd, sizeof(cmd),
	    "curl -skN --max-time 10 https://127.0.0.1:%d/roomkey/v1/Logs && echo ' END'", admin_port);
	expect("GET /roomkey/v1/Logs over https from 127.0.0.1 END", run(cmd));
}

static void
a_body_nobody_wants_is_answered_over_tls(void **state)
{
	char cmd[512];

	send_tls();
	snprintf(cmd, sizeof(cmd),
	    "head -c 300000 /dev/zero | curl -sk -X POST -H 'Transfer-Encoding: chunked' --data-binary @- "
	    "https://127.0.0.1:%d/v1/x",
	    admin_port);
	expect("RK-413", run(cmd));
}

static void
a_new_certificate_takes_the_place_of_the_old(void **state)
{
	char cmd[256];

	send_tls();
	snprintf(cmd, sizeof(cmd), "curl -sk https://127.0.0.1:%d/v1/x", admin_port);
	expect("over https", run(cmd));
	send_tls_for("192.0.2.1");
	expect("over https", run(cmd));
	snprintf(cmd, sizeof(cmd),
	    "openssl s_client -connect 127.0.0.1:%d </dev/null 2>/dev/null | openssl x509 -noout -ext "
	    "subjectAltName",
	    admin_port);
	expect("192.0.2.1", run(cmd));
	assert_false(ended);
}

/* Nobody has told of sites yet: a request waits; then it is told that its host is none. */
static void
functions_wait_for_the_sites(void **state)
{
	char cmd[256];

	send_tls();
	snprintf(cmd, sizeof(cmd), "curl -s http://127.0.0.1:%d/hi", functions_port);
	expect("RK-406", run(cmd));
}

static void
super_is_told_what_must_be_woken(void **state)
{
	static const char *const paths[] = { "/hi", NULL };
	char cmd[256];

	rig_put_routes(rk_chan_begin(keeper, RK_MSG_ROUTES, 0),
	    (struct rk_routes_head){ .site = 10, .generation = 3, .host = RK_STR("one.localhost") }, paths,
	    "u");
	assert_int_equal(rk_chan_end(keeper), RK_OK);
	send_tls();
	snprintf(cmd, sizeof(cmd),
	    "curl -s --max-time 1 -H 'Host: one.localhost' http://127.0.0.1:%d/hi; echo", functions_port);
	run(cmd);
	assert_true(wakes >= 3);
	assert_int_equal(traces, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		T(node_believes_the_certificate),
		T(plain_http_is_spoken_at_the_same_port),
		T(who_comes_before_the_certificate_waits_for_it),
		T(a_stream_is_spoken_over_tls_too),
		T(a_body_nobody_wants_is_answered_over_tls),
		T(a_new_certificate_takes_the_place_of_the_old),
		T(functions_wait_for_the_sites),
		T(super_is_told_what_must_be_woken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
