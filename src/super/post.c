#include "super/post.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/log.h"
#include "proc/spawn.h"

#define QUICK_MS 1000 /* a death sooner after the start is waited for */
#define DELAY_FIRST_MS 50
#define DELAY_LAST_MS 5000
#define DEAF_MS 2000 /* how long a process may live with its control channel closed */

/* ---- what a process is born with ------------------------------------------------- */

#define ENV_MAX 12

struct env {
	char ram[48];
	char *vars[ENV_MAX];
	unsigned count;
};

static void
put_env(struct env *env, const char *var)
{
	if (env->count + 1 < ENV_MAX)
		env->vars[env->count++] = (char *)var;
}

/*
 * JavaScriptCore reads its options from here and nowhere else. One helper thread instead of
 * several; no WebAssembly (its loops escape the time limit); the heap is sized for less than
 * 1 GB, which saves 10 MB and makes collection start in time for the memory limit. The last
 * tier of the JIT is left out: it compiles for 30-70 ms while every slot waits, again and again,
 * and handlers are too short to earn that back (p99 of the token function 62 -> 3.5 ms, requests
 * per second +5 %, 7 MB less).
 */
static void
put_engine_env(struct env *env, const struct rk_conf *conf)
{
	long mb = conf->memory_mb < 1000 ? conf->memory_mb : 1000;

	put_env(env, "JSC_useConcurrentGC=0");
	put_env(env, "JSC_useConcurrentJIT=0");
	put_env(env, "JSC_numberOfGCMarkers=1");
	put_env(env, "JSC_useWasm=0");
	put_env(env, "JSC_useFTLJIT=0");
	snprintf(env->ram, sizeof(env->ram), "JSC_forceRAMSize=%ld", mb * 1024 * 1024);
	put_env(env, env->ram);
}

/* Those of our own variables that have one of the names ("TERM="). Nothing else is inherited, ever. */
static void
inherit(struct env *env, const char *const *names, size_t n)
{
	extern char **environ;

	for (char **var = environ; *var; var++)
		for (size_t i = 0; i < n; i++)
			if (strncmp(*var, names[i], strlen(names[i])) == 0)
				put_env(env, *var);
}

/* Whether the terminal shows colour, for those who write to it. */
static void
put_terminal_env(struct env *env)
{
	static const char *const names[] = { "NO_COLOR=", "TERM=" };

	inherit(env, names, sizeof(names) / sizeof(names[0]));
}

/* Where keeper may find its master key: keeper/masterkey.h. Nobody else is told. */
static void
put_key_env(struct env *env)
{
	static const char *const names[] = { "CREDENTIALS_DIRECTORY=", "ROOMKEY_MASTER_KEY=" };

	inherit(env, names, sizeof(names) / sizeof(names[0]));
}

/* How a build for testing reports: see CONTRIBUTING. */
static void
put_sanitizer_env(struct env *env)
{
#ifdef RK_SANITIZED
	static const char *const names[] = { "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS=" };

	inherit(env, names, sizeof(names) / sizeof(names[0]));
#else
	(void)env;
#endif
}

/* ---- the control channel ------------------------------------------------------------ */

static void
on_message(
    struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd, void *arg)
{
	struct rk_post *post = arg;

	(void)chan;
	(void)id;
	post->ops->message(post, type, view, fd);
}

/* It is dying, or deaf, or broke a rule. waitpid tells; the last two are helped along. */
static void
on_closed(struct rk_chan *chan, enum rk_err err, void *arg)
{
	struct rk_post *post = arg;

	post->control = NULL;
	rk_chan_close(chan);
	if (err)
		rk_post_kill(post, "sent super what it must not");
	else if (post->pid)
		rk_post_again(post, DEAF_MS);
}

static void
on_timer(uv_timer_t *timer)
{
	struct rk_post *post = timer->data;

	if (post->pid)
		rk_post_kill(post, "did not end by itself");
	else
		post->ops->again(post);
}

/* ---- the post ---------------------------------------------------------------------- */

struct rk_post *
rk_post_new(struct rk_loop *loop, enum rk_role role, uint32_t index, const struct rk_post_ops *ops, void *arg)
{
	struct rk_post *post = calloc(1, sizeof(*post));

	if (!post)
		return NULL;
	*post = (struct rk_post){
		.loop = loop, .role = role, .index = index, .ops = ops, .arg = arg, .statm = -1
	};
	uv_timer_init(&loop->uv, &post->timer);
	post->timer.data = post;
	return post;
}

static void
on_timer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
forget_process(struct rk_post *post)
{
	rk_chan_close(post->control);
	post->control = NULL;
	if (post->statm >= 0)
		close(post->statm);
	post->statm = -1;
	post->pid = 0;
}

