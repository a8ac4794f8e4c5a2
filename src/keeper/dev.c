/*
 * dev.c - keeper under `roomkey dev`: the project's folder is the store.
 *
 * Holds     the functions' text, the variables, the watch on the folder
 * May       read below the project's folder; seal bundles; print the panel on standard output
 * May not   open anything else or write any file; reach the network; print or log a variable's value
 * Talks to  super (BUNDLE to it; READY, FAILED, GATEWAY from it), every gateway (ROUTES; CHECK and OPEN from it)
 *
 * A generation's way: read -> BUNDLE -> READY -> ROUTES -> words for the person who waits. One
 * is under way at a time; what changes meanwhile is read when its answer is here.
 */
#include "keeper/dev.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/log.h"
#include "keeper/audience.h"
#include "keeper/changes.h"
#include "keeper/door.h"
#include "keeper/interest.h"
#include "keeper/package.h"
#include "keeper/parcel.h"
#include "keeper/problems.h"
#include "keeper/stale.h"
#include "keeper/voice.h"
#include "keeper/watch.h"
#include "proc/sandbox.h"

#define HALF_WRITTEN_MS 300

static struct keeper {
	struct rk_chan *control;
	const struct rk_conf *conf;
	struct rk_folder folder;
	struct rk_watch *watch;
	struct rk_audience audience;
	struct rk_door door;
	struct rk_voice voice;

	struct rk_project *live;   /* what gateways route to; NULL until the first READY */
	struct rk_project *coming; /* sent as `generation`, not answered yet */
	struct rk_project *failed; /* the last that no worker could load, so that it is not sent again */
	uint32_t generation;
	uint64_t since_ms; /* when the change behind `coming` was noticed */
	bool held;         /* `coming` is sent for the second time, with last good versions in it */
	bool again;        /* something changed while `coming` was under way */
	bool is_waiting;   /* a file is being written: since_ms is when that began */
	bool is_gone;      /* the functions folder was missing at the last look */
	bool is_blind;     /* the system gave no watch, which was said once */
} keeper;

/* ---- the gateways ------------------------------------------------------------- */

static void
tell_routes(struct rk_chan *chan, void *arg)
{
	if (!keeper.door.project)
		return;
	rk_parcel_put_routes(
	    rk_chan_begin(chan, RK_MSG_ROUTES, 0), keeper.door.project, keeper.door.generation);
	enum rk_err err = rk_chan_end(chan);
	if (err != RK_OK)
		rk_error("RK-118: The routes could not be sent: %s.", rk_err_text(err));
	rk_chan_flush(chan);
}

static void
on_asked(struct rk_chan *chan, enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, void *arg)
{
	struct rk_verdict verdict;
	struct rk_file file;

	if (type == RK_MSG_CHECK) {
		rk_door_check(&keeper.door, view, &verdict);
		rk_audience_send_verdict(chan, id, &verdict);
	} else if (type == RK_MSG_OPEN) {
		if (rk_door_open(&keeper.door, view, &file, &verdict)) {
			rk_audience_send_file(chan, id, file.fd, file.size, file.mtime_ms);
			close(file.fd);
		} else {
			rk_audience_send_verdict(chan, id, &verdict);
		}
	}
}

/* ---- a generation's way ------------------------------------------------------- */

static void
drop(struct rk_project **project)
{
	if (!*project)
		return;
	rk_project_done(*project);
	free(*project);
	*project = NULL;
}

static enum rk_err
read_project(struct rk_project **ret_project, struct rk_why *why)
{
	struct rk_project *project = calloc(1, sizeof(*project));

	if (!project)
		return RK_NOMEM;
	enum rk_err err = rk_project_read(&keeper.folder, keeper.conf, project, why);
	if (err != RK_OK) {
		free(project);
		return err;
	}
	project->name = rk_package_name(&keeper.folder, &project->arena);
	*ret_project = project;
	return RK_OK;
}

static enum rk_err
send_bundle(const struct rk_project *project)
{
	RK_AUTO(rk_auto_close) int fd = -1;
	uint32_t generation = keeper.generation + 1;

	enum rk_err err = rk_parcel_seal(project, generation, &fd);
	if (err == RK_OK) {
		struct rk_buf *out = rk_chan_begin(keeper.control, RK_MSG_BUNDLE, 0);

		rk_msg_put_u32(out, RK_SITE_DEV);
		rk_msg_put_u32(out, generation);
		err = rk_chan_end_fd(keeper.control, fd);
	}
	if (err == RK_OK)
		keeper.generation = generation;
	return err;
}

