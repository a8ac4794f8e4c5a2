/*
 * client.c - one HTTP request by libcurl.
 */
#include "cli/client.h"

#include <curl/curl.h>

#include "base/auto.h"
#include "base/err.h"
#include "cli/say.h"

#define CONNECT_MS 10000L
#define WHOLE_MS 120000L

static size_t
take(char *p, size_t size, size_t count, void *arg)
{
	struct rk_buf *out = arg;

	rk_buf_put(out, rk_str_n(p, size * count));
	return out->bad ? 0 : size * count;
}

static void
list_done(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

static void
curl_done(CURL **curl)
{
	curl_easy_cleanup(*curl);
}

/* "Expect:" takes out a wait that curl puts before large bodies. */
static struct curl_slist *
make_headers(const struct rk_client_request *request)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:"), *more = list;

	for (size_t i = 0; more && i < request->header_count; i++) {
		more = curl_slist_append(list, request->headers[i]);
		if (!more)
			curl_slist_free_all(list);
		list = more;
	}
	return list;
}

static void
set_request(CURL *curl, const struct rk_client_request *request, struct curl_slist *headers)
{
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "roomkey/" RK_VERSION);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, WHOLE_MS);
	if (request->body.n > 0) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.p);
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	if (strcmp(request->method, "HEAD") == 0)
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
}

static enum rk_err
tell(CURLcode code, const char *details, const struct rk_client_answer *answer, struct rk_why *why)
{
	const char *words = details[0] ? details : curl_easy_strerror(code);

	if (answer->body.bad || answer->head.bad)
		return rk_why(why, RK_TOO_LARGE, RK_SAY_FILE, "", "The answer is larger than is taken.");
	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
		return rk_why(why, RK_INVALID, RK_SAY_VALUE, "Write it as http://HOST:PORT.",
		    "This is no URL to call: %.200s.", words);
	if (code == CURLE_OUT_OF_MEMORY)
		return rk_why(why, RK_NOMEM, RK_SAY_FILE, "", "There is no memory for the request.");
	return rk_why(why, code == CURLE_OPERATION_TIMEDOUT ? RK_TIMEOUT : RK_GONE, RK_SAY_UNREACHABLE,
	    "Is it running there? To serve a project: roomkey dev.", "There is no answer: %.300s.", words);
}

enum rk_err
rk_client_send(const struct rk_client_request *request, struct rk_client_answer *answer, struct rk_why *why)
{
	RK_AUTO(list_done) struct curl_slist *headers = make_headers(request);
	RK_AUTO(curl_done) CURL *curl = curl_easy_init();
	char details[CURL_ERROR_SIZE] = "";
	CURLcode code;

	if (!curl || !headers)
		return rk_why(why, RK_NOMEM, RK_SAY_FILE, "", "There is no memory for the request.");
	set_request(curl, request, headers);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, details);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer->head);
	code = curl_easy_perform(curl);
	if (code != CURLE_OK)
		return tell(code, details, answer, why);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
	return RK_OK;
}

void
rk_client_answer_done(struct rk_client_answer *answer)
{
	rk_buf_free(&answer->head);
	rk_buf_free(&answer->body);
}
