/* clang-format off */
/*
 * native.h - the whole surface between C and the worker's JavaScript, as one list.
 *
 * src/worker/js/main.js is bundled by esbuild (format iife, global name rk_boot) and embedded in the
 * executable. Each slot evaluates it once in its own JSGlobalContext, calls
 *     rk_boot.default(native)  ->  hooks
 * and removes rk_boot from the global object. Strings cross as UTF-16 (JSStringGetCharactersPtr).
 *
 * native (made by C; one object a slot, known to JavaScript of ours only, never to a function):
 *   variables                  object: every variable of the deployment, in order, values strings
 *   functions                  array of { path, file, visibility: 'public'|'protected'|'private' }
 *   assets                     array of { path, file }: the private ones. A file's number is its place in functions, or
 *                              functions.length and its place in assets
 *   settings                   { dev, quoted, strict, detailed: bool, serviceSid, environmentSid } (sids '' when none)
 *   compile(number)            the CommonJS wrapper of a file, compiled but not called:
 *                              function (exports, require, module, __filename, __dirname);
 *                              throws SyntaxError whose message says file, line and column
 *   content(number)            a file's bytes, a new Uint8Array
 *   library(number)            a text of libraries.js
 *   mask(text)                 the text without values of variables and tokens (worker/mask.h)
 *   log(level, text)           masked here; level 0 error, 1 warn, 2 info, 3 debug; for the
 *                              invocation under way (or none)
 *   key(accountSid, keySid, secret, region, algorithm)
 *                              -> a number for mint(): the key that is made of these, kept ready. region: string or
 *                              undefined; algorithm 'HS256'... Throws Error
 *   mint(key, identity, ttl, nbf, grants)
 *                              -> the JWT; undefined when that key is not kept any more (ask key() again); or throws
 *                              Error. identity: string or undefined (no member); ttl and nbf: number, or undefined;
 *                              grants: the JSON text of the grants object without identity
 *   answer(outcome, status, headers, body)
 *                              ends the invocation. outcome as enum rk_outcome (wire/call.h);
 *                              headers one string, 'Name: value\n' a line, values Latin-1,
 *                              already checked; body a string (sent as UTF-8), a Uint8Array
 *                              (sent as it is) or undefined. A second call is ignored.
 *   requestId()                the request's id ("RQ..."), undefined outside an invocation
 *   headers()                  the request's headers: flat array [name, value, ...] as received
 *   bodyBytes()                the request's raw body as a Uint8Array
 *   wakeAt(ms)                 one timer a slot: calls hooks.wake() when now() >= ms; Infinity
 *                              disarms it
 *   now()                      monotonic milliseconds, fractions kept
 *   utf8Encode(s) -> Uint8Array
 *   utf8Decode(u8, fatal)      -> string (throws TypeError when fatal and malformed)
 *   randomBytes(n) -> Uint8Array
 *
 * hooks (made by JavaScript, called by C):
 *   invoke(index, method, path, query, host, contentType, body)
 *                              strings; contentType as sent or ''; body: a string when the body is
 *                              valid UTF-8 and no Content-Encoding is there, else undefined (read
 *                              bodyBytes() then); '' when empty. Must lead to native.answer(), now
 *                              or later. A throw out of it is a fault of ours: 500.
 *   wake()                     run the timers that are due
 *   rejected(promise, reason)  an unhandled rejection in this slot
 *   end()                      the invocation is over and JavaScript does not know it (it was stopped, or
 *                              the gateway left), or it left a timer: drop what it left behind
 */
/* clang-format on */
#ifndef RK_WORKER_NATIVE_H
#define RK_WORKER_NATIVE_H

#include <JavaScriptCore/JavaScript.h>

struct rk_slot;

/* Builds the native object of a slot in its context. NULL when memory is short. */
JSObjectRef rk_native_new(struct rk_slot *slot);

#endif
