/*
 * documented.h - the routes of docs/openapi.yaml, for the tests that hold them against the route tables.
 */
#ifndef RK_TESTS_DOCUMENTED_H
#define RK_TESTS_DOCUMENTED_H

#include <stdio.h>
#include <string.h>

#define ROUTES_MAX 128

struct documented {
	char method[16], path[160];
	bool met;
};

/* The paths are the lines of the file at depth 1 under "paths:", their methods those at depth 2. */
static inline size_t
read_document(struct documented v[ROUTES_MAX])
{
	FILE *f = fopen("docs/openapi.yaml", "r");
	char line[512], path[160] = "", name[160];
	bool inside = false;
	size_t n = 0;

	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		if (line[0] != ' ')
			inside = strcmp(line, "paths:\n") == 0;
		else if (inside && sscanf(line, "  %159[^:\n ]:", name) == 1 && strncmp(line, "  /", 3) == 0)
			snprintf(path, sizeof path, "%s", name);
		else if (inside && strncmp(line, "    ", 4) == 0 && line[4] != ' ' &&
			 sscanf(line, "    %15[a-z]:", name) == 1 && strcmp(name, "parameters") != 0) {
			assert_true(n < ROUTES_MAX);
			for (size_t i = 0; name[i]; i++)
				v[n].method[i] = (char)(name[i] - 'a' + 'A');
			snprintf(v[n++].path, sizeof v[0].path, "%s", path);
		}
	}
	fclose(f);
	return n;
}

/* Every route is documented, and every documented path that begins with prefix (or, when others is true, does not) is a
 * route. */
static inline void
compare_routes(bool (*get)(size_t i, const char **ret_method, const char **ret_path), const char *prefix,
    bool others)
{
	struct documented *v = calloc(ROUTES_MAX, sizeof *v);
	size_t n = read_document(v), routes = 0, met = 0;
	const char *method, *path;

	for (; get(routes, &method, &path); routes++) {
		size_t i = 0;
		while (i < n && (strcmp(v[i].method, method) != 0 || strcmp(v[i].path, path) != 0))
			i++;
		if (i == n)
			fail_msg("docs/openapi.yaml lacks %s %s", method, path);
		v[i].met = true;
	}
	for (size_t i = 0; i < n; i++) {
		bool mine = (strncmp(v[i].path, prefix, strlen(prefix)) == 0) != others;
		if (mine && !v[i].met)
			fail_msg("docs/openapi.yaml has %s %s, which is no route", v[i].method, v[i].path);
		met += mine;
	}
	assert_int_equal(met, routes);
	free(v);
}

#endif
