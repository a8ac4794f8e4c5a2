// logs.jsx - what functions said and how requests ended, live and from before.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { get, query } from '../api.js';
import { useDeed, useLoad } from '../load.js';
import { route } from '../route.js';
import { follow } from '../stream.js';
import { Button } from '../parts/button.jsx';
import { Failure, Pending } from '../parts/notice.jsx';
import { options } from '../parts/field.jsx';
import { clock, took } from '../parts/when.jsx';

const PAGE = 100;
const TYPING_MS = 300; // a filter counts when typing rests so long
const MOST = 2000; // rows on the screen
const LEVELS = [['', 'All levels'], ['info', 'info'], ['warn', 'warn'], ['error', 'error']];
const FILTERS = ['Service', 'Environment', 'Path', 'Level', 'RequestSid', 'Text', 'From', 'To'];

const started = () => Object.fromEntries(FILTERS.map((name) => [name, route.value.fields.get(name) ?? '']));
// What <input type=datetime-local> gives has no zone: it is the person's own.
const asSent = (f) => ({ ...f, From: f.From && new Date(f.From).toISOString(), To: f.To && new Date(f.To).toISOString() });

function Line({ log }) {
	const isOpen = useSignal(false);
	const facts = [['Request', log.request_sid], ['Service', log.service_sid], ['Environment', log.environment_sid], ['Build', log.build_sid], ['Function', log.function_sid], ['Time', new Date(log.date).toLocaleString()]];
	return (
		<li class={`log ${log.level}`}>
			<button type="button" class="log-line" aria-expanded={isOpen.value} onClick={() => (isOpen.value = !isOpen.value)}>
				<time dateTime={log.date}>{clock(log.date)}</time>
				<span class="level">{log.kind === 'request' ? <span class={`status s${String(log.status)[0]}`}>{log.status}</span> : log.level}</span>
				<span class="log-path">{log.kind === 'request' ? `${log.method} ${log.path}` : log.path}</span>
				<span class="log-words">{log.kind === 'request' ? <><span class="quiet">{took(log.took_us / 1000)}</span> {log.message}</> : log.message}</span>
			</button>
			{isOpen.value && <dl class="headers">{facts.filter(([, v]) => v).map(([n, v]) => <div key={n}><dt>{n}</dt><dd>{v}</dd></div>)}{log.kind !== 'request' && <div><dt>Line</dt><dd class="pre">{log.message}</dd></div>}</dl>}
		</li>
	);
}

function Filters({ filters, put, fixed, places }) {
	const set = (name) => (e) => put({ ...filters, [name]: e.currentTarget.value });
	return (
		<div class="filters" role="search" aria-label="Filter logs">
			{!fixed && places && (
				<select aria-label="Environment" value={filters.Environment} onChange={set('Environment')}>
					{options([['', 'All environments'], ...places.flatMap((s) => s.environments.map((e) => [e.sid, `${s.friendly_name} / ${e.unique_name}`]))])}
				</select>
			)}
			<select aria-label="Level" value={filters.Level} onChange={set('Level')}>{options(LEVELS)}</select>
			<input aria-label="Path" placeholder="/path" class="mono" value={filters.Path} onInput={set('Path')} />
			<input aria-label="Text" placeholder="Text" value={filters.Text} onInput={set('Text')} />
			<input aria-label="Request SID" placeholder="RQ…" class="mono" value={filters.RequestSid} onInput={set('RequestSid')} />
			<span class="span">
				<label class="inline-label">From <input type="datetime-local" value={filters.From} onChange={set('From')} /></label>
				<label class="inline-label">To <input type="datetime-local" value={filters.To} onChange={set('To')} /></label>
			</span>
			{FILTERS.some((n) => filters[n]) && <Button kind="quiet small" onClick={() => put(Object.fromEntries(FILTERS.map((n) => [n, ''])))}>Clear</Button>}
		</div>
	);
}

const sorted = (known) => [...known.values()].sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0)).slice(0, MOST);

export function LogView({ fixed }) {
	const typed = useSignal(started()), filters = useSignal(typed.value), rows = useSignal(null), held = useSignal([]), isPaused = useSignal(false), next = useSignal(null);
	useEffect(() => {
		const timer = setTimeout(() => (filters.value = typed.value), TYPING_MS);
		return () => clearTimeout(timer);
	}, [typed.value]);
	const places = useLoad(async () => (fixed ? null : (await get('Overview')).services));
	const wanted = { ...asSent(filters.value), ...fixed };
	const put = (more, { fresh } = {}) => {
		const known = new Map((fresh ? [] : rows.peek() ?? []).map((r) => [r.sid, r]));
		more.forEach((r) => known.set(r.sid, r));
		rows.value = sorted(known);
	};
	const first = useLoad(async () => {
		const got = await get(`Logs${query({ ...wanted, PageSize: PAGE })}`);
		put(got.logs, { fresh: true });
		next.value = got.next_after;
		return got;
	}, [JSON.stringify(wanted)]);
	const older = useDeed(async () => {
		const got = await get(`Logs${query({ ...wanted, PageSize: PAGE, After: next.value })}`);
		put(got.logs);
		next.value = got.next_after;
	});
	useEffect(() => {
		if (filters.value.To) return undefined; // the past does not grow
		const each = (log) => (isPaused.peek() ? (held.value = [...held.peek(), log].slice(-MOST)) : put([log]));
		const catchUp = async () => put((await get(`Logs${query({ ...wanted, PageSize: PAGE })}`)).logs);
		return follow({ ...wanted, From: '' }, each, () => catchUp().catch(() => {})); // history that fails says so itself
	}, [JSON.stringify(wanted)]);
	const pause = () => {
		isPaused.value = !isPaused.value;
		if (!isPaused.value) put(held.value), (held.value = []);
	};
	return (
		<section class="logs">
			<div class="logs-head">
				<Filters filters={typed.value} put={(f) => (typed.value = f)} fixed={fixed} places={places.data.value} />
				<Button kind="small" onClick={pause} aria-pressed={isPaused.value}>
					<span class={`pulse ${isPaused.value || filters.value.To ? 'off' : ''}`} aria-hidden="true" />{isPaused.value ? `Go on${held.value.length ? ` (${held.value.length} new)` : ''}` : 'Pause'}
				</Button>
			</div>
			{!rows.value ? <Pending of={first} /> : rows.value.length === 0
				? <div class="empty"><h2>Nothing yet</h2><p>Lines appear here as functions are called.</p></div>
				: <ol class="lines card">{rows.value.map((log) => <Line key={log.sid} log={log} />)}</ol>}
			<Failure error={older.error.value} />
			{next.value && <p class="row"><Button busy={older.busy.value} onClick={older.run}>Older lines</Button></p>}
		</section>
	);
}

export function Logs() {
	return <><h1>Logs</h1><LogView key={location.hash} /></>;
}
