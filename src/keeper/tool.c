/*
 * tool.c - the program `store`: the store of a server that is stopped, for `roomkey rekey` and its like.
 *
 * Holds:     the master key, and the new one of a rekey, as long as it runs.
 * May:       read and write the data directory.
 * May not:   open a socket, start a process, print a secret.
 * Talks to:  nobody.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/err.h"
#include "keeper/rekey.h"
#include "keeper/store_sqlite.h"
#include "keeper/vault.h"

enum { DONE = 0, REFUSED = 1, USAGE = 2 };

struct words {
	const char *dir, *file, *key_file, *new_key_file;
};

static int
tell(const struct rk_why *why)
{
	fprintf(stderr, "error %s: %s\n", why->code, why->what);
	if (why->todo[0])
		fprintf(stderr, "  %s\n", why->todo);
	return REFUSED;
}

static int
rekey(const struct rk_rekey *r, const struct words *words)
{
	struct rk_why why = { 0 };
	int64_t count;

	if (rk_rekey_run(r, &count, &why) != RK_OK)
		return tell(&why);
	fprintf(stderr, "%lld secrets are sealed anew. Copies made before need the old master key.\n",
	    (long long)count);
	if (!r->replaces)
		fprintf(stderr, "The new key is in %s: give roomkey serve that one from now on.\n", r->next);
	return DONE;
}

static int
check(const struct rk_rekey *r, const struct words *words)
{
	struct rk_vault *vault = NULL;
	struct rk_store *store = NULL;
	struct rk_why why = { 0 };
	enum rk_err err = rk_rekey_open(r, &vault, &store, &why);

	if (err == RK_OK)
		err = rk_store_check(store, &why);
	rk_store_close(store);
	rk_vault_free(vault);
	if (err != RK_OK)
		return tell(&why);
	fprintf(stderr, "The store is whole, and the master key is its own.\n");
	return DONE;
}

static int
backup(const struct rk_rekey *r, const struct words *words)
{
	struct rk_why why = { 0 };

	if (rk_store_sqlite_copy(r->store, words->file, &why) != RK_OK)
		return tell(&why);
	printf("%s\n", words->file);
	return DONE;
}

/* "store VERB DIR [FILE] [--master-key-file FILE] [--new-key-file FILE]" */
static bool
take_words(struct words *words, int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--master-key-file") == 0 && i + 1 < argc)
			words->key_file = argv[++i];
		else if (strcmp(argv[i], "--new-key-file") == 0 && i + 1 < argc)
			words->new_key_file = argv[++i];
		else if (argv[i][0] == '-' || words->file)
			return false;
		else if (words->dir)
			words->file = argv[i];
		else
			words->dir = argv[i];
	}
	return words->dir;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool wants_file;
		int (*run)(const struct rk_rekey *r, const struct words *words);
	} verbs[] = { { "rekey", false, rekey }, { "check", false, check }, { "backup", true, backup } };
	struct words words = { 0 };
	static struct rk_rekey r;

	umask(077);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	if (argc > 2 && take_words(&words, argc, argv) &&
	    rk_rekey_init(&r, words.dir, words.key_file, words.new_key_file) == RK_OK)
		for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
			if (strcmp(argv[1], verbs[i].name) == 0 && verbs[i].wants_file == !!words.file)
				return verbs[i].run(&r, &words);
	fprintf(stderr, "store is started by the command roomkey: see roomkey rekey --help.\n");
	return USAGE;
}