/* Owns the project. */
static enum rk_err
send_project(struct rk_project *project)
{
	enum rk_err err = rk_stale_carry(project, keeper.live);

	if (err == RK_OK)
		err = send_bundle(project);
	if (err != RK_OK) {
		drop(&project);
		return err;
	}
	keeper.coming = project;
	keeper.held = false;
	return RK_OK;
}

static bool
watch_dir(struct rk_str dir)
{
	enum rk_err err = rk_watch_add(keeper.watch, dir);

	if (err == RK_BUSY && !keeper.is_blind) {
		keeper.is_blind = true;
		rk_warn("RK-116: The system gives no more watches, so edits in %.*s are not noticed. "
			"Raise fs.inotify.max_user_watches, or start again after an edit.",
		    RK_FMT(dir));
	}
	return err == RK_OK;
}

/* What was added may have changed between being read and being watched: then it is read once more. */
static void
watch_dirs(const struct rk_project *project)
{
	bool added = false;

	for (size_t i = 0; i < project->dir_n; i++)
		added |= watch_dir(project->dirs[i]);
	if (rk_interest_env_dir(keeper.conf).n > 0)
		added |= watch_dir(rk_interest_env_dir(keeper.conf));
	if (added)
		rk_watch_poke(keeper.watch);
}

static void
refuse_look(enum rk_err err, const struct rk_why *why)
{
	if (err != RK_NOT_FOUND || !keeper.is_gone)
		rk_warn("%s: %s The functions from before go on being served. %s", why->code, why->what,
		    why->todo);
	keeper.is_gone = err == RK_NOT_FOUND;
}

static bool
is_same(const struct rk_project *before, const struct rk_project *now)
{
	return before && rk_changes_each(before, now, NULL, NULL) == 0 &&
	       !rk_changes_has_complaints(before, now);
}

/* Most programs empty a file and then write it: what was read in between is read again, for as long as a
 * slow writer may take. */
static bool
is_half_written(const struct rk_project *now)
{
	return keeper.live && rk_changes_is_half(keeper.live, now) &&
	       rk_clock_mono_ms() - keeper.since_ms < HALF_WRITTEN_MS;
}

static void
look_again(uint64_t since_ms, void *arg)
{
	struct rk_project *now = NULL;
	struct rk_why why = { .code = "RK-119", .what = "The project could not be read." };

	if (keeper.coming) {
		keeper.again = true;
		return;
	}
	if (!keeper.is_waiting)
		keeper.since_ms = since_ms;
	rk_watch_renew(keeper.watch);
	enum rk_err err = read_project(&now, &why);
	if (err != RK_OK) {
		refuse_look(err, &why);
		return;
	}
	keeper.is_gone = false;
	watch_dirs(now);
	keeper.is_waiting = is_half_written(now);
	if (keeper.is_waiting) {
		drop(&now);
		rk_watch_poke(keeper.watch);
		return;
	}
	if (is_same(keeper.live, now))
		drop(&keeper.failed);
	if (is_same(keeper.live, now) || is_same(keeper.failed, now)) {
		drop(&now);
		return;
	}
	err = send_project(now);
	if (err != RK_OK)
		rk_error("RK-115: The new version could not be made ready: %s. The one before goes on.",
		    rk_err_text(err));
}

static void
finish_generation(void)
{
	if (!keeper.again)
		return;
	keeper.again = false;
	rk_watch_poke(keeper.watch);
}

static void
go_live(uint32_t generation)
{
	struct rk_project *before = keeper.live;

	keeper.live = keeper.coming;
	keeper.coming = NULL;
	drop(&keeper.failed);
	keeper.door.project = keeper.live;
	keeper.door.generation = generation;
	rk_audience_each(&keeper.audience, tell_routes, NULL);
	rk_voice_tell(
	    &keeper.voice, before, keeper.live, (unsigned long)(rk_clock_mono_ms() - keeper.since_ms));
	drop(&before);
	finish_generation();
}

/* Functions that have stopped compiling make a second generation of the same project, in which they are as
 * they were; nobody was routed to the first. */
static bool
hold_good(void)
{
	size_t n = 0;

	if (rk_stale_hold(keeper.coming, keeper.live, &n) == RK_OK &&
	    (n == 0 || send_bundle(keeper.coming) == RK_OK)) {
		keeper.held = n > 0;
		return n > 0;
	}
	rk_stale_drop(keeper.coming);
	return false;
}

