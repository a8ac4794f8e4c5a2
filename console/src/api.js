// api.js - every request the console makes, in one place.
//
// Nothing that a person typed may be lost by what happens here: while the server cannot be reached, reads wait and are
// made again, and writes fail in words; when the session has ended, every request waits until the person has logged in.
import { effect, signal } from '@preact/signals';

export const isOnline = signal(true);
export const isExpired = signal(false);

// What the server said no with. `code` is the vendor's number or "RK-nnn"; `body` has what else came.
export class Refusal extends Error {
	constructor(status, body) {
		super(body?.message || `The server answered with status ${status}.`);
		this.status = status;
		this.code = body?.roomkey_code ?? body?.code;
		this.todo = body?.todo;
		this.body = body ?? {};
	}
}

// A write that got no answer: nobody knows whether it was done.
export class Unreachable extends Error {
	constructor() {
		super('Roomkey did not answer, so this may not have been done. It is still here: try again when the connection is back.');
	}
}

const ASK_AGAIN_MS = 1000;
const GATEWAY_IS_ALONE = new Set([502, 503, 504]);

function until(flag, wanted) {
	return new Promise((done) => {
		const stop = effect(() => {
			if (flag.value === wanted) queueMicrotask(() => (stop(), done()));
		});
	});
}

let asking = false;

export async function lostConnection() {
	isOnline.value = false;
	if (asking) return;
	asking = true;
	while (!isOnline.value) {
		await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
		isOnline.value = await fetch('/roomkey/v1/Status').then((a) => !GATEWAY_IS_ALONE.has(a.status), () => false);
	}
	asking = false;
}

function bodyOf(what) {
	if (what === undefined) return {};
	if (what instanceof URLSearchParams || what instanceof FormData) return { body: what };
	return { body: JSON.stringify(what), headers: { 'Content-Type': 'application/json' } };
}

async function readBody(answer) {
	const text = await answer.text();
	try {
		return text === '' ? null : JSON.parse(text);
	} catch {
		return null;
	}
}

// `open` paths answer 401 themselves, and do not ask for a new log-in.
export async function call(method, path, what, { open = false } = {}) {
	const { body, headers } = bodyOf(what);
	for (;;) {
		let answer, content;
		try {
			answer = await fetch(path, { method, body, headers: { Accept: 'application/json', 'X-Roomkey': '1', ...headers } });
			content = await readBody(answer);
		} catch {
			lostConnection();
			if (method !== 'GET') throw new Unreachable();
			await until(isOnline, true);
			continue;
		}
		if (answer.ok) return { status: answer.status, ...content };
		if (answer.status === 401 && !open) {
			isExpired.value = true;
			await until(isExpired, false);
			continue;
		}
		throw new Refusal(answer.status, content);
	}
}

const OWN = '/roomkey/v1/';
export const get = (path, how) => call('GET', OWN + path, undefined, how);
export const post = (path, what, how) => call('POST', OWN + path, what ?? {}, how);
export const remove = (path) => call('DELETE', OWN + path);

// The vendor-shaped API: forms go in.
export const vendor = {
	get: (path) => call('GET', `/v1/${path}`),
	post: (path, fields) => call('POST', `/v1/${path}`, new URLSearchParams(fields)),
	remove: (path) => call('DELETE', `/v1/${path}`),
};

// All pages of a vendor-shaped list, as one array. `most` ends it early.
export async function listAll(path, most = 1000) {
	const all = [];
	let next = `/v1/${path}?PageSize=${Math.min(most, 1000)}`;
	while (next && all.length < most) {
		const page = await call('GET', next);
		all.push(...page[page.meta.key]);
		next = page.meta.next_page_url && withoutHost(page.meta.next_page_url);
	}
	return all;
}

// The URLs in `meta` name the host as some proxy may have known it; ours is the page's own.
function withoutHost(url) {
	const { pathname, search } = new URL(url, location.href);
	return pathname.slice(Math.max(0, pathname.indexOf('/v1/'))) + search;
}

export function query(fields) {
	const set = Object.entries(fields).filter(([, v]) => v !== undefined && v !== null && v !== '');
	return set.length ? `?${new URLSearchParams(set)}` : '';
}
