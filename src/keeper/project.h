/*
 * project.h - a project's folder as it is now: its functions, its assets, its variables,
 * and what is wrong with them.
 *
 * What is wrong with one file leaves that file out and is written down; the rest
 * is served. A folder with none of functions folder, assets folder and package.json is no project.
 */
#ifndef RK_KEEPER_PROJECT_H
#define RK_KEEPER_PROJECT_H

#include "base/arena.h"
#include "base/conf.h"
#include "base/folder.h"
#include "keeper/variables.h"
#include "wire/facts.h"

#define RK_PROJECT_FUNCTIONS 10000u
#define RK_PROJECT_SOURCE_BYTES (4u * RK_MB)       /* one file */
#define RK_PROJECT_BYTES (192u * RK_MB)            /* all files together; a bundle holds 256 MB */

struct rk_function {
	struct rk_str path;             /* "/sms/reply" */
	struct rk_str file;             /* "functions/sms/reply.protected.js" */
	enum rk_visibility visibility;
	char *source;                   /* UTF-8, without byte order mark; owned */
	size_t source_n;
	char *good;                     /* served instead of source, which does not compile: stale.h; owned */
	size_t good_n;
};

struct rk_asset {
	struct rk_str path;             /* "/img/logo.png" */
	struct rk_str file;             /* "assets/img/logo.protected.png" */
	enum rk_visibility visibility;
	bool is_hidden;                 /* its name starts with a dot: no URL leads to it */
	char *content;                  /* of private ones, which travel in the bundle; else NULL; owned */
	size_t content_n;
	uint64_t mtime_ms;
};

struct rk_project {
	struct rk_arena arena;          /* names */
	struct rk_str name;             /* as package.json has it; empty for none */
	struct rk_str functions_dir;    /* "functions" */
	struct rk_str env_file;         /* ".env" */
	struct rk_variables variables;
	struct rk_function *functions;  /* by path, each path once */
	size_t function_n, function_cap;
	struct rk_str assets_dir;       /* "assets"; empty when there is none */
	struct rk_asset *assets;        /* by path, each path once, no function's path */
	size_t asset_n, asset_cap;
	size_t asset_bytes;             /* of all contents */
	struct rk_str *dirs;            /* functions_dir, assets_dir, and all folders below that were read */
	size_t dir_n, dir_cap;
	struct rk_why *complaints;
	size_t complaint_n, complaint_cap;
	struct rk_problem *problems;    /* what workers found while compiling: problems.h */
	size_t problem_n;
	size_t source_bytes;
	enum rk_err err;                /* while reading: RK_NOMEM ends it */
};

/* RK_NOT_FOUND with RK-102 when there is no functions folder; RK_NOMEM. On success free with
 * rk_project_done. */
RK_CHECKED enum rk_err rk_project_read(const struct rk_folder *folder, const struct rk_conf *conf,
    struct rk_project *ret_project, struct rk_why *why);
void rk_project_done(struct rk_project *project);      /* wipes the values of variables */

/* ---- for those who read a part of it; memory that runs short sets `err` ---- */

/* The next complaint, for rk_why(); may be NULL. */
struct rk_why *rk_project_complain(struct rk_project *project);
/* A copy that lives as long as the project. */
struct rk_str rk_project_keep(struct rk_project *project, struct rk_str s);
/* v, or v moved, with room for element n; NULL when memory is short. */
void *rk_project_room(struct rk_project *project, void *v, size_t n, size_t *cap, size_t size);
void rk_project_add_dir(struct rk_project *project, struct rk_str dir);   /* kept already */

#endif
