/*
 * api_form.h - the parameters of a request: query, urlencoded body, multipart body; and taking them one by one.
 *
 * What nobody takes is ignored, as the vendor does. A name that comes twice counts as its last
 * value, except where a list is asked for.
 */
#ifndef RK_KEEPER_API_FORM_H
#define RK_KEEPER_API_FORM_H

#include "base/arena.h"
#include "base/err.h"

#define RK_API_FORM_FIELDS 2500
#define RK_API_FORM_BYTES (1024u * 1024u) /* of a urlencoded body */

struct rk_api_call;

struct rk_api_param {
	struct rk_str name, value;
	struct rk_str type; /* multipart only: the part's Content-Type */
};

struct rk_api_form {
	struct rk_api_param *v;
	size_t n;
};

/* name=value&..., '+' as a space, decoded into the arena. RK_TOO_LARGE, RK_NOMEM. */
RK_CHECKED enum rk_err rk_api_form_parse(
    struct rk_str text, struct rk_arena *arena, struct rk_api_form *ret_form);

/* The body by its Content-Type; values of multipart borrow from the body. RK_UNSUPPORTED: of another type;
 * RK_INVALID: broken; RK_TOO_LARGE. */
RK_CHECKED enum rk_err rk_api_form_parse_body(
    struct rk_str content_type, struct rk_str body, struct rk_arena *arena, struct rk_api_form *ret_form);

/* The last of that name, or NULL. */
const struct rk_api_param *rk_api_form_get(const struct rk_api_form *form, const char *name);

/*
 * Taking a parameter of the body. On a value that cannot be taken they answer 400 with the name, and return
 * false: the handler is over. An optional parameter that is absent leaves *ret_... as it was.
 */
enum rk_api_need { RK_API_OPTIONAL, RK_API_REQUIRED, RK_API_MAY_BE_EMPTY };

RK_CHECKED bool rk_api_take_text(
    struct rk_api_call *call, const char *name, enum rk_api_need need, size_t most, struct rk_str *ret_text);
/* A text of letters, digits, '-' and '_' only. */
RK_CHECKED bool rk_api_take_name(
    struct rk_api_call *call, const char *name, enum rk_api_need need, size_t most, struct rk_str *ret_name);
RK_CHECKED bool rk_api_take_flag(struct rk_api_call *call, const char *name, bool *ret_flag);
RK_CHECKED bool rk_api_take_sid(
    struct rk_api_call *call, const char *name, const char prefix[2], struct rk_str *ret_sid);
/* Every value of that name, in order, each a SID and none of them twice. */
RK_CHECKED bool rk_api_take_sids(struct rk_api_call *call, const char *name, const char prefix[2],
    size_t most, struct rk_str **ret_sids, size_t *ret_n);

#endif
