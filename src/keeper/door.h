/*
 * door.h - what gateways ask keeper: may this request come in, and the file of an asset.
 */
#ifndef RK_KEEPER_DOOR_H
#define RK_KEEPER_DOOR_H

#include "keeper/project.h"
#include "wire/check.h"

struct rk_door {
	const struct rk_folder *folder;
	const struct rk_conf *conf;
	const struct rk_project *project;   /* what is live; NULL: nothing yet */
	uint32_t generation;

	/* The door's own. Explaining costs far more than checking, so strangers get it only so often. */
	uint64_t second;
	unsigned explained;
	struct rk_why why;
};

#define RK_DOOR_EXPLAINS 50             /* refusals a second that are given their cause */

/*
 * The judgement alone, for whoever knows the token (empty: there is none, which is a fault of the set-up; `todo` says
 * what to do). base: the URL that Twilio was given, without a path; empty: as the request seems to have been made. The
 * verdict's words are valid until the next call.
 */
void rk_door_judge(struct rk_door *door, const struct rk_check *check, struct rk_str base, struct rk_str token,
    const char *todo, struct rk_verdict *ret_verdict);

/* The verdict's words are valid until the next call. */
void rk_door_check(struct rk_door *door, struct rk_msg_view *view, struct rk_verdict *ret_verdict);

/* True: *ret_file is open, and the caller's to close. False: the verdict says why not. */
bool rk_door_open(struct rk_door *door, struct rk_msg_view *view, struct rk_file *ret_file,
    struct rk_verdict *ret_verdict);

#endif
