// keys.jsx - API keys: what tokens are signed with.
import { useSignal } from '@preact/signals';
import { get, post, remove } from '../api.js';
import { useDeed, useLoad } from '../load.js';
import { canAdminister, session } from '../session.js';
import { Button } from '../parts/button.jsx';
import { Copy, download, Sid } from '../parts/copy.jsx';
import { Dialog, FormDialog } from '../parts/dialog.jsx';
import { Check, Field, options } from '../parts/field.jsx';
import { Empty, Failure, Notice, Pending } from '../parts/notice.jsx';
import { When } from '../parts/when.jsx';
import { line } from '../words/dotenv.js';

const TYPES = [['standard', 'Standard: signs tokens, uses the API'], ['main', 'Main: also manages keys']];

function NewKey({ onClose, onMade, replaces }) {
	const name = useSignal(replaces ? replaces.friendly_name : ''), type = useSignal(replaces?.type ?? 'standard');
	const deed = useDeed(async () => onMade(await post('Keys', { friendly_name: name.value.trim(), type: type.value }), replaces));
	return (
		<FormDialog title={replaces ? 'Rotate the key' : 'New API key'} submit="Create the key" deed={deed} onClose={onClose}>
			{replaces && <p>A second key is made; both work until you disable the old one. Put the new one where the old one is used, then disable <code>{replaces.sid}</code>.</p>}
			<Field label="Name" value={name.value} onInput={(v) => (name.value = v)} required maxLength={64} autofocus hint="So that you know later what it is for." />
			<Field label="Type" value={type.value} onInput={(v) => (type.value = v)} select={options(TYPES)} />
		</FormDialog>
	);
}

function ImportKey({ onClose, onDone }) {
	const sid = useSignal(''), secret = useSignal(''), name = useSignal('');
	const deed = useDeed(async () => {
		await post('Keys/Import', { sid: sid.value.trim(), secret: secret.value.trim(), friendly_name: name.value.trim() });
		onDone();
	});
	return (
		<FormDialog title="Import a key" submit="Import" deed={deed} onClose={onClose}>
			<p>For a key that was made in Twilio's console, so that tokens signed with it open real rooms. The secret is sealed and never shown.</p>
			<Field label="Key SID" value={sid.value} onInput={(v) => (sid.value = v)} required class="mono" pattern="\s*SK[0-9a-fA-F]{32}\s*" title="SK and 32 hexadecimal digits" placeholder="SK…" autofocus />
			<Field label="Secret" type="password" value={secret.value} onInput={(v) => (secret.value = v)} required class="mono" />
			<Field label="Name" value={name.value} onInput={(v) => (name.value = v)} maxLength={64} />
		</FormDialog>
	);
}

function MadeKey({ made, old, onDone }) {
	const isSaved = useSignal(false);
	const text = line('ACCOUNT_SID', session.value.account.sid) + line('API_KEY', made.sid) + line('API_SECRET', made.secret);
	const disableOld = useDeed(async () => {
		await post(`Keys/${old.sid}`, { disabled: true });
		onDone();
	});
	return (
		<Dialog title="Your new key">
			<Notice kind="warn" title="The secret is shown this once">Roomkey keeps it sealed and cannot show it again.</Notice>
			<dl class="facts">
				<dt>Name</dt><dd>{made.friendly_name}</dd>
				<dt>SID</dt><dd><Sid value={made.sid} what="key SID" /></dd>
				<dt>Secret</dt><dd><span class="sid"><code>{made.secret}</code><Copy text={made.secret} what="secret" kind="plain small" /></span></dd>
			</dl>
			<p class="row"><Copy text={text} what="as .env" label="Copy as .env" kind="plain" /><Button onClick={() => download('roomkey.env', text)}>Download .env</Button></p>
			<Check label="I have saved it" checked={isSaved.value} onChange={(v) => (isSaved.value = v)} />
			<Failure error={disableOld.error.value} />
			<footer>
				{old && <Button kind="danger" disabled={!isSaved.value} busy={disableOld.busy.value} onClick={disableOld.run}>Disable the old key now</Button>}
				<Button kind="primary" disabled={!isSaved.value} onClick={onDone}>Done</Button>
			</footer>
		</Dialog>
	);
}

function EditKey({ key_, onClose, onDone }) {
	const name = useSignal(key_.friendly_name);
	const deed = useDeed(async () => {
		await post(`Keys/${key_.sid}`, { friendly_name: name.value.trim() });
		onDone();
	});
	return (
		<FormDialog title="Rename the key" submit="Save" deed={deed} onClose={onClose}>
			<Field label="Name" value={name.value} onInput={(v) => (name.value = v)} required maxLength={64} autofocus />
		</FormDialog>
	);
}

