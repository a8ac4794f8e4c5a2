// try.jsx - "Try it": a request to what is deployed, and what a caller would get of the answer.
import { useSignal } from '@preact/signals';
import { tryOut } from '../changes.js';
import { useDeed } from '../load.js';
import { Button } from '../parts/button.jsx';
import { Check, Field, options } from '../parts/field.jsx';
import { Failure, Notice } from '../parts/notice.jsx';
import { EVENTS, eventOf } from '../words/events.js';
import { Answer, Preflight } from './answer.jsx';

const METHODS = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((m) => [m, m]);
const KINDS = [['json', 'JSON'], ['form', 'Form'], ['text', 'Text']];
const TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded', text: 'text/plain' };

const events = new Map(); // which event a new function was made for, for this visit
export const rememberEvent = (environment, path, id) => events.set(`${environment} ${path}`, id);

const bodyFor = (event) => (event.isSigned ? new URLSearchParams(event.fields).toString().replaceAll('&', '\n&') : JSON.stringify(event.fields, null, 2));

function headerPairs(text) {
	return text.split('\n').filter((l) => l.trim()).map((l) => {
		const at = l.indexOf(':');
		if (at < 1) throw new Error(`A header is written as "Name: value"; this is not: ${l}`);
		return [l.slice(0, at).trim(), l.slice(at + 1).trim()];
	});
}

function useRequest(place, path, visibility) {
	const event = eventOf(events.get(`${place.environment.sid} ${path}`) ?? '');
	return {
		method: useSignal('POST'), query: useSignal(''), kind: useSignal(event.isSigned ? 'form' : 'json'), body: useSignal(bodyFor(event)),
		headers: useSignal(''), origin: useSignal('http://localhost:5173'), isSigned: useSignal(visibility === 'protected' || event.isSigned), event: useSignal(event.id),
	};
}

const hasBody = (method) => !['GET', 'HEAD', 'OPTIONS'].includes(method);

function requestOf(r, path) {
	const headers = headerPairs(r.headers.value);
	if (r.origin.value.trim()) headers.push(['Origin', r.origin.value.trim()]);
	const asked = { method: r.method.value, path, query: r.query.value.replace(/^\?/, ''), headers, signed: r.isSigned.value };
	if (!hasBody(asked.method)) return asked;
	headers.push(['Content-Type', TYPES[r.kind.value]]);
	return { ...asked, body: r.kind.value === 'form' ? r.body.value.replace(/\s*\n\s*/g, '') : r.body.value };
}

function preflightOf(r, path) {
	const names = hasBody(r.method.value) && r.kind.value === 'json' ? ['content-type'] : [];
	names.push(...headerPairs(r.headers.value).map(([n]) => n.toLowerCase()));
	return { method: 'OPTIONS', path, query: '', signed: false, headers: [['Origin', r.origin.value.trim()],
		['Access-Control-Request-Method', r.method.value], ...(names.length ? [['Access-Control-Request-Headers', names.sort().join(',')]] : [])] };
}

export function Try({ place, path, visibility, isDirty, isNew }) {
	const r = useRequest(place, path, visibility);
	const answer = useSignal(null), preflight = useSignal(null);
	const send = useDeed(async () => {
		answer.value = null;
		preflight.value = null;
		const asked = requestOf(r, path);
		answer.value = { asked, got: await tryOut(place, asked) };
	});
	const check = useDeed(async () => {
		answer.value = null;
		const asked = preflightOf(r, path);
		preflight.value = { asked, method: r.method.value, got: await tryOut(place, asked) };
	});
	const fill = (id) => {
		r.event.value = id;
		const event = eventOf(id);
		r.kind.value = event.isSigned ? 'form' : 'json';
		r.body.value = bodyFor(event);
		r.isSigned.value = event.isSigned || visibility === 'protected';
	};
	const submit = (e) => {
		e.preventDefault();
		send.run();
	};
	const put = (name) => (v) => (r[name].value = v);
	return (
		<aside class="try" aria-label="Try it">
			<h2>Try it</h2>
			{isNew ? <Notice>Save the function first: then it can be tried.</Notice> : (
				<form class="form" onSubmit={submit} onKeyDown={(e) => (e.ctrlKey || e.metaKey) && e.key === 'Enter' && send.run()}>
					{isDirty && <Notice kind="warn">You have changes that are not saved: this tries what is live.</Notice>}
					<div class="two">
						<Field label="Method" value={r.method.value} onInput={put('method')} select={options(METHODS)} />
						<Field label="As if from" value={r.event.value} onInput={fill} select={options(EVENTS.map((e) => [e.id, e.name]))} />
					</div>
					{hasBody(r.method.value)
						? <Field label="Body" area rows={5} value={r.body.value} onInput={put('body')} class="mono" after={
							<select class="corner" aria-label="Kind of body" value={r.kind.value} onChange={(e) => (r.kind.value = e.currentTarget.value)}>{options(KINDS)}</select>} />
						: <Field label="Query" value={r.query.value} onInput={put('query')} class="mono" placeholder="identity=alice" />}
					<details>
						<summary>Headers, origin, signature</summary>
						<div class="form">
							{hasBody(r.method.value) && <Field label="Query" value={r.query.value} onInput={put('query')} class="mono" />}
							<Field label="Headers" area rows={2} value={r.headers.value} onInput={put('headers')} class="mono" placeholder="Name: value" />
							<Field label="Origin" value={r.origin.value} onInput={put('origin')} class="mono" hint="The page that calls; browsers add it." />
							<Check label="Sign as Twilio" checked={r.isSigned.value} onChange={put('isSigned')} hint="Needed by protected functions." />
						</div>
					</details>
					<div class="row">
						<Button type="submit" kind="primary" busy={send.busy.value}>Send</Button>
						<Button busy={check.busy.value} disabled={!r.origin.value.trim()} onClick={check.run}>Preflight check</Button>
					</div>
				</form>
			)}
			<Failure error={send.error.value ?? check.error.value} />
			{answer.value && <Answer {...answer.value} />}
			{preflight.value && <Preflight {...preflight.value} />}
		</aside>
	);
}
