// slot.mjs - a slot without the C half: the real bundle in a bare context, and a native made of Node.
import { createHmac, randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { buildWorker } from '../../src/worker/js/build.mjs';

const { script, libraries } = await buildWorker();
const bundle = new vm.Script(script, { filename: 'rk_boot.js' });

export const OUTCOMES = ['ANSWER', 'REFUSED', 'ERROR', 'TIMEOUT', 'INVALID'];

export function vectors(name) {
	const folder = process.env.RK_VECTORS ?? fileURLToPath(new URL('../../../shared/vectors', import.meta.url));
	return JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'));
}

const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

// The reference form of BEHAVIOUR 3.1: Latin-1 header, UTF-8 payload, members in the vendor's order.
export function mintAt(now) {
	const keys = [];
	const key = (...made) => keys.push(made);
	const mint = (handle, identity, ttl, nbf, grants) => {
		const [accountSid, keySid, secret, region, algorithm] = keys[handle - 1];
		const header = { alg: algorithm, typ: 'JWT', cty: 'twilio-fpa;v=1', ...(region === undefined ? {} : { twr: region }) };
		const at = Math.floor(now);
		const all = identity === undefined ? JSON.parse(grants) : { identity, ...JSON.parse(grants) };
		const payload = { jti: `${keySid}-${at}`, grants: all, ...(nbf === undefined ? {} : { nbf }), iat: at, exp: at + ttl,
			iss: keySid, sub: accountSid };
		const text = base64url(Buffer.from(JSON.stringify(header), 'latin1')) + '.' + base64url(JSON.stringify(payload));
		const hash = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' }[algorithm];
		return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
	};
	return { key, mint };
}

// files: { 'functions/x.js': source }. Returns { call, hooks, logs, context, fire }.
export function makeSlot({ files = {}, assets = {}, variables = {}, settings = {}, now = Date.now() / 1000 }) {
	const context = vm.createContext({}, { codeGeneration: { strings: true, wasm: false } });
	for (const name of ['console', 'URL', 'URLSearchParams', 'structuredClone', 'WebAssembly'])
		vm.runInContext(`delete globalThis.${name}`, context);
	const inside = vm.runInContext('({ Uint8Array, Error, TypeError, object: () => ({}), list: () => [] })', context);
	const names = Object.keys(files), every = [...names, ...Object.keys(assets)], texts = { ...files, ...assets }, logs = [];
	const slot = { logs, context, request: { headers: [], body: Buffer.alloc(0) }, answers: [], due: Infinity, clock: 0 };
	const bytes = (from) => new inside.Uint8Array(from);
	const list = (items) => items.reduce((all, item) => (all.push(item), all), inside.list());
	const native = {
		variables: Object.assign(inside.object(), variables),
		functions: list(names.map((file) => Object.assign(inside.object(), { file, visibility: 'public',
			path: '/' + file.replace(/^functions\//, '').replace(/(\.private|\.protected)?\.js$/, '') }))),
		assets: list(Object.keys(assets).map((file) => Object.assign(inside.object(), { file,
			path: file.replace(/^assets/, '').replace('.private', '') }))),
		settings: Object.assign(inside.object(), { dev: true, quoted: false, strict: false, detailed: false, serviceSid: '',
			environmentSid: '' }, settings),
		compile: (number) => vm.runInContext(
			`(function (exports, require, module, __filename, __dirname) {${texts[every[number]]}\n})`, context,
			{ filename: every[number] }),
		content: (number) => bytes(Buffer.from(texts[every[number]])),
		mask: (text) => text,
		library: (number) => libraries[number],
		log: (level, text) => void logs.push([level, text]),
		...mintAt(now),
		requestId: () => 'RQ1',
		answer: (outcome, status, headers, body) => void slot.answers.push({ outcome: OUTCOMES[outcome], status, headers,
			body: typeof body === 'string' ? body : body === undefined ? '' : Buffer.from(body).toString('latin1') }),
		headers: () => list(slot.request.headers),
		bodyBytes: () => bytes(slot.request.body),
		wakeAt: (at) => void (slot.due = at),
		now: () => (slot.clock += 0.001),
		utf8Encode: (text) => bytes(Buffer.from(text)),
		utf8Decode: (u8, fatal) => {
			try {
				return new TextDecoder('utf-8', { fatal, ignoreBOM: true }).decode(Buffer.from(u8));
			} catch (error) {
				throw new inside.TypeError(error.message);
			}
		},
		randomBytes: (n) => randomFillSync(bytes(n)),
	};
	bundle.runInContext(context);
	const hooks = vm.runInContext('rk_boot', context).default(native);
	vm.runInContext('delete globalThis.rk_boot', context);
	slot.native = native;
	slot.hooks = hooks;

	const rejections = (reason, promise) => hooks.rejected(promise, reason);
	const turn = () => new Promise((done) => setImmediate(done));

	// Runs one request to its answer, timers at a clock of its own; undefined when nothing is left to wait for.
	slot.call = async (file, { method = 'POST', path, query = '', host = 'localhost:3000', headers = [], body = '' } = {}) => {
		const index = names.indexOf(file), type = headers.find(([name]) => /^content-type$/i.test(name))?.[1] ?? '';
		const raw = Buffer.isBuffer(body) ? body : Buffer.from(body);
		const coded = headers.some(([name]) => /^content-encoding$/i.test(name));
		const text = coded || Buffer.compare(Buffer.from(raw.toString()), raw) !== 0 ? undefined : raw.toString();
		slot.request = { headers: headers.flat(), body: raw };
		slot.answers.length = 0;
		// Alone: the test runner would take a function's rejection for a failed test.
		const others = process.listeners('unhandledRejection');
		process.removeAllListeners('unhandledRejection');
		process.on('unhandledRejection', rejections);
		try {
			hooks.invoke(index, method, path ?? native.functions[index].path, query, host, type, text);
			for (let i = 0; i < 50 && slot.answers.length === 0; i++) {
				await turn();
				if (slot.answers.length === 0 && slot.due !== Infinity) {
					slot.clock = Math.max(slot.clock, slot.due);
					slot.due = Infinity;
					hooks.wake();
				}
			}
			const answer = slot.answers[0];
			hooks.end();
			await turn();
			return answer;
		} finally {
			process.off('unhandledRejection', rejections);
			for (const other of others)
				process.on('unhandledRejection', other);
		}
	};

	return slot;
}

// One function, one call.
export async function run(source, request, options = {}) {
	const slot = makeSlot({ files: { 'functions/f.js': source }, ...options });
	const answer = await slot.call('functions/f.js', request);
	return { ...answer, logs: slot.logs };
}

export const handler = (body) => `exports.handler = function (context, event, callback) {${body}\n};`;
