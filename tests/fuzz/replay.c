/*
 * replay.c - feeds every file of the folders named as arguments to a fuzz target once, without libFuzzer.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes lie in a heap block of exactly their size, so that a sanitizer sees a read past the end. */
static int
replay_file(const char *path)
{
	RK_AUTO(rk_auto_free) uint8_t *data = NULL;
	FILE *file = fopen(path, "rb");
	struct stat st;
	size_t size, got;

	if (!file || fstat(fileno(file), &st) < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	if (!S_ISREG(st.st_mode)) {
		fclose(file);
		return 0;
	}
	size = (size_t)st.st_size;
	data = malloc(size ? size : 1);
	got = data ? fread(data, 1, size, file) : 0;
	fclose(file);
	if (!data || got != size) {
		fprintf(stderr, "%s: cannot be read\n", path);
		exit(1);
	}
	LLVMFuzzerTestOneInput(data, size);
	return 1;
}

static int
replay_dir(const char *dir)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort), count = 0;

	if (n < 0) {
		fprintf(stderr, "%s: %s\n", dir, strerror(errno));
		exit(1);
	}
	for (int i = 0; i < n; i++) {
		char path[4096];

		snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
		count += replay_file(path);
		free(names[i]);
	}
	free(names);
	return count;
}

int
main(int argc, char **argv)
{
	int count = 0;

	for (int i = 1; i < argc; i++)
		count += replay_dir(argv[i]);
	printf("%d files replayed\n", count);
	return count > 0 ? 0 : 1;
}
