/*
 * admin_body.c - the bodies of requests to the admin listener, and how many bytes they may hold together.
 */
#include "gateway/admin.h"

#define BODIES_MAX (264u * RK_MB) /* of all requests together, with what keeper has not read yet */

static bool
is_stranger(const struct rk_admin_request *r)
{
	return !rk_head_get(&r->head, RK_STR("Authorization")).p &&
	       !rk_head_get(&r->head, RK_STR("Cookie")).p;
}

static void
body_too_large(struct rk_admin_request *r)
{
	rk_answer_fault(&r->admin->answer, RK_FAULT_BODY_LARGE,
	    is_stranger(r) ? RK_STR("A request without credentials may have a body of 65536 bytes.")
			   : RK_STR("The request body is larger than 69206016 bytes."),
	    rk_admin_id(r));
	rk_admin_send(r);
}

static size_t
held(const struct rk_admin *admin)
{
	return admin->bodies + rk_asks_waiting(admin->front->asks);
}

bool
rk_admin_body_fits(struct rk_admin_request *r)
{
	r->body.max = is_stranger(r) ? RK_ADMIN_BODY_STRANGER : RK_ADMIN_BODY_MAX;
	if (r->facts.length > r->body.max)
		body_too_large(r);
	else if (held(r->admin) + r->facts.length > BODIES_MAX)
		rk_admin_fault(r, RK_FAULT_CROWDED);
	else
		return true;
	return false;
}

void
rk_admin_data(void *request, struct rk_str bytes)
{
	struct rk_admin_request *r = request;
	size_t before = r->body.n;

	if (held(r->admin) + bytes.n > BODIES_MAX) {
		rk_admin_fault(r, RK_FAULT_CROWDED);
		return;
	}
	rk_buf_put(&r->body, bytes);
	r->admin->bodies += r->body.n - before;
	if (rk_buf_end(&r->body) == RK_TOO_LARGE)
		body_too_large(r);
	else if (rk_buf_end(&r->body) != RK_OK)
		rk_admin_fault(r, RK_FAULT_INTERNAL);
}

void
rk_admin_forget_body(struct rk_admin_request *r)
{
	r->admin->bodies -= r->body.n;
	rk_buf_free(&r->body);
}
