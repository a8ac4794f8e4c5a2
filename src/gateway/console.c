#include "gateway/console.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

#define FILES_MAX 256u
#define FILE_BYTES (8u * RK_MB)
#define INDEX "index.html"

struct form {
	struct rk_buf bytes; /* empty: there is none */
	char etag[40];
};

struct file {
	char *name;
	struct form plain, gzip;
};

struct rk_console {
	struct file *files;
	unsigned count;
};

/* ---- what it answers with ------------------------------------------------------------ */

/* No inline code, nobody else's content, no frame around it; scripts make no markup from text. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types default roomkey";

static const char *const types[][2] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".ico", "image/x-icon" },
	{ ".woff2", "font/woff2" },
	{ ".json", "application/json; charset=utf-8" },
	{ ".webmanifest", "application/manifest+json" },
	{ ".txt", "text/plain; charset=utf-8" },
};

static struct rk_str
type_of(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (rk_str_has_suffix(rk_str(name), rk_str(types[i][0])))
			return rk_str(types[i][1]);
	return RK_STR("application/octet-stream");
}

void
rk_console_guard(struct rk_answer *a)
{
	static const char *const fields[][2] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!rk_answer_has(a, rk_str(fields[i][0])))
			rk_answer_put(a, rk_str(fields[i][0]), rk_str(fields[i][1]));
}

/* RFC 9110 section 12.5.3; anything but a weight of zero accepts. */
static bool
accepts_gzip(const struct rk_head *head)
{
	struct rk_str list = rk_head_get(head, RK_STR("Accept-Encoding"));

	while (list.n > 0) {
		struct rk_str weight = rk_str_take(&list, ',');
		struct rk_str coding = rk_str_trim(rk_str_take(&weight, ';'));

		if (!rk_str_is_nocase(coding, RK_STR("gzip")))
			continue;
		weight = rk_str_trim(weight);
		if (!rk_str_has_prefix(weight, RK_STR("q=0")))
			return true;
		for (size_t i = 3; i < weight.n; i++)
			if (weight.p[i] >= '1' && weight.p[i] <= '9')
				return true;
		return false;
	}
	return false;
}

/* Weakly, as RFC 9110 section 13.1.2 wants it. */
static bool
is_known(const struct rk_head *head, const char *etag)
{
	struct rk_str list = rk_head_get(head, RK_STR("If-None-Match"));

	while (list.n > 0) {
		struct rk_str one = rk_str_trim(rk_str_take(&list, ','));

		if (rk_str_has_prefix(one, RK_STR("W/")))
			one = rk_str_sub(one, 2, one.n);
		if (rk_str_is(one, rk_str(etag)) || rk_str_is(one, RK_STR("*")))
			return true;
	}
	return false;
}

static void
send_file(const struct file *f, const struct rk_head *head, struct rk_str request_id, struct rk_answer *a)
{
	bool is_index = strcmp(f->name, INDEX) == 0;
	bool zipped = f->gzip.bytes.n > 0 && accepts_gzip(head);
	const struct form *form = zipped ? &f->gzip : &f->plain;
	bool known = !is_index && is_known(head, form->etag);

	rk_answer_start(a, known ? 304 : 200, request_id);
	if (!is_index) {
		rk_answer_cache(a, RK_STR("public, max-age=31536000, immutable"));
		rk_answer_put(a, RK_STR("ETag"), rk_str(form->etag));
	}
	if (f->gzip.bytes.n > 0)
		rk_answer_put(a, RK_STR("Vary"), RK_STR("Accept-Encoding"));
	rk_answer_put(a, RK_STR("Content-Security-Policy"), rk_str(policy));
	rk_console_guard(a);
	rk_answer_put(a, RK_STR("Content-Type"), type_of(f->name));
	if (zipped)
		rk_answer_put(a, RK_STR("Content-Encoding"), RK_STR("gzip"));
	/* The library names the length in a 304 as well: it must be the 200's (RFC 9110 section 8.6). */
	a->body = rk_buf_str(&form->bytes);
}

/* ---- which file ------------------------------------------------------------------------- */

static const struct file *
get(const struct rk_console *console, struct rk_str name)
{
	for (unsigned i = 0; i < console->count; i++)
		if (rk_str_is(rk_str(console->files[i].name), name))
			return &console->files[i];
	return NULL;
}

/* "/console", where people look for it, and what is below that, where nothing lives. */
static bool
is_console(struct rk_str path)
{
	struct rk_str rest = rk_str_sub(path, 1, path.n);

	return rk_str_is(rk_str_take(&rest, '/'), RK_STR("console"));
}

/* Its first part is one of the API's: "/v1", "/2010-04-01", "/roomkey", "/serverless.twilio.com". */
static bool
is_api(struct rk_str path)
{
	struct rk_str rest = rk_str_sub(path, 1, path.n), first = rk_str_take(&rest, '/');

	return rk_str_is(first, RK_STR("v1")) || rk_str_is(first, RK_STR("2010-04-01")) ||
	       rk_str_is(first, RK_STR("roomkey")) || rk_str_has_suffix(first, RK_STR(".twilio.com"));
}