static void
on_ready(struct rk_msg_view *view)
{
	if (rk_msg_get_u32(view) != keeper.generation || !keeper.coming)
		return;
	if (rk_problems_take(keeper.coming, view) != RK_OK)
		rk_error("super told of problems in a form that cannot be read");
	if (!hold_good())
		go_live(keeper.generation);
}

static void
on_failed(struct rk_msg_view *view)
{
	uint32_t generation = rk_msg_get_u32(view);
	struct rk_str reason = rk_msg_get_str(view);

	if (view->bad || generation != keeper.generation || !keeper.coming)
		return;
	/* The generation before it was ready, with errors in place of the last good versions. */
	if (keeper.held) {
		rk_stale_drop(keeper.coming);
		go_live(generation - 1);
		return;
	}
	rk_error("RK-115: No worker could load the %s: %.*s. %s", keeper.live ? "new version" : "functions",
	    RK_FMT(reason),
	    keeper.live ? "The version before goes on being served." : "Nothing is served yet.");
	drop(&keeper.failed);
	keeper.failed = keeper.coming;
	keeper.coming = NULL;
	finish_generation();
}

/* ---- the role ------------------------------------------------------------------ */

static bool
matters(struct rk_str dir, struct rk_str name, void *arg)
{
	struct rk_interest interest = { .conf = keeper.conf };

	if (keeper.live)
		interest.assets_dir = keeper.live->assets_dir;
	return rk_interest_has(&interest, dir, name);
}

static enum rk_err
begin(struct rk_loop *loop, const struct rk_conf *conf, struct rk_why *why)
{
	static const struct rk_watch_ops ops = { .matters = matters, .changed = look_again };
	struct rk_project *project = NULL;

	enum rk_err err = rk_voice_init(&keeper.voice, conf);
	if (err == RK_OK)
		err = rk_folder_open(conf->project, &keeper.folder, why);
	if (err == RK_OK)
		err = rk_watch_open(loop, conf->project, &ops, NULL, &keeper.watch);
	if (err == RK_OK)
		err = read_project(&project, why);
	if (err != RK_OK)
		return err;
	(void)watch_dir(RK_STR(""));
	watch_dirs(project);
	err = rk_sandbox_seal(RK_KEEPER, &(struct rk_sandbox_opts){ .read_dir = conf->project }, why);
	if (err != RK_OK) {
		drop(&project);
		return err;
	}
	return send_project(project);
}

static void
done(void)
{
	rk_audience_done(&keeper.audience);
	keeper.door.project = NULL;
	rk_watch_close(keeper.watch);
	keeper.watch = NULL;
	rk_folder_close(&keeper.folder);
	drop(&keeper.coming);
	drop(&keeper.failed);
	drop(&keeper.live);
	rk_voice_done(&keeper.voice);
}

static enum rk_err
start(struct rk_loop *loop, struct rk_chan *control, const struct rk_conf *conf, unsigned index,
    struct rk_why *why)
{
	static const struct rk_audience_ops ops = { .joined = tell_routes, .asked = on_asked };

	keeper.control = control;
	keeper.conf = conf;
	keeper.audience = (struct rk_audience){ .loop = loop, .ops = &ops };
	keeper.door = (struct rk_door){ .folder = &keeper.folder, .conf = conf };
	keeper.folder.fd = -1;
	/* Not 0 when a keeper before this one ended: its numbers are used up. */
	keeper.generation = index;
	keeper.since_ms = rk_clock_mono_ms();
	enum rk_err err = begin(loop, conf, why);
	if (err != RK_OK)
		done();
	return err;
}

static void
message(enum rk_msg_type type, uint32_t id, struct rk_msg_view *view, int fd)
{
	if (type == RK_MSG_GATEWAY)
		rk_audience_add(&keeper.audience, fd);
	else if (type == RK_MSG_READY)
		on_ready(view);
	else if (type == RK_MSG_FAILED)
		on_failed(view);
	else if (fd >= 0)
		close(fd);
}

static void
quit(unsigned grace_ms)
{
	/* Nothing here is worth waiting for. */
	rk_loop_stop(keeper.audience.loop);
}

const struct rk_role_ops rk_dev_ops = {
	.role = RK_KEEPER, .start = start, .message = message, .quit = quit, .done = done
};
