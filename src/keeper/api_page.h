/*
 * api_page.h - lists, page by page, in the two forms of the vendor: "meta" (v1), and members beside the array (v2010).
 *
 * A page begins behind a row, not at a number: rows that come or go meanwhile shift nothing.
 */
#ifndef RK_KEEPER_API_PAGE_H
#define RK_KEEPER_API_PAGE_H

#include "keeper/api_call.h"

#define RK_API_PAGE_SIZE 50

/* The handler of a plain list: the rows of the route's kind within the owners that the path names. */
void rk_api_list(struct rk_api_call *call);

/* The same with conditions of the handler's own; account, owners and order are filled in. */
void rk_api_list_where(struct rk_api_call *call, struct rk_query query);

#endif
