/*
 * diary.h - what happened in functions, gathered and written to the store a few times a second.
 *
 * A store that cannot be written now costs rows, never a request: the oldest go first, and are counted.
 */
#ifndef RK_KEEPER_DIARY_H
#define RK_KEEPER_DIARY_H

#include "keeper/estate.h"
#include "wire/trace.h"

#define RK_DIARY_MOST 20000u /* rows that wait */
#define RK_DIARY_BATCH 500u  /* of one transaction */

struct rk_diary;

struct rk_diary_opts {
	struct rk_loop *loop;
	struct rk_store *store;
	struct rk_estate *estate;
	const struct rk_conf *conf;
	void (*kept)(const struct rk_row_log *row, void *arg); /* the disk has it */
	void *arg;
};

RK_CHECKED enum rk_err rk_diary_new(const struct rk_diary_opts *opts, struct rk_diary **ret_diary);
void rk_diary_take(struct rk_diary *diary, struct rk_msg_view *view); /* a TRACE */
void rk_diary_write(struct rk_diary *diary);                          /* all that waits, before the end */
void rk_diary_free(struct rk_diary *diary);                           /* NULL is fine */

#endif
