// answer.jsx - what came back from "Try it", as each kind of caller sees it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { post } from '../api.js';
import { useLoad } from '../load.js';
import { href } from '../route.js';
import { Copy } from '../parts/copy.jsx';
import { Notice } from '../parts/notice.jsx';
import { TokenWords } from '../parts/token.jsx';
import { took } from '../parts/when.jsx';

const LONGEST_SHOWN = 100_000;

export const header = (headers, name) => headers.filter(([n]) => n.toLowerCase() === name).map(([, v]) => v).join(', ');

function parsed(text) {
	try {
		return { value: JSON.parse(text) };
	} catch (e) {
		return { error: e };
	}
}

const cut = (text) => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}\n… ${text.length - LONGEST_SHOWN} more characters` : text);
const pretty = (value) => JSON.stringify(value, null, 2);

// axios parses whatever is JSON, and hands out the text otherwise; fetch().json() fails where the text is no JSON.
function views(text) {
	const { value, error } = parsed(text);
	const kindOf = (v) => (v === null ? 'null' : Array.isArray(v) ? 'an array' : typeof v === 'object' ? 'an object' : `a ${typeof v}`);
	return {
		Body: { text: value !== undefined && typeof value === 'object' ? pretty(value) : text, note: '' },
		axios: error ? { text, note: 'axios: response.data is a string: the body is no JSON.' } : { text: typeof value === 'string' ? value : pretty(value), note: `axios: response.data is ${kindOf(value)}.` },
		'json()': error ? { text: `SyntaxError: ${error.message}`, note: 'fetch: the body is no JSON; use text() instead.', isWrong: true } : { text: pretty(value), note: `fetch: await answer.json() is ${kindOf(value)}.` },
		'text()': { text, note: 'fetch: await answer.text() is the body as it came.' },
	};
}

function Token({ token }) {
	const seen = useLoad(() => post('Tokens/Inspect', { token }), [token]);
	if (!seen.data.value) return null;
	return <section class="token-found"><h3>The token in it</h3><TokenWords seen={seen.data.value} /></section>;
}

function textOf({ body, base64 }) {
	if (!base64) return body ?? '';
	const raw = Uint8Array.from(atob(body), (c) => c.charCodeAt(0));
	return `${raw.length} bytes that are no text`;
}

export function Answer({ asked, got }) {
	const view = useSignal('Body');
	useEffect(() => void (view.value = 'Body'), [got]);
	const text = textOf(got);
	const seen = views(text);
	const { text: shown, note, isWrong } = seen[view.value];
	const origin = header(asked.headers, 'origin');
	const allowed = header(got.headers, 'access-control-allow-origin');
	const token = /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{16,}/.exec(text)?.[0];
	return (
		<section class="answer" aria-label="Answer">
			<p class="answer-head"><span class={`status s${String(got.status)[0]}`}>{got.status}</span> <span class="quiet">in {took(got.took_us / 1000)}</span>
				<span class="grow" />{got.request_id && <a class="small" href={`${href('logs')}?RequestSid=${got.request_id}`}>Its logs</a>}<Copy text={text} what="answer" kind="quiet small" /></p>
			{origin && allowed !== '*' && allowed !== origin && <Notice kind="warn" title="A page could not read this">No <code>Access-Control-Allow-Origin</code> for {origin}: the browser hides the answer from it.</Notice>}
			<div class="choices" role="group" aria-label="Answer as seen by">
				{Object.keys(seen).map((name) => <button type="button" key={name} aria-pressed={view.value === name} onClick={() => (view.value = name)}>{name}</button>)}
			</div>
			<pre tabIndex={0} class={`body ${isWrong ? 'wrong' : ''}`}>{cut(shown) || <span class="quiet">(empty)</span>}</pre>
			{note && <p class="hint">{note}</p>}
			<details><summary>{got.headers.length} headers</summary><dl class="headers">{got.headers.map(([n, v], i) => <div key={i}><dt>{n}</dt><dd>{v}</dd></div>)}</dl></details>
			{token && <Token token={token} />}
		</section>
	);
}

function verdicts({ asked, method, got }) {
	const list = (name) => header(got.headers, name).toLowerCase().split(',').map((s) => s.trim());
	const origin = header(asked.headers, 'origin');
	const allowed = header(got.headers, 'access-control-allow-origin');
	const wanted = header(asked.headers, 'access-control-request-headers').split(',').filter(Boolean);
	const methods = list('access-control-allow-methods'), names = list('access-control-allow-headers');
	return [
		[got.status >= 200 && got.status < 300, `status ${got.status}`, 'is a success', 'is no success'],
		[allowed === '*' || allowed === origin, `origin ${origin}`],
		[['GET', 'HEAD', 'POST'].includes(method) || methods.includes('*') || methods.includes(method.toLowerCase()), `method ${method}`],
		...wanted.map((n) => [names.includes('*') || names.includes(n), `header ${n}`]),
	];
}

export function Preflight(p) {
	const all = verdicts(p);
	const isFine = all.every(([fine]) => fine);
	return (
		<section class="answer" aria-label="Preflight">
			<Notice kind={isFine ? 'good' : 'error'} title={isFine ? 'The browser would send the request' : 'The browser would not send the request'}>
				<ul class="verdicts">{all.map(([fine, what, yes = 'is allowed', no = 'is not allowed']) => <li key={what}>{fine ? '✓' : '✗'} {what} {fine ? yes : no}</li>)}</ul>
			</Notice>
			<details><summary>{p.got.headers.length} headers</summary><dl class="headers">{p.got.headers.map(([n, v], i) => <div key={i}><dt>{n}</dt><dd>{v}</dd></div>)}</dl></details>
		</section>
	);
}