static bool
wants_page(const struct rk_head *head)
{
	struct rk_str list = rk_head_get(head, RK_STR("Accept"));

	while (list.n > 0) {
		struct rk_str one = rk_str_take(&list, ',');

		if (rk_str_is_nocase(rk_str_trim(rk_str_take(&one, ';')), RK_STR("text/html")))
			return true;
	}
	return false;
}

bool
rk_console_answer(const struct rk_console *console, const struct rk_head *head, struct rk_str path,
    struct rk_str request_id, struct rk_answer *a)
{
	bool is_read = rk_str_is(head->method, RK_STR("GET")) || rk_str_is(head->method, RK_STR("HEAD"));
	bool is_root = rk_str_is(path, RK_STR("/")) || rk_str_is(path, RK_STR("/console"));
	const struct file *f;

	if (is_console(path) && !(is_root && is_read)) {
		rk_answer_fault(a, RK_FAULT_NO_FUNCTION, (struct rk_str){ 0 }, request_id);
		return true;
	}
	if (!is_read)
		return false;
	f = get(console, is_root ? RK_STR(INDEX) : rk_str_sub(path, 1, path.n));
	if (!f && !is_api(path) && wants_page(head))
		f = get(console, RK_STR(INDEX));
	if (f)
		send_file(f, head, request_id, a);
	else if (is_root)
		rk_answer_fault(a, RK_FAULT_NO_CONSOLE, (struct rk_str){ 0 }, request_id);
	return f || is_root;
}

/* ---- reading them -------------------------------------------------------------------------- */

/* Strong: two hashes of the content, in FNV-1a, which tell builds apart; nobody hostile makes these files. */
static void
describe(struct form *form, const char *end)
{
	uint64_t a = 14695981039346656037u, b = 1099511628211u;

	for (size_t i = 0; i < form->bytes.n; i++) {
		a = (a ^ (unsigned char)form->bytes.p[i]) * 1099511628211u;
		b = (b ^ (unsigned char)form->bytes.p[form->bytes.n - 1 - i]) * 1099511628211u;
	}
	snprintf(form->etag, sizeof(form->etag), "\"%016" PRIx64 "%016" PRIx64 "%s\"", a, b, end);
}

static enum rk_err
read_file(int dir, const char *name, struct rk_buf *out)
{
	RK_AUTO(rk_auto_close) int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return RK_IO;
	*out = RK_BUF(FILE_BYTES);
	if (!rk_buf_reserve(out, (size_t)st.st_size + 1))
		return rk_buf_end(out);
	while ((n = read(fd, out->p + out->n, out->cap - out->n)) > 0) {
		out->n += (size_t)n;
		if (out->n == out->cap && !rk_buf_reserve(out, 4096))
			return rk_buf_end(out);
	}
	return n < 0 ? RK_IO : RK_OK;
}

static void
file_done(struct file *f)
{
	free(f->name);
	rk_buf_free(&f->plain.bytes);
	rk_buf_free(&f->gzip.bytes);
}

static enum rk_err
add_file(struct rk_console *console, int dir, const char *name)
{
	struct file f = { .name = strdup(name) };
	char zipped[300];
	enum rk_err err = f.name ? read_file(dir, name, &f.plain.bytes) : RK_NOMEM;

	snprintf(zipped, sizeof(zipped), "%s.gz", name);
	if (err == RK_OK && read_file(dir, zipped, &f.gzip.bytes) != RK_OK)
		rk_buf_free(&f.gzip.bytes);
	describe(&f.plain, "");
	describe(&f.gzip, "-gz");
	if (err == RK_OK)
		console->files[console->count++] = f;
	else
		file_done(&f);
	return err;
}

static void
auto_closedir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static enum rk_err
read_dir(struct rk_console *console, const char *path)
{
	RK_AUTO(auto_closedir) DIR *dir = opendir(path);
	struct dirent *entry;
	enum rk_err err = RK_OK;

	while (dir && err == RK_OK && console->count < FILES_MAX && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && entry->d_type == DT_REG &&
		    !rk_str_has_suffix(rk_str(entry->d_name), RK_STR(".gz")))
			err = add_file(console, dirfd(dir), entry->d_name);
	return err;
}

enum rk_err
rk_console_load(const char *dir, struct rk_console **ret_console)
{
	struct rk_console *console = calloc(1, sizeof(*console));
	enum rk_err err = RK_NOMEM;

	if (console)
		console->files = calloc(FILES_MAX, sizeof(*console->files));
	if (console && console->files)
		err = read_dir(console, dir);
	if (err == RK_OK)
		*ret_console = console;
	else
		rk_console_free(console);
	return err;
}

void
rk_console_free(struct rk_console *console)
{
	if (!console)
		return;
	for (unsigned i = 0; i < console->count; i++)
		file_done(&console->files[i]);
	free(console->files);
	free(console);
}
