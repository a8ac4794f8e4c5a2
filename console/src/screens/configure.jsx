// configure.jsx - what a service's functions find in context: credentials and variables.
import { useSignal } from '@preact/signals';
import { listAll, vendor } from '../api.js';
import { useDeed, useLoad } from '../load.js';
import { canAdminister, canWrite } from '../session.js';
import { Button } from '../parts/button.jsx';
import { FormDialog } from '../parts/dialog.jsx';
import { Check, Field } from '../parts/field.jsx';
import { Failure, Notice, Pending } from '../parts/notice.jsx';
import { plural } from '../parts/when.jsx';
import { looksSecret, parse } from '../words/dotenv.js';
import { FillFromKey } from './fill-from-key.jsx';

let fresh = 0;
const newRow = (key = '', value = '') => ({ id: `new ${++fresh}`, sid: null, key, value, isShown: !looksSecret(key), isSecret: looksSecret(key), isChanged: true });
const rowOf = (v) => ({ id: v.sid, sid: v.sid, key: v.key, value: v.value, isShown: !looksSecret(v.key), isSecret: looksSecret(v.key), isChanged: false, before: v });

function Credentials({ place, reload }) {
	const { service } = place;
	const deed = useDeed(async (wanted) => {
		await vendor.post(`Services/${service.sid}`, { IncludeCredentials: wanted });
		await reload();
	});
	return (
		<section class="card">
			<Check label="Enable ACCOUNT_SID and AUTH_TOKEN" checked={service.include_credentials} disabled={deed.busy.value || !canWrite.value} onChange={deed.run}
				hint="Functions then find both in context and in process.env. It counts for every environment of the service, and takes effect at once." />
			<Failure error={deed.error.value} />
		</section>
	);
}

function Row({ row, put, drop, pasted }) {
	const typing = (name) => (e) => put({ ...row, [name]: e.currentTarget.value, isChanged: true });
	const paste = (e) => {
		const text = e.clipboardData.getData('text');
		if (!/[\n]/.test(text.trim()) && !/^\s*[\w.-]+=/.test(text)) return;
		e.preventDefault();
		pasted(text, row);
	};
	const mark = (isSecret) => put({ ...row, isSecret, isShown: !isSecret });
	return (
		<tr class={row.isChanged ? 'is-changed' : ''}>
			<td><input class="mono" aria-label="Name" value={row.key} onInput={typing('key')} onPaste={paste} maxLength={128} placeholder="NAME" spellcheck={false} autocomplete="off" readOnly={!canWrite.value} /></td>
			<td class="value">
				{row.isShown || row.value === ''
					? <input class="mono" aria-label={`Value of ${row.key}`} value={row.value} onInput={(e) => put({ ...row, value: e.currentTarget.value, isChanged: true, isShown: true })} spellcheck={false} autocomplete="off" readOnly={!canWrite.value} />
					: <span class="hidden-value">••••••••••••</span>}
				{row.isSecret && row.value !== '' && <button type="button" class="button quiet small" aria-label={`${row.isShown ? 'Hide' : 'Show'} ${row.key}`} onClick={() => put({ ...row, isShown: !row.isShown })}>{row.isShown ? 'Hide' : 'Show'}</button>}
			</td>
			<td><label class="inline-label"><input type="checkbox" checked={row.isSecret} onChange={(e) => mark(e.currentTarget.checked)} aria-label={`${row.key || 'This'} is secret`} /> secret</label></td>
			<td class="deeds">{canWrite.value && <button type="button" class="button quiet small" aria-label={`Remove ${row.key || 'the row'}`} onClick={drop}>Remove</button>}</td>
		</tr>
	);
}

function PasteEnv({ onClose, onText }) {
	const text = useSignal('');
	const found = parse(text.value);
	const deed = useDeed(async () => onText(text.value));
	return (
		<FormDialog title="Paste a .env file" submit={`Take over ${plural(found.size, 'variable')}`} deed={deed} onClose={onClose} disabled={!found.size}>
			<Field label="Content of the file" area rows={9} class="mono" value={text.value} onInput={(v) => (text.value = v)} autofocus placeholder={'API_KEY=SK…\nAPI_SECRET=…'} hint="Names that exist get the new value. Nothing is saved before you press Save." />
		</FormDialog>
	);
}

function problemOf(rows) {
	const seen = new Set();
	for (const { key, value } of rows) {
		if (!/^[A-Za-z_]\w*$/.test(key)) return key ? `${key} is no name: letters, digits and _, not beginning with a digit.` : 'A variable has no name.';
		if (seen.has(key)) return `${key} is there twice.`;
		if (value.length > 450) return `The value of ${key} is longer than 450 characters.`;
		seen.add(key);
	}
	return null;
}

