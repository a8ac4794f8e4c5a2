/*
 * own_password.c - passwords, one at a time in the loop's pool of threads.
 *
 * A job owns copies of all that it needs, so that its call, or everything, may go while it runs. The thread touches
 * `err` and `result` only, between the queueing and its end.
 */
#include "keeper/own_password.h"

#include <stdlib.h>

#include "base/secret.h"

struct rk_own_password {
	uv_work_t work;
	struct rk_own *own;     /* NULL: it has gone */
	struct rk_own_call *oc; /* NULL: it has gone */
	rk_own_password_fn *next;
	struct rk_secret password;
	char hash[RK_VAULT_HASH_SIZE]; /* to compare with */
	bool makes;
	bool runs;
	enum rk_err err;
	char result[RK_VAULT_HASH_SIZE];
	struct rk_own_password *later;
};

static void start_first(struct rk_own *own);

static void
job_free(struct rk_own_password *job)
{
	rk_secret_done(&job->password);
	rk_secret_wipe(job->hash, sizeof job->hash);
	rk_secret_wipe(job->result, sizeof job->result);
	free(job);
}

/* On a thread of the pool. */
static void
look(uv_work_t *work)
{
	struct rk_own_password *job = work->data;
	struct rk_str password = rk_str_n(job->password.p, job->password.n);

	job->err = job->makes ? rk_vault_hash_password(password, job->result)
			      : rk_vault_check_password(password, rk_str(job->hash));
}

static void
unlink_first(struct rk_own *own)
{
	own->first = own->first->later;
	if (!own->first)
		own->last = &own->first;
	own->passwords--;
}

/* The next step of the call, which may answer or go on waiting. */
static void
hand_over(struct rk_own_password *job)
{
	struct rk_own_call *oc = job->oc;

	if (!oc)
		return;
	oc->password = NULL;
	oc->waits = false;
	job->next(oc, job->err, rk_str(job->result));
	if (!oc->waits) {
		oc->waits = true;
		rk_own_finish(oc);
	}
}

static void
end(uv_work_t *work, int status)
{
	struct rk_own_password *job = work->data;
	struct rk_own *own = job->own;

	if (status)
		job->err = RK_BUSY;
	if (own) {
		unlink_first(own);
		start_first(own);
		hand_over(job);
	}
	job_free(job);
}

/* Jobs whose call has gone cost nothing. */
static void
start_first(struct rk_own *own)
{
	while (own->first && !own->first->runs) {
		struct rk_own_password *job = own->first;
		if (job->oc) {
			job->runs = true;
			if (uv_queue_work(&own->opts.loop->uv, &job->work, look, end) == 0)
				return;
			job->err = RK_BUSY;
		}
		unlink_first(own);
		hand_over(job);
		job_free(job);
	}
}

bool
rk_own_password_is_good(struct rk_own_call *oc, struct rk_str password)
{
	size_t n = 0;

	for (size_t i = 0; i < password.n; i++)
		n += ((unsigned char)password.p[i] & 0xc0) != 0x80;
	if (n >= RK_OWN_PASSWORD_LEAST && password.n <= RK_VAULT_PASSWORD_MAX)
		return true;
	rk_api_fail(&oc->call, RK_API_PARAMETER,
	    "password must be at least %d characters and at most %d bytes long.", RK_OWN_PASSWORD_LEAST,
	    RK_VAULT_PASSWORD_MAX);
	return false;
}

static struct rk_own_password *
job_new(struct rk_own_call *oc, struct rk_str password, struct rk_str hash, rk_own_password_fn *next)
{
	struct rk_own_password *job = calloc(1, sizeof *job);

	if (!job)
		return NULL;
	job->own = oc->own;
	job->oc = oc;
	job->next = next;
	job->makes = hash.p == NULL;
	job->work.data = job;
	if (hash.n && hash.n < sizeof job->hash)
		memcpy(job->hash, hash.p, hash.n);
	if (rk_secret_set(&job->password, password) != RK_OK) {
		job_free(job);
		return NULL;
	}
	return job;
}

void
rk_own_password_work(
    struct rk_own_call *oc, struct rk_str password, struct rk_str hash, rk_own_password_fn *next)
{
	struct rk_own *own = oc->own;
	struct rk_own_password *job = NULL;

	if (own->passwords < RK_OWN_PASSWORDS)
		job = job_new(oc, password, hash, next);
	if (!job) {
		rk_api_put_header(&oc->response, "Retry-After", RK_STR("1"));
		rk_api_fail(
		    &oc->call, RK_API_UNAVAILABLE, "Too many passwords are being looked at. Try again.");
		return;
	}
	*own->last = job;
	own->last = &job->later;
	own->passwords++;
	oc->password = job;
	oc->waits = true;
	if (own->first == job && uv_queue_work(&own->opts.loop->uv, &job->work, look, end) == 0) {
		job->runs = true;
	} else if (own->first == job) {
		rk_own_password_forget(oc);
		unlink_first(own);
		job_free(job);
		oc->waits = false;
		rk_api_fail_err(&oc->call, RK_BUSY, NULL);
	}
}

void
rk_own_password_forget(struct rk_own_call *oc)
{
	if (oc->password)
		oc->password->oc = NULL;
	oc->password = NULL;
}

void
rk_own_password_leave(struct rk_own *own)
{
	struct rk_own_password *job = own->first;

	while (job) {
		struct rk_own_password *later = job->later;
		job->own = NULL;
		job->oc = NULL;
		if (!job->runs)
			job_free(job);
		job = later;
	}
}
