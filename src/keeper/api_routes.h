/*
 * api_routes.h - the route table, and the handlers and resources that it names.
 */
#ifndef RK_KEEPER_API_ROUTES_H
#define RK_KEEPER_API_ROUTES_H

#include "keeper/api_call.h"

/* Names in braces are fields of the store (owners), "sid" the row itself, "account_sid" the caller's account. */
extern const struct rk_api_route rk_api_routes[];
extern const size_t rk_api_route_count;

extern const struct rk_api_resource rk_api_services, rk_api_environments, rk_api_variables, rk_api_functions,
    rk_api_assets, rk_api_function_versions, rk_api_asset_versions, rk_api_builds, rk_api_build_status,
    rk_api_deployments, rk_api_logs, rk_api_keys, rk_api_signing_keys, rk_api_iam_keys;

rk_api_handler rk_api_service_create, rk_api_service_update, rk_api_environment_create,
    rk_api_variable_create, rk_api_variable_update, rk_api_function_create, rk_api_function_update,
    rk_api_version_create, rk_api_content_fetch, rk_api_build_create, rk_api_deployment_create,
    rk_api_log_list, rk_api_key_create, rk_api_key_update, rk_api_key_fetch, rk_api_key_list,
    rk_api_key_remove, rk_api_iam_key_list, rk_api_iam_key_create;

#define RK_API_FUNCTION_MAX (4u * 1024u * 1024u) /* bytes of source, as `roomkey dev` takes */
bool rk_api_is_path(struct rk_str path); /* of a version */
bool rk_api_is_visibility(struct rk_str s);

/* A new key's secret: letters and digits, without a NUL. */
#define RK_API_SECRET_LEN 32
RK_CHECKED enum rk_err rk_api_key_make_secret(char ret_secret[RK_API_SECRET_LEN]);

/*
 * The route of this method and path (raw, without query), whose parameters are then resolved into the call. False: it
 * has answered 404, or 405 with Allow.
 */
RK_CHECKED bool rk_api_route(struct rk_api_call *call);

/* Segment by segment, still encoded: a '/' within a segment ("%2f") never becomes one between two. */
bool rk_api_path_is(const char *route, struct rk_str path);
/* The parameters of a path that is of that route, into the call. False: it has answered 404. */
RK_CHECKED bool rk_api_path_resolve(struct rk_api_call *call, const char *route);

#endif
