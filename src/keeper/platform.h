/*
 * platform.h - what takes several rows of the store at once: services, environments, versions, builds, deployments.
 */
#ifndef RK_KEEPER_PLATFORM_H
#define RK_KEEPER_PLATFORM_H

#include "keeper/store.h"

#define RK_PLATFORM_CONTENT_MAX (64u * 1024u * 1024u)
#define RK_PLATFORM_LABEL_SIZE 64 /* a host name's label and its NUL (RFC 1035, section 2.3.4) */

/* "<name>-<4 digits>" of letters, digits and hyphens, at most 46 bytes. */
void rk_platform_base(struct rk_str unique_name, unsigned digits, char ret_base[RK_PLATFORM_LABEL_SIZE]);

/* Makes a service under a free domain_base of its own choice. The row's view of it borrows from `base`. */
RK_CHECKED enum rk_err rk_platform_create_service(struct rk_store *store, struct rk_row_service *row,
    char base[RK_PLATFORM_LABEL_SIZE], struct rk_why *why);

/* Makes an environment with the domain_label that its service and suffix give, which borrows from `label`. */
RK_CHECKED enum rk_err rk_platform_create_environment(struct rk_store *store, struct rk_row_environment *row,
    char label[RK_PLATFORM_LABEL_SIZE], struct rk_why *why);

/* Makes a version (function or asset) and keeps its content. The row's digest borrows from `digest`. */
RK_CHECKED enum rk_err rk_platform_create_version(struct rk_store *store, enum rk_kind kind, void *row,
    struct rk_str content, unsigned char digest[RK_VAULT_DIGEST_SIZE], struct rk_why *why);

/* Appends a version's content, and looks that it is what was stored: RK_DAMAGED. */
RK_CHECKED enum rk_err rk_platform_get_content(struct rk_store *store, struct rk_str digest, struct rk_buf *out);

/* Makes a build of these versions, which are all of its account and service, or RK_NOT_FOUND. */
RK_CHECKED enum rk_err rk_platform_create_build(struct rk_store *store, struct rk_row_build *row,
    const struct rk_str *functions, size_t function_n, const struct rk_str *assets, size_t asset_n, struct rk_why *why);

/*
 * The swap: the environment serves the build, the deployment is history, and the audit says who did it; all three
 * or none. RK_REFUSED when the build is not completed. The row names environment and build; service is filled in.
 */
RK_CHECKED enum rk_err rk_platform_deploy(struct rk_store *store, struct rk_row_deployment *row,
    struct rk_row_audit *audit, struct rk_why *why);

#endif
