/*
 * client.c - one HTTP request by libcurl.
 *
 * libcurl brings thirty libraries, which cost 20 ms each time a program starts that is linked with
 * it; `roomkey dev` would pay that before its first line. So it is opened when a request is made.
 */
#include "cli/client.h"

#include <dlfcn.h>

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/say.h"

#define LIBRARY "libcurl.so.4"

#define SYMBOLS(X)       \
	X(easy_init)     \
	X(easy_setopt)   \
	X(easy_perform)  \
	X(easy_getinfo)  \
	X(easy_strerror) \
	X(easy_cleanup)  \
	X(slist_append)  \
	X(slist_free_all)

/* What of it is used, each with the type that its header gives. */
static struct {
#define X(name) __typeof__(curl_##name) *name;
	SYMBOLS(X)
#undef X
} lib;

static bool
open_library(void)
{
	void *handle = dlopen(LIBRARY, RTLD_NOW);

	if (!handle)
		return false;
#define X(name)                                             \
	*(void **)&lib.name = dlsym(handle, "curl_" #name); \
	if (!lib.name)                                      \
		return false;
	SYMBOLS(X)
#undef X
	return true;
}

#define CONNECT_MS 10000L
#define WHOLE_MS 120000L

static size_t
take(char *p, size_t size, size_t count, void *arg)
{
	struct rk_buf *out = arg;

	rk_buf_put(out, rk_str_n(p, size * count));
	return out->bad ? 0 : size * count;
}

/* Of an answer that is taken as it comes. */
struct flow {
	CURL *curl;
	const struct rk_client_request *request;
	struct rk_client_answer *answer;
	bool ended; /* by its taker */
};

static size_t
take_flow(char *p, size_t size, size_t count, void *arg)
{
	struct flow *flow = arg;
	long status = 0;

	lib.easy_getinfo(flow->curl, CURLINFO_RESPONSE_CODE, &status);
	if (!flow->request->piece || status >= 400)
		return take(p, size, count, &flow->answer->body);
	flow->ended = !flow->request->piece(rk_str_n(p, size * count), flow->request->arg);
	return flow->ended ? 0 : size * count;
}

static void
list_done(struct curl_slist **list)
{
	lib.slist_free_all(*list);
}

static void
curl_done(CURL **curl)
{
	lib.easy_cleanup(*curl);
}

/* "Expect:" takes out a wait that curl puts before large bodies. */
static struct curl_slist *
make_headers(const struct rk_client_request *request)
{
	struct curl_slist *list = lib.slist_append(NULL, "Expect:"), *more = list;

	for (size_t i = 0; more && i < request->header_count; i++) {
		more = lib.slist_append(list, request->headers[i]);
		if (!more)
			lib.slist_free_all(list);
		list = more;
	}
	return list;
}

static void
set_request(CURL *curl, const struct rk_client_request *request, struct curl_slist *headers)
{
	lib.easy_setopt(curl, CURLOPT_URL, request->url);
	lib.easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	lib.easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	lib.easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	lib.easy_setopt(curl, CURLOPT_USERAGENT, "roomkey/" RK_VERSION);
	lib.easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
	lib.easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	lib.easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	lib.easy_setopt(curl, CURLOPT_TIMEOUT_MS, request->piece ? 0L : WHOLE_MS);
	if (request->ca)
		lib.easy_setopt(curl, CURLOPT_CAINFO, request->ca);
	if (request->body.n > 0) {
		lib.easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
		lib.easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.p);
	}
	lib.easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	if (strcmp(request->method, "HEAD") == 0)
		lib.easy_setopt(curl, CURLOPT_NOBODY, 1L);
}

static enum rk_err
tell(CURLcode code, const char *details, const struct rk_client_answer *answer, struct rk_why *why)
{
	const char *words = details[0] ? details : lib.easy_strerror(code);

	if (answer->body.bad || answer->head.bad)
		return rk_why(why, RK_TOO_LARGE, RK_SAY_FILE, "", "The answer is larger than is taken.");
	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "Write it as http://HOST:PORT.",
		    "This is no URL to call: %.200s.", words);
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
		return rk_why(why, RK_GONE, RK_SAY_UNREACHABLE, "Name the server's authority: --ca FILE.",
		    "The server does not prove who it is: %.300s.", words);
	if (code == CURLE_OUT_OF_MEMORY)
		return rk_why(why, RK_NOMEM, RK_SAY_FILE, "", "There is no memory for the request.");
	return rk_why(why, code == CURLE_OPERATION_TIMEDOUT ? RK_TIMEOUT : RK_GONE, RK_SAY_UNREACHABLE,
	    "Is it running there? To serve a project: roomkey dev.", "There is no answer: %.300s.", words);
}

enum rk_err
rk_client_send(const struct rk_client_request *request, struct rk_client_answer *answer, struct rk_why *why)
{
	if (!open_library())
		return rk_why(why, RK_UNSUPPORTED, RK_SAY_INSTALL, "Install the package libcurl4.",
		    "The library " LIBRARY " is not here.");
	RK_AUTO(list_done) struct curl_slist *headers = make_headers(request);
	RK_AUTO(curl_done) CURL *curl = lib.easy_init();
	char details[CURL_ERROR_SIZE] = "";
	struct flow flow = { curl, request, answer, false };
	CURLcode code;

	if (!curl || !headers)
		return rk_why(why, RK_NOMEM, RK_SAY_FILE, "", "There is no memory for the request.");
	set_request(curl, request, headers);
	lib.easy_setopt(curl, CURLOPT_ERRORBUFFER, details);
	lib.easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_flow);
	lib.easy_setopt(curl, CURLOPT_WRITEDATA, &flow);
	lib.easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
	lib.easy_setopt(curl, CURLOPT_HEADERDATA, &answer->head);
	code = lib.easy_perform(curl);
	if (code != CURLE_OK && !flow.ended)
		return tell(code, details, answer, why);
	lib.easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
	return RK_OK;
}

void
rk_client_answer_done(struct rk_client_answer *answer)
{
	rk_buf_free(&answer->head);
	rk_buf_free(&answer->body);
}
