/*
 * project.h - a project's folder as it is now: its functions, its variables, and
 * what is wrong with either.
 *
 * What is wrong with one file leaves that file out and is written down; the rest
 * is served. Only a project without any functions folder is no project.
 */
#ifndef RK_KEEPER_PROJECT_H
#define RK_KEEPER_PROJECT_H

#include "base/arena.h"
#include "base/conf.h"
#include "keeper/folder.h"
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
};

struct rk_project {
	struct rk_arena arena;          /* names */
	struct rk_str functions_dir;    /* "functions" */
	struct rk_str env_file;         /* ".env" */
	struct rk_variables variables;
	struct rk_function *functions;  /* by path, each path once */
	size_t function_n, function_cap;
	struct rk_str *dirs;            /* functions_dir and all folders below that were read */
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

#endif
