#include "keeper/ca.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/secret.h"

#define NAMES_MAX 5u
#define RENEW_DAYS 30
#define CA_LEFT_DAYS 400 /* a server's certificate must not outlive its CA */
#define TODO "Let the user who runs Roomkey own the data directory, or remove its folder tls."

/* ---- names ------------------------------------------------------------------------ */

struct names {
	const char *all[NAMES_MAX];
	size_t count;
	char host[300];
};

static bool
is_name(const char *host)
{
	for (const char *p = host; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
			*p == '-' || *p == '.'))
			return false;
	return host[0] && host[0] != '.' && strlen(host) < 254;
}

/* What every machine calls itself, and the host that the operator named beside it. */
static void
put_names(struct names *n, const char *host)
{
	static const char *const local[] = { "localhost", "127.0.0.1", "::1", "0.0.0.0", "::" };
	unsigned char address[16];
	bool is_ip = inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;

	*n = (struct names){ { "DNS:localhost", "DNS:*.localhost", "IP:127.0.0.1", "IP:0:0:0:0:0:0:0:1" }, 4,
		"" };
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
		if (strcmp(host, local[i]) == 0)
			return;
	if (!is_ip && !is_name(host))
		return;
	snprintf(n->host, sizeof(n->host), "%s:%.280s", is_ip ? "IP" : "DNS", host);
	n->all[n->count++] = n->host;
}

/* ---- files -------------------------------------------------------------------------- */

/* Empty when it is not there; a file of another's is not believed. */
static enum rk_err
read_file(int dir, const char *name, struct rk_buf *out)
{
	RK_AUTO(rk_auto_close) int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? RK_OK : RK_IO;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0))
		return RK_DENIED;
	do {
		if (!rk_buf_reserve(out, 4096))
			return rk_buf_end(out);
		n = read(fd, out->p + out->n, 4096);
		out->n += n > 0 ? (size_t)n : 0;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? RK_IO : RK_OK;
}

static enum rk_err
read_pair(int dir, const char *pem, const char *key, struct rk_cert *out)
{
	enum rk_err err = read_file(dir, pem, &out->pem);

	return err ? err : read_file(dir, key, &out->key);
}

static bool
write_all(int fd, struct rk_str bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno != EINTR)
			return false;
		bytes = rk_str_sub(bytes, n > 0 ? (size_t)n : 0, bytes.n);
	}
	return fsync(fd) == 0;
}

/* It is whole, or it is the one before. */
static enum rk_err
write_file(int dir, const char *name, struct rk_str bytes, mode_t mode)
{
	char fresh[64];
	int fd;
	bool ok;

	snprintf(fresh, sizeof(fresh), "%s.new", name);
	(void)unlinkat(dir, fresh, 0);
	fd = openat(dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return RK_IO;
	ok = write_all(fd, bytes);
	ok = close(fd) == 0 && ok;
	if (ok && renameat(dir, fresh, dir, name) == 0)
		return RK_OK;
	(void)unlinkat(dir, fresh, 0);
	return RK_IO;
}

/* The key first: a certificate without its key would be believed to be there. */
static enum rk_err
write_pair(int dir, const char *pem, const char *key, const struct rk_cert *cert)
{
	enum rk_err err = write_file(dir, key, rk_buf_str(&cert->key), 0600);

	if (!err)
		err = write_file(dir, pem, rk_buf_str(&cert->pem), 0644);
	return err ? err : fsync(dir) == 0 ? RK_OK : RK_IO;
}

static void
move(struct rk_cert *to, struct rk_cert *from)
{
	rk_cert_done(to);
	*to = *from;
	*from = RK_CERT;
}

/* ---- what is there, or is made -------------------------------------------------------- */

static enum rk_err
get_ca(int dir, const struct names *names, struct rk_cert *ret_ca)
{
	RK_AUTO(rk_cert_done) struct rk_cert ca = RK_CERT;
	enum rk_err err = read_pair(dir, "ca.pem", "ca.key", &ca);

	if (!err && !rk_cert_is_good_ca(&ca, names->all, names->count, CA_LEFT_DAYS)) {
		rk_cert_done(&ca);
		ca = RK_CERT;
		err = rk_cert_make_ca(names->all, names->count, &ca);
		if (!err)
			err = write_pair(dir, "ca.pem", "ca.key", &ca);
	}
	if (!err)
		move(ret_ca, &ca);
	return err;
}

static enum rk_err
get_server(int dir, const struct names *names, struct rk_cert *ret_server)
{
	RK_AUTO(rk_cert_done) struct rk_cert ca = RK_CERT, server = RK_CERT;
	enum rk_err err = get_ca(dir, names, &ca);

	if (!err)
		err = read_pair(dir, "server.pem", "server.key", &server);
	if (!err && !rk_cert_is_good_server(&server, &ca, names->all, names->count, RENEW_DAYS)) {
		rk_cert_done(&server);
		server = RK_CERT;
		err = rk_cert_make_server(&ca, names->all, names->count, &server);
		if (!err)
			err = write_pair(dir, "server.pem", "server.key", &server);
	}
	if (!err)
		move(ret_server, &server);
	return err;
}

/* RK_NOT_FOUND: the operator has none. */
static enum rk_err
get_custom(int dir, struct rk_cert *ret_cert, struct rk_why *why)
{
	RK_AUTO(rk_cert_done) struct rk_cert cert = RK_CERT;
	enum rk_err err = read_pair(dir, "custom.pem", "custom.key", &cert);

	if (!err && (cert.pem.n == 0 || cert.key.n == 0))
		return RK_NOT_FOUND;
	if (err || !rk_cert_is_pair(&cert))
		return rk_why(why, RK_INVALID, "RK-758",
		    "Put the certificate with its chain into tls/custom.pem and its key, without a password, "
		    "into "
		    "tls/custom.key; or remove both.",
		    "The certificate in tls/custom.pem and the key in tls/custom.key do not fit together, or "
		    "cannot "
		    "be read.");
	move(ret_cert, &cert);
	return RK_OK;
}

static int
open_folder(const char *dir)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/tls", dir) >= (int)sizeof(path))
		return -1;
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return -1;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

enum rk_err
rk_ca_open(const char *dir, const char *host, struct rk_cert *ret_server, struct rk_why *why)
{
	RK_AUTO(rk_auto_close) int fd = open_folder(dir);
	struct names names;
	enum rk_err err;

	if (fd < 0)
		return rk_why(why, RK_IO, "RK-740", TODO,
		    "The folder of certificates cannot be made or read: %s.", strerror(errno));
	err = get_custom(fd, ret_server, why);
	if (err != RK_NOT_FOUND)
		return err;
	put_names(&names, host);
	err = get_server(fd, &names, ret_server);
	if (err)
		return rk_why(why, err, "RK-740", TODO, "The certificate of the admin address cannot be %s.",
		    err == RK_INTERNAL ? "made" : "read or written");
	return RK_OK;
}
