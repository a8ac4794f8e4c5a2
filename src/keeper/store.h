/*
 * store.h - the platform's records, kept by a driver behind one table of operations.
 *
 * Everything is scoped by account: a row of another account is RK_NOT_FOUND, as if it
 * were not there. A call that changes something has returned RK_OK only when the disk has
 * it, or, between begin and commit, when commit returns RK_OK. One store belongs to one
 * thread. Errors of the medium: RK_FULL, RK_UNAVAILABLE (read-only, locked, not reachable),
 * RK_DAMAGED, RK_IO; after any of them nothing of the operation stays behind, and
 * the next call may succeed.
 */
#ifndef RK_KEEPER_STORE_H
#define RK_KEEPER_STORE_H

#include "base/arena.h"
#include "keeper/record.h"

#define RK_STORE_PAGE_MAX 1000
#define RK_STORE_FILTERS 6
#define RK_STORE_KEEP_DAYS 30 /* how long what was removed can be restored */

/* As an account: rows of every account. For the process' own reading only, never from a request. */
#define RK_EVERY_ACCOUNT RK_STR("*")

struct rk_store;

/* One condition: the field equals the value (p == NULL: is null), or holds it somewhere. `field` is a name
 * in the record's table, or "sid". */
struct rk_filter {
	const char *field;
	struct rk_str value;
	bool holds;
};

/* Which rows. Zero but for the account: the first page of all that are there, oldest first. */
struct rk_query {
	struct rk_str account;
	struct rk_filter filters[RK_STORE_FILTERS]; /* up to the first without a field */
	struct rk_str build;      /* versions only: those of this build, removed or not */
	int64_t from, to;         /* date_created >= from, < to; 0: no bound */
	int64_t after_date;       /* the page after the row with this date and SID; 0: the first page */
	struct rk_str after_sid;
	unsigned limit;           /* 1..RK_STORE_PAGE_MAX; 0: that */
	bool newest_first;
	bool removed;             /* those that were removed instead of those that are there */
	bool secrets;             /* open the sealed fields; otherwise they come as null */
};

/* One row; its views live during the call. The store may be used meanwhile. */
typedef void rk_store_fn(const void *row, void *arg);

/* What a driver does. Sealed fields are bytes to it; limits and owners were looked at. */
struct rk_store_ops {
	void (*close)(struct rk_store *store);
	enum rk_err (*begin)(struct rk_store *store);
	enum rk_err (*commit)(struct rk_store *store);
	void (*rollback)(struct rk_store *store);
	enum rk_err (*create)(struct rk_store *store, enum rk_kind kind, const void *row);
	/* RK_NOT_FOUND when there is no row at all; each may be NULL. */
	enum rk_err (*list)(struct rk_store *store, enum rk_kind kind, const struct rk_query *query, rk_store_fn *each,
	    void *arg, bool *ret_more);
	/* By SID and account, removed or not. Null sealed fields stay as they are. */
	enum rk_err (*update)(struct rk_store *store, enum rk_kind kind, const void *row);
	enum rk_err (*touch)(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid, int64_t at);
	enum rk_err (*remove)(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid, int64_t at);
	enum rk_err (*restore)(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid);
	enum rk_err (*purge)(struct rk_store *store, int64_t before, int64_t *ret_count);
	enum rk_err (*trim)(struct rk_store *store, enum rk_kind kind, int64_t before, int64_t most, int64_t *ret_count);
	enum rk_err (*link)(struct rk_store *store, enum rk_kind kind, struct rk_str build, struct rk_str version);
	enum rk_err (*put_content)(struct rk_store *store, struct rk_str digest, struct rk_str bytes);
	enum rk_err (*get_content)(struct rk_store *store, struct rk_str digest, struct rk_buf *out);
	enum rk_err (*put_setting)(struct rk_store *store, struct rk_str name, struct rk_str value);
	enum rk_err (*get_setting)(struct rk_store *store, struct rk_str name, struct rk_buf *out);
	enum rk_err (*backup)(struct rk_store *store, const char *file, struct rk_why *why);
	enum rk_err (*check)(struct rk_store *store, struct rk_why *why);
};

