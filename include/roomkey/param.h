/*
 * roomkey/param.h - one decoded parameter of a request: a form's field, or a part of a query.
 */
#ifndef ROOMKEY_PARAM_H
#define ROOMKEY_PARAM_H

#include <roomkey/str.h>

/* UTF-8. A name that is given more than once stands once for each of its values. */
struct rk_param {
	struct rk_str name, value;
};

#endif