function RemoveKey({ key_, onClose, onDone }) {
	const deed = useDeed(async () => {
		await remove(`Keys/${key_.sid}`);
		onDone();
	});
	return (
		<FormDialog title="Delete the key?" submit="Delete" danger deed={deed} onClose={onClose}>
			<p><strong>{key_.friendly_name}</strong> <code>{key_.sid}</code></p>
			<p>Tokens signed with it are no longer recognised here, and programs that use it are refused. The key was last used: <When date={key_.last_used} />.</p>
		</FormDialog>
	);
}

function KeyRow({ k, ask, reload }) {
	const turn = useDeed(async () => {
		await post(`Keys/${k.sid}`, { disabled: !k.disabled });
		await reload();
	});
	return (
		<tr class={k.disabled ? 'is-off' : ''}>
			<td>
				<strong>{k.friendly_name || <span class="quiet">without a name</span>}</strong>
				{k.imported && <span class="badge">imported</span>}{k.disabled && <span class="badge wrong">disabled</span>}
				<br /><Sid value={k.sid} what={`SID of ${k.friendly_name}`} />
			</td>
			<td>{k.type}</td>
			<td><When date={k.last_used} never="never used" /></td>
			<td><When date={k.date_created} /></td>
			<td class="deeds">
				{canAdminister.value && (
					<>
						<Button kind="quiet small" onClick={() => ask({ kind: 'edit', k })} aria-label={`Rename ${k.friendly_name}`}>Rename</Button>
						{!k.imported && <Button kind="quiet small" onClick={() => ask({ kind: 'rotate', k })} aria-label={`Rotate ${k.friendly_name}`}>Rotate</Button>}
						<Button kind="quiet small" busy={turn.busy.value} onClick={turn.run} aria-label={`${k.disabled ? 'Enable' : 'Disable'} ${k.friendly_name}`}>{k.disabled ? 'Enable' : 'Disable'}</Button>
						<Button kind="quiet small" onClick={() => ask({ kind: 'remove', k })} aria-label={`Delete ${k.friendly_name}`}>Delete</Button>
					</>
				)}
				<Failure error={turn.error.value} />
			</td>
		</tr>
	);
}

export function Keys() {
	const list = useLoad(() => get('Keys'));
	const asked = useSignal(null);
	const { data, reload } = list;
	// What was made stays on the screen when the form that made it closes.
	const close = () => asked.value?.kind !== 'made' && (asked.value = null);
	const done = () => ((asked.value = null), reload());
	const made = (key, old) => ((asked.value = { kind: 'made', made: key, old }), reload());
	const now = asked.value;
	return (
		<>
			<div class="head">
				<div><h1>API keys</h1><p class="quiet">A token is signed with a key's secret. Give each app its own, so that one can be taken back.</p></div>
				{canAdminister.value && (
					<div class="row">
						<Button onClick={() => (asked.value = { kind: 'import' })}>Import</Button>
						<Button kind="primary" onClick={() => (asked.value = { kind: 'new' })}>Create API key</Button>
					</div>
				)}
			</div>
			{!data.value ? <Pending of={list} /> : data.value.keys.length === 0 ? (
				<Empty title="No keys yet" action={canAdminister.value && <Button kind="primary" onClick={() => (asked.value = { kind: 'new' })}>Create your first key</Button>}>
					You get an SID and a secret. A function signs access tokens with them.
				</Empty>
			) : (
				<div class="card scroll">
					<table class="list keys">
						<thead><tr><th>Key</th><th>Type</th><th>Last used</th><th>Created</th><th><span class="offscreen">Actions</span></th></tr></thead>
						<tbody>{data.value.keys.map((k) => <KeyRow key={k.sid} k={k} ask={(what) => (asked.value = what)} reload={reload} />)}</tbody>
					</table>
				</div>
			)}
			{now?.kind === 'new' && <NewKey onClose={close} onMade={made} />}
			{now?.kind === 'rotate' && <NewKey onClose={close} onMade={made} replaces={now.k} />}
			{now?.kind === 'import' && <ImportKey onClose={close} onDone={reload} />}
			{now?.kind === 'edit' && <EditKey key_={now.k} onClose={close} onDone={reload} />}
			{now?.kind === 'remove' && <RemoveKey key_={now.k} onClose={close} onDone={reload} />}
			{now?.kind === 'made' && <MadeKey made={now.made} old={now.old} onDone={done} />}
		</>
	);
}
