// settings.jsx - the account, its people, and who did what.
import { useSignal } from '@preact/signals';
import { get, post } from '../api.js';
import { useDeed, useLoad } from '../load.js';
import { href } from '../route.js';
import { canAdminister, isOwner, session, status, takeAuthToken } from '../session.js';
import { Button } from '../parts/button.jsx';
import { Secret, Sid } from '../parts/copy.jsx';
import { Field } from '../parts/field.jsx';
import { Failure, Pending } from '../parts/notice.jsx';
import { When, bytes, plural, took } from '../parts/when.jsx';
import { People } from './people.jsx';
import { Sessions } from './sessions.jsx';

function SavedField({ label, hint, value, save, ...rest }) {
	const now = useSignal(value ?? ''), done = useSignal(false);
	const deed = useDeed(async () => {
		await save(now.value.trim());
		done.value = true;
	});
	const send = (e) => {
		e.preventDefault();
		deed.run();
	};
	return (
		<form class="form" onSubmit={send}>
			<Field label={label} hint={hint} value={now.value} onInput={(v) => ((now.value = v), (done.value = false))} readOnly={!canAdminister.value} {...rest}
				after={canAdminister.value && <Button type="submit" busy={deed.busy.value} disabled={now.value.trim() === (value ?? '') || done.value}>{done.value ? 'Saved' : 'Save'}</Button>} />
			<Failure error={deed.error.value} />
		</form>
	);
}

const SIZE = (n) => bytes(n);
const MS = (n) => (n ? took(n) : 'never');
const COUNT = (n) => n.toLocaleString('en');

// The server's settings, in words: [what it is called, how it is shown, the flag that sets it].
const SETTINGS = {
	limits: ['Limits', {
		timeout_ms: ['Time of a call', MS, '--timeout'], memory_mb: ['Memory of a worker', (n) => `${n} MB`, '--memory'], body_bytes: ['Largest request', SIZE, '--max-body'],
		reply_bytes: ['Largest answer', SIZE, '--max-reply'], workers: ['Workers', COUNT, '--workers'], idle_ms: ['An idle worker leaves after', MS, '--idle-timeout'],
	}],
	retention: ['How long things are kept', {
		log_days: ['Logs', (n) => plural(n, 'day'), '--log-days'], log_rows: ['Log lines, at most', COUNT, '--log-rows'], removed_days: ['What was removed', (n) => plural(n, 'day')],
	}],
};

function Facts({ title, names, of }) {
	return (
		<>
			<h3>{title}</h3>
			<dl class="facts">{Object.entries(names).filter(([id]) => of[id] !== undefined).map(([id, [name, words, flag]]) => (
				<div key={id}><dt>{name}</dt><dd>{words(of[id])}{flag && <code class="quiet small flag">{flag}</code>}</dd></div>
			))}</dl>
		</>
	);
}

function Server({ settings }) {
	return (
		<section class="card">
			<h2>This server</h2>
			<p class="quiet">Whoever runs Roomkey sets these, as flags of <code>roomkey serve</code> or in <code>roomkey.conf</code>; a restart makes them count.</p>
			<dl class="facts">
				<div><dt>Public URL</dt><dd>{settings.public_url ? <code>{settings.public_url}</code> : <span class="quiet">taken from each request</span>}<code class="quiet small flag">--public-url</code></dd></div>
				<div><dt>Base domain</dt><dd>{settings.base_domain ? <code>{settings.base_domain}</code> : <span class="quiet">localhost</span>}<code class="quiet small flag">--base-domain</code></dd></div>
				<div><dt>Functions at</dt><dd><code>{status.value.functions_url}</code></dd></div>
				<div><dt>Version</dt><dd>{status.value.version}</dd></div>
			</dl>
			{Object.entries(SETTINGS).map(([id, [title, names]]) => settings[id] && <Facts key={id} title={title} names={names} of={settings[id]} />)}
			{isOwner.value && <Backup />}
		</section>
	);
}

