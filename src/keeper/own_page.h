/*
 * own_page.h - lists of our own API that are read page by page, youngest first: PageSize, After, next_after.
 */
#ifndef RK_KEEPER_OWN_PAGE_H
#define RK_KEEPER_OWN_PAGE_H

#include "keeper/own_call.h"

/* Answers with {"<key>":[...],"next_after":"<date>.<SID>"|null}; the query's account, order and page are filled in. */
void rk_own_page_answer(struct rk_own_call *oc, enum rk_kind kind, struct rk_query *query, const char *key,
    void (*put)(struct rk_buf *out, const void *row));

#endif
