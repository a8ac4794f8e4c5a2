/*
 * changes.h - what differs between two readings of a project.
 */
#ifndef RK_KEEPER_CHANGES_H
#define RK_KEEPER_CHANGES_H

#include "keeper/project.h"

enum rk_change_kind { RK_CHANGE_ADDED, RK_CHANGE_REMOVED, RK_CHANGE_EDITED, RK_CHANGE_RENAMED, RK_CHANGE_VARIABLE };

struct rk_change {
	enum rk_change_kind kind;
	const struct rk_function *function;   /* the newer one; the old one when it was removed */
	const struct rk_asset *asset;         /* the same; the three exclude each other */
	struct rk_str variable;               /* the name, when it was set, changed or removed */
};

/*
 * Calls each() for every difference that a caller of the functions could notice; functions come by
 * path, then assets, then variables. The content of an asset counts only when functions have it in their
 * bundle (private ones): of the others whatever lies there is served. Returns their number; each may be NULL. RENAMED: the file's name
 * or visibility is another, at the same path.
 */
size_t rk_changes_each(const struct rk_project *before, const struct rk_project *after,
    void (*each)(const struct rk_change *change, void *arg), void *arg);

/* Something that had content is empty now: most likely it is being written at this moment. */
bool rk_changes_is_half(const struct rk_project *before, const struct rk_project *after);

/* Complaints differ in number or text. */
bool rk_changes_has_complaints(const struct rk_project *before, const struct rk_project *after);

#endif