function General() {
	const settings = useLoad(() => get('Settings'));
	const { account } = session.value;
	const rename = async (friendly_name) => {
		await post('Account', { friendly_name });
		session.value = { ...session.value, account: { ...account, friendly_name } };
	};
	return (
		<>
			<section class="card">
				<h2>Account</h2>
				<SavedField label="Account name" value={account.friendly_name} save={rename} required maxLength={64} />
				<dl class="facts">
					<div><dt>Account SID</dt><dd><Sid value={account.sid} what="account SID" /></dd></div>
					{canAdminister.value && <div><dt>Auth token</dt><dd><Secret take={takeAuthToken} what="auth token" /></dd></div>}
				</dl>
			</section>
			{!settings.data.value ? <Pending of={settings} /> : <Server settings={settings.data.value} />}
		</>
	);
}

function Backup() {
	const file = useSignal('');
	const deed = useDeed(async () => (file.value = (await post('Backup')).file));
	return (
		<>
			<h3>Backup</h3>
			<p class="row"><Button busy={deed.busy.value} onClick={deed.run}>Back up now</Button>{file.value && <span role="status">Written: <code>backups/{file.value}</code> in the data folder</span>}</p>
			<Failure error={deed.error.value} />
		</>
	);
}

// "Variable.create" as people say it.
const deedOf = (action) => action.replace(/^(\w+)\.(.*)$/, (_, noun, verb) => `${noun.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')}: ${verb.replaceAll('_', ' ')}`);

function Actor({ sid, name }) {
	return name ? <span title={sid}>{name}</span> : <code title={sid}>{sid.slice(0, 10)}…</code>;
}

function Audit() {
	const rows = useSignal([]), next = useSignal(null), names = useSignal(new Map());
	const read = async (after) => {
		const got = await get(`Audit?PageSize=50${after ? `&After=${encodeURIComponent(after)}` : ''}`);
		rows.value = after ? [...rows.value, ...got.entries] : got.entries;
		next.value = got.next_after;
		return got;
	};
	const first = useLoad(async () => {
		const { people } = await get('People');
		names.value = new Map([...people.map((p) => [p.sid, p.name]), [session.value.account.sid, 'auth token']]);
		return read();
	});
	const more = useDeed(() => read(next.value));
	if (!first.data.value) return <Pending of={first} />;
	return (
		<section class="card">
			<h2>Audit</h2>
			<p class="quiet">Every change: who, what, when, from where.</p>
			<div class="scroll" tabIndex={0} role="region" aria-label="Audit">
				<table class="list audit">
					<thead><tr><th>When</th><th>Who</th><th>What</th><th>On</th><th>From</th></tr></thead>
					<tbody>{rows.value.map((e) => (
						<tr key={e.sid}><td><When date={e.date} /></td><td><Actor sid={e.actor} name={names.value.get(e.actor)} /></td><td>{deedOf(e.action)}</td><td>{e.target_sid && <code title={e.target_sid}>{e.target_sid.slice(0, 10)}…</code>}</td><td><code>{e.origin}</code></td></tr>
					))}</tbody>
				</table>
			</div>
			<Failure error={more.error.value} />
			{next.value && <p class="row"><Button busy={more.busy.value} onClick={more.run}>Older entries</Button></p>}
		</section>
	);
}

const VIEWS = { general: ['General', General], people: ['People', People], sessions: ['Sessions', Sessions], audit: ['Audit', Audit] };

export function Settings({ parts }) {
	const now = VIEWS[parts[1]] ? parts[1] : 'general';
	const View = VIEWS[now][1];
	const shown = Object.entries(VIEWS).filter(([id]) => canAdminister.value || id === 'general' || id === 'sessions');
	return (
		<>
			<h1>Settings</h1>
			<nav class="tabs" aria-label="Of settings">{shown.map(([id, [name]]) => <a key={id} href={href('settings', id)} aria-current={id === now ? 'page' : undefined}>{name}</a>)}</nav>
			<View />
		</>
	);
}