void
rk_post_free(struct rk_post *post)
{
	if (!post)
		return;
	forget_process(post);
	uv_close((uv_handle_t *)&post->timer, on_timer_closed);
}

static void
open_statm(struct rk_post *post)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/%ld/statm", (long)post->pid);
	post->statm = open(path, O_RDONLY | O_CLOEXEC);
}

static void
send_conf(struct rk_post *post, const struct rk_conf *conf, uint32_t index)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(48 * RK_KB);
	struct rk_buf *out;

	rk_conf_format(&text, conf);
	out = rk_chan_begin(post->control, RK_MSG_CONF, 0);
	rk_msg_put_str(out, rk_buf_str(&text));
	rk_msg_put_u32(out, index);
	if (rk_buf_end(&text) != RK_OK || rk_chan_end(post->control) != RK_OK)
		rk_post_kill(post, "could not be told its settings");
}

enum rk_err
rk_post_start(
    struct rk_post *post, const struct rk_conf *conf, uint32_t number, uint32_t index, struct rk_why *why)
{
	static const struct rk_chan_ops ops = { .message = on_message, .closed = on_closed };
	struct env env = { .count = 0 };
	enum rk_err err;
	int fd;

	if (post->role == RK_WORKER)
		put_engine_env(&env, conf);
	else
		put_terminal_env(&env);
	if (post->role == RK_KEEPER && conf->command == RK_CONF_SERVE)
		put_key_env(&env);
	put_sanitizer_env(&env);
	err = rk_spawn(post->role, env.vars, &post->pid, &fd, why);
	if (err)
		return err;
	uv_timer_stop(&post->timer);
	post->number = number;
	post->ready = false;
	post->leaving = false;
	post->rest_pages = 0;
	post->fate[0] = '\0';
	post->started_ms = rk_clock_mono_ms();
	if (post->role == RK_WORKER)
		open_statm(post);
	if (rk_chan_open(post->loop, fd, RK_SUPER, post->role, &ops, post, &post->control) != RK_OK) {
		post->control = NULL;
		rk_post_kill(post, "could not be spoken to");
		return RK_OK;
	}
	send_conf(post, conf, index);
	return RK_OK;
}

static void
pass(struct rk_post *post, enum rk_msg_type type, int fd, struct rk_str payload)
{
	enum rk_err err;

	if (!post->control)
		return;
	/* Super composes whole payloads: what follows the frame's head is put as it is. */
	rk_buf_put(rk_chan_begin(post->control, type, 0), payload);
	err = fd >= 0 ? rk_chan_end_fd(post->control, fd) : rk_chan_end(post->control);
	if (err && err != RK_GONE)
		rk_post_kill(post, "could not be spoken to");
}

void
rk_post_give(struct rk_post *post, enum rk_msg_type type, int fd, struct rk_str payload)
{
	pass(post, type, fd, payload);
}

void
rk_post_tell(struct rk_post *post, enum rk_msg_type type, struct rk_str payload)
{
	pass(post, type, -1, payload);
}

void
rk_post_quit(struct rk_post *post, uint32_t ms)
{
	RK_AUTO(rk_buf_free) struct rk_buf payload = RK_BUF(64);

	post->leaving = true;
	rk_msg_put_u32(&payload, ms);
	rk_post_tell(post, RK_MSG_QUIT, rk_buf_str(&payload));
}

void
rk_post_kill(struct rk_post *post, const char *fate)
{
	if (!post->pid)
		return;
	if (!post->fate[0])
		snprintf(post->fate, sizeof(post->fate), "%s", fate);
	kill(post->pid, SIGKILL);
}

void
rk_post_buried(struct rk_post *post, int status, char *ret_words, size_t size)
{
	const char *name;

	forget_process(post);
	if (post->fate[0]) {
		snprintf(ret_words, size, "%s", post->fate);
	} else if (WIFSIGNALED(status)) {
		name = sigabbrev_np(WTERMSIG(status));
		snprintf(ret_words, size, "was ended by SIG%s%s", name ? name : "?",
		    WTERMSIG(status) == SIGSYS ? " (a system call that its seal forbids)" : "");
	} else {
		snprintf(ret_words, size, "ended with status %d", WEXITSTATUS(status));
	}
}

void
rk_post_again(struct rk_post *post, uint64_t delay_ms)
{
	uv_timer_start(&post->timer, on_timer, delay_ms, 0);
}

uint64_t
rk_post_delay(struct rk_post *post, int status, uint64_t now_ms)
{
	bool retired = post->ready && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	uint64_t delay;

	if (retired || now_ms - post->started_ms >= QUICK_MS) {
		post->quick = 0;
		return 0;
	}
	delay = (uint64_t)DELAY_FIRST_MS << (post->quick < 7 ? post->quick : 7);
	post->quick++;
	return delay < DELAY_LAST_MS ? delay : DELAY_LAST_MS;
}