/* What a driver's own struct begins with. */
struct rk_store {
	const struct rk_store_ops *ops;
	const struct rk_vault *vault; /* borrowed; NULL: sealed fields can be neither written nor opened */
	int64_t last;                 /* the youngest date_created that was given */
};

void rk_store_close(struct rk_store *store); /* NULL is fine */

/* Several changes as one. They may be nested; what the outermost commit says counts. */
RK_CHECKED enum rk_err rk_store_begin(struct rk_store *store);
RK_CHECKED enum rk_err rk_store_commit(struct rk_store *store);
void rk_store_rollback(struct rk_store *store);

/*
 * Makes a row: sets row.sid (unless there is one), row.date_created, row.date_updated, and for an account
 * row.account_sid when it is empty (a view of row.sid). RK_NOT_FOUND when an owner or referenced row is
 * not there, RK_EXISTS for a name that is taken, RK_INVALID, RK_TOO_LARGE. Versions and builds: platform.h.
 */
RK_CHECKED enum rk_err rk_store_create(struct rk_store *store, enum rk_kind kind, void *row, struct rk_why *why);

/* The rows of one page, in order, and whether there are more. */
RK_CHECKED enum rk_err rk_store_list(struct rk_store *store, enum rk_kind kind, const struct rk_query *query,
    rk_store_fn *each, void *arg, bool *ret_more);

/* The first row; its texts are copied into the arena, opened secrets too: wipe what you no longer need. */
RK_CHECKED enum rk_err rk_store_find(struct rk_store *store, enum rk_kind kind, const struct rk_query *query,
    struct rk_arena *arena, void *ret_row);
/* The same by account and SID. */
RK_CHECKED enum rk_err rk_store_get(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid,
    struct rk_arena *arena, void *ret_row);

/* Writes a row that was read and changed back. Fixed fields are left as they were, and sealed fields that are null.
 * Sets date_updated. RK_UNSUPPORTED for kinds that never change. */
RK_CHECKED enum rk_err rk_store_update(struct rk_store *store, enum rk_kind kind, void *row, struct rk_why *why);

/* Sets last_used and nothing else, not date_updated either. RK_UNSUPPORTED for kinds without it. */
RK_CHECKED enum rk_err rk_store_touch(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid, int64_t at);

/* Marks the row and all it owns as removed; restore takes back exactly that. RK_REFUSED for a build that an
 * environment serves. RK_EXISTS when a name was taken since. */
RK_CHECKED enum rk_err rk_store_remove(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid);
RK_CHECKED enum rk_err rk_store_restore(struct rk_store *store, enum rk_kind kind, struct rk_str account, struct rk_str sid);

/* Forgets for good what was removed before `before` (microseconds), and content that no version has. */
RK_CHECKED enum rk_err rk_store_purge(struct rk_store *store, int64_t before, int64_t *ret_count);

/* Forgets logs or audit entries older than `before`, and then the oldest until `most` are left (0: no bound), at most
 * RK_STORE_TRIM a call: call again while *ret_count is that. */
#define RK_STORE_TRIM 5000
RK_CHECKED enum rk_err rk_store_trim(struct rk_store *store, enum rk_kind kind, int64_t before, int64_t most,
    int64_t *ret_count);

/* Small values of the process' own, by name. RK_NOT_FOUND when there is none. */
RK_CHECKED enum rk_err rk_store_put_setting(struct rk_store *store, struct rk_str name, struct rk_str value);
RK_CHECKED enum rk_err rk_store_get_setting(struct rk_store *store, struct rk_str name, struct rk_buf *out);

/* A whole and consistent copy in a new file, mode 0600, while the store is in use. RK_EXISTS. */
RK_CHECKED enum rk_err rk_store_backup(struct rk_store *store, const char *file, struct rk_why *why);

/* Reads everything and looks whether it fits together. RK_DAMAGED. */
RK_CHECKED enum rk_err rk_store_check(struct rk_store *store, struct rk_why *why);

#endif
