/* JavaScriptCore lives behind the worker's seal: hot code, collection, threads that it makes late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <JavaScriptCore/JavaScript.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc/sandbox.h"

static JSGlobalContextRef context;

static bool
evaluates_to(const char *script, const char *want)
{
	JSStringRef text = JSStringCreateWithUTF8CString(script);
	JSValueRef thrown = NULL, value = JSEvaluateScript(context, text, NULL, NULL, 1, &thrown);
	JSStringRef result = JSValueToStringCopy(context, thrown ? thrown : value, NULL);
	char got[256] = "";
	bool same;

	JSStringGetUTF8CString(result, got, sizeof(got));
	JSStringRelease(result);
	JSStringRelease(text);
	same = strcmp(got, want) == 0;
	if (!same)
		fprintf(stderr, "%s gave %s\n", script, got);
	return same;
}

static bool
works(void)
{
	return evaluates_to("let s = 0; for (let i = 0; i < 2e7; i++) s = (s + i * 3) | 0; s", "1628683392") &&
	       evaluates_to("let q; for (let k = 0; k < 60; k++) { q = []; for (let i = 0; i < 20000; i++) "
			    "q.push({ a: i, b: 'x' + i }); } q.length",
		   "20000") &&
	       evaluates_to(
		   "let n = 0; try { (function f() { n++; f(); })(); } catch (e) { e.name }", "RangeError") &&
	       evaluates_to("/^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaab')", "false") &&
	       evaluates_to("new Date(2020, 1, 1).getFullYear() + new Intl.NumberFormat('de').format(1234.5)",
		   "20201.234,5") &&
	       evaluates_to("let r = 0; (async () => { await 1; r = 1; })(); 'later'", "later") &&
	       evaluates_to("r", "1") &&
	       evaluates_to("typeof WebAssembly + typeof SharedArrayBuffer", "undefinedundefined");
}

/* In a child: the VM cannot be made twice, and the seal cannot be taken off. */
static int
live_behind_the_seal(void)
{
	struct rk_why why = { 0 };
	JSContextGroupRef group;
	bool ok;

	if (rk_sandbox_isolate(RK_WORKER, &why) != RK_OK)
		return 2;
	group = JSContextGroupCreate();
	context = JSGlobalContextCreateInGroup(group, NULL);
	if (rk_sandbox_seal(RK_WORKER, NULL, &why) != RK_OK)
		return 3;
	ok = works();
	JSGarbageCollect(context);
	ok &= evaluates_to("1 + 1", "2");
	JSGlobalContextRelease(context);
	/* A second realm of the same engine, as every slot is one. */
	context = JSGlobalContextCreateInGroup(group, NULL);
	ok &= evaluates_to("[3, 1, 2].sort().join()", "1,2,3");
	JSGlobalContextRelease(context);
	JSContextGroupRelease(group);
	return ok ? 0 : 1;
}

static void
javascript_runs_sealed(void **state)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(live_behind_the_seal());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* The same with the engine's own choice of threads, made late: the seal must not depend on super's options.
 */
static void
javascript_runs_sealed_with_all_its_threads(void **state)
{
	unsetenv("JSC_useConcurrentGC");
	unsetenv("JSC_useConcurrentJIT");
	unsetenv("JSC_numberOfGCMarkers");
	javascript_runs_sealed(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(javascript_runs_sealed),
		cmocka_unit_test(javascript_runs_sealed_with_all_its_threads),
	};

	setenv("JSC_useConcurrentGC", "0", 1);
	setenv("JSC_useConcurrentJIT", "0", 1);
	setenv("JSC_numberOfGCMarkers", "1", 1);
	setenv("JSC_useWasm", "0", 1);
	setenv("JSC_forceRAMSize", "268435456", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