async function saveAll(at, rows, gone) {
	for (const row of gone) await vendor.remove(`${at}/${row.sid}`);
	for (const row of rows.filter((r) => r.isChanged && r.sid)) await vendor.post(`${at}/${row.sid}`, { Key: row.key, Value: row.value });
	for (const row of rows.filter((r) => !r.sid)) await vendor.post(at, { Key: row.key, Value: row.value });
}

function Variables({ place, reload }) {
	const at = `Services/${place.service.sid}/Environments/${place.environment.sid}/Variables`;
	const rows = useSignal(null), gone = useSignal([]), asked = useSignal(null), saved = useSignal(false);
	const list = useLoad(async () => {
		const got = (await listAll(at)).map(rowOf).sort((a, b) => (a.key < b.key ? -1 : 1));
		rows.value = got;
		gone.value = [];
		return got;
	}, [at]);
	const deed = useDeed(async () => {
		const problem = problemOf(rows.value);
		if (problem) throw new Error(problem);
		await saveAll(at, rows.value, gone.value);
		await Promise.all([list.reload(), reload()]);
		saved.value = true;
	});
	if (!rows.value) return <Pending of={list} />;

	const change = (now) => ((rows.value = now), (saved.value = false));
	const put = (row) => change(rows.value.map((r) => (r.id === row.id ? row : r)));
	const merge = (found) => {
		const all = rows.value.filter((r) => r.key || r.value);
		for (const [key, value] of found) {
			const i = all.findIndex((r) => r.key === key);
			if (i >= 0) all[i] = { ...all[i], value, isChanged: true };
			else all.push(newRow(key, value));
		}
		change(all);
	};
	const drop = (row) => {
		if (row.sid) gone.value = [...gone.value, row];
		change(rows.value.filter((r) => r.id !== row.id));
	};
	const changes = rows.value.filter((r) => r.isChanged).length + gone.value.length;
	const has = new Set(rows.value.map((r) => r.key));
	const missing = place.content.variables_missing.filter((n) => !has.has(n));
	return (
		<section class="card">
			<div class="head">
				<div><h2>Variables</h2><p class="quiet">Of the environment <code>{place.environment.unique_name}</code>. Running functions get them at once.</p></div>
				{canWrite.value && (
					<div class="row">
						<Button onClick={() => (asked.value = 'paste')}>Paste .env</Button>
						{canAdminister.value && <Button onClick={() => (asked.value = 'key')}>Fill from key</Button>}
					</div>
				)}
			</div>
			{missing.length > 0 && (
				<Notice kind="warn" title="Read by your code, set by nobody">
					<span class="row">{missing.map((n) => canWrite.value ? <Button kind="small" key={n} onClick={() => change([...rows.value, newRow(n)])}>Add {n}</Button> : <code key={n}>{n}</code>)}</span>
				</Notice>
			)}
			{rows.value.length > 0 ? (
				<div class="scroll">
					<table class="list variables">
						<thead><tr><th>Name</th><th>Value</th><th>Kind</th><th><span class="offscreen">Actions</span></th></tr></thead>
						<tbody>{rows.value.map((row) => <Row key={row.id} row={row} put={put} drop={() => drop(row)} pasted={(text, r) => (merge(parse(text)), !r.key && !r.value && change(rows.value.filter((x) => x.id !== r.id)))} />)}</tbody>
					</table>
				</div>
			) : <p class="quiet">No variables yet. A function that signs tokens reads <code>API_KEY</code> and <code>API_SECRET</code>: “Fill from key” sets both.</p>}
			<Failure error={deed.error.value} />
			{canWrite.value && (
				<div class="row">
					<Button onClick={() => change([...rows.value, newRow()])}>Add variable</Button>
					<span class="grow" />
					<span class="saved" role="status">{saved.value ? 'Saved' : changes ? `${plural(changes, 'change')} not saved` : ''}</span>
					<Button kind="primary" busy={deed.busy.value} disabled={!changes} onClick={deed.run}>Save</Button>
				</div>
			)}
			{asked.value === 'paste' && <PasteEnv onClose={() => (asked.value = null)} onText={(text) => merge(parse(text))} />}
			{asked.value === 'key' && <FillFromKey place={place} onClose={() => (asked.value = null)} onFilled={merge} />}
		</section>
	);
}

export function Configure({ place, reload }) {
	return <div class="narrow"><Credentials place={place} reload={reload} /><Variables place={place} reload={reload} /></div>;
}
