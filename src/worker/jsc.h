/*
 * jsc.h - what JavaScriptCore exports (WebKitGTK 4.1, since 2.40) but leaves out of its installed
 * headers: parsed scripts, the execution time limit, unhandled rejections.
 */
#ifndef RK_WORKER_JSC_H
#define RK_WORKER_JSC_H

#include <JavaScriptCore/JavaScript.h>
#include <stdbool.h>

typedef struct OpaqueJSScript *JSScriptRef;

/* NULL when the text does not parse; then *message is the caller's to release. Lines count from first_line.
 */
JSScriptRef JSScriptCreateFromString(JSContextGroupRef group, JSStringRef url, int first_line,
    JSStringRef source, JSStringRef *message, int *line);
/* The same for ASCII text that outlives the group: it is not copied. */
JSScriptRef JSScriptCreateReferencingImmortalASCIIText(JSContextGroupRef group, JSStringRef url,
    int first_line, const char *source, size_t length, JSStringRef *message, int *line);
void JSScriptRelease(JSScriptRef script);
JSValueRef JSScriptEvaluate(JSContextRef ctx, JSScriptRef script, JSValueRef self, JSValueRef *exception);

/* The callback says whether to terminate. It is asked once: to be asked again it must set the limit anew. */
typedef bool JSShouldTerminateCallback(JSContextRef ctx, void *arg);
void JSContextGroupSetExecutionTimeLimit(
    JSContextGroupRef group, double seconds, JSShouldTerminateCallback *callback, void *arg);
void JSContextGroupClearExecutionTimeLimit(JSContextGroupRef group);

/* function(promise, reason), when the microtasks are drained. */
void JSGlobalContextSetUnhandledRejectionCallback(
    JSGlobalContextRef ctx, JSObjectRef function, JSValueRef *exception);

#endif
