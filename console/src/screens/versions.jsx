// versions.jsx - what was deployed when, what differs, and the way back.
import { useSignal } from '@preact/signals';
import { listAll } from '../api.js';
import { deploy, deployments, sourceOf } from '../changes.js';
import { useDeed, useLoad } from '../load.js';
import { canWrite } from '../session.js';
import { Button } from '../parts/button.jsx';
import { Sid } from '../parts/copy.jsx';
import { Diff } from '../parts/diff.jsx';
import { FormDialog } from '../parts/dialog.jsx';
import { options } from '../parts/field.jsx';
import { Empty, Pending } from '../parts/notice.jsx';
import { plural, took, When } from '../parts/when.jsx';

async function readHistory(place) {
	const [deployed, builds] = await Promise.all([deployments(place), listAll(`Services/${place.service.sid}/Builds`, 200)]);
	const found = new Map(builds.map((b) => [b.sid, b]));
	return { rows: deployed.map((d) => ({ ...d, build: found.get(d.build_sid) })), builds: found };
}

// Paths of two builds that are not the same version.
function changedPaths(before, after) {
	const of = (build) => new Map((build?.function_versions ?? []).map((v) => [v.path, v]));
	const a = of(before), b = of(after);
	return [...new Set([...a.keys(), ...b.keys()])].sort().map((path) => ({ path, left: a.get(path), right: b.get(path) })).filter(({ left, right }) => left?.sid !== right?.sid);
}

const asFile = (version) => version && { version_sid: version.sid, function_sid: version.function_sid };

function ChangedFile({ place, path, left, right, names }) {
	const texts = useLoad(() => Promise.all([left ? sourceOf(place, asFile(left)) : '', right ? sourceOf(place, asFile(right)) : '']), [left?.sid, right?.sid]);
	const word = !left ? 'added' : !right ? 'removed' : left.visibility !== right.visibility ? `${left.visibility} → ${right.visibility}` : 'changed';
	return (
		<section class="changed-file">
			<h3><code>{path}</code> <span class="badge">{word}</span></h3>
			{texts.data.value ? <Diff before={texts.data.value[0]} after={texts.data.value[1]} beforeName={names[0]} afterName={names[1]} /> : <Pending of={texts} />}
		</section>
	);
}

function Compare({ place, history, pair }) {
	const [from, to] = pair.value;
	const name = (sid) => {
		const i = history.rows.findIndex((r) => r.build_sid === sid);
		return `${i === 0 ? 'Live' : `Version ${history.rows.length - i}`}, ${new Date(history.rows[i]?.date_created).toLocaleString()}`;
	};
	const choice = options([...new Set(history.rows.map((r) => r.build_sid))].map((sid) => [sid, name(sid)]));
	const files = changedPaths(history.builds.get(from), history.builds.get(to));
	return (
		<section class="card">
			<div class="head">
				<h2>What differs</h2>
				<div class="row">
					<select aria-label="Older version" value={from} onChange={(e) => (pair.value = [e.currentTarget.value, to])}>{choice}</select>
					<span aria-hidden="true">→</span>
					<select aria-label="Newer version" value={to} onChange={(e) => (pair.value = [from, e.currentTarget.value])}>{choice}</select>
				</div>
			</div>
			{files.length === 0 ? <p class="quiet">The functions are the same.</p> : files.map((f) => <ChangedFile key={f.path} place={place} {...f} names={[name(from), name(to)]} />)}
		</section>
	);
}

function RollBack({ place, row, number, reload, onClose, onDone }) {
	const deed = useDeed(async () => {
		const t0 = performance.now();
		await deploy(place, row.build_sid);
		const ms = performance.now() - t0;
		await reload();
		onDone(ms);
	});
	return (
		<FormDialog title={`Roll back to version ${number}?`} submit="Roll back" deed={deed} onClose={onClose}>
			<p>The address serves that version again, at once. Variables stay as they are now. What is live today stays in this list.</p>
		</FormDialog>
	);
}

export function Versions({ place, reload }) {
	const history = useLoad(() => readHistory(place), [place.environment.sid, place.content.build_sid]);
	const asked = useSignal(null), pair = useSignal(null), done = useSignal('');
	const got = history.data.value;
	if (!got) return <Pending of={history} />;
	if (!got.rows.length) return <Empty title="Nothing deployed yet">Every save makes a version, and every version can be brought back.</Empty>;
	const live = got.rows[0];
	return (
		<div class="narrow">
			<section class="card scroll">
				<p class="saved" role="status">{done.value}</p>
				<table class="list">
					<thead><tr><th>Version</th><th>Deployed</th><th>Holds</th><th>Build</th><th><span class="offscreen">Actions</span></th></tr></thead>
					<tbody>
						{got.rows.map((row, i) => {
							const number = got.rows.length - i;
							return (
								<tr key={row.sid}>
									<td><strong>{number}</strong> {i === 0 && <span class="badge good">live</span>}</td>
									<td><When date={row.date_created} /></td>
									<td>{row.build ? plural(row.build.function_versions.length, 'function') : <span class="quiet">removed</span>}</td>
									<td><Sid value={row.build_sid} what="build SID" /></td>
									<td class="deeds">
										{i > 0 && row.build && row.build_sid !== live.build_sid && <Button kind="quiet small" aria-label={`Compare version ${number} with live`} onClick={() => (pair.value = [row.build_sid, live.build_sid])}>Compare</Button>}
										{i > 0 && row.build && row.build_sid !== live.build_sid && canWrite.value && <Button kind="small" aria-label={`Roll back to version ${number}`} onClick={() => (asked.value = { row, number })}>Roll back</Button>}
									</td>
								</tr>
							);
						})}
					</tbody>
				</table>
			</section>
			{pair.value && <Compare place={place} history={got} pair={pair} />}
			{asked.value && <RollBack place={place} {...asked.value} reload={reload} onClose={() => (asked.value = null)} onDone={(ms) => (done.value = `Rolled back in ${took(ms)}`)} />}
		</div>
	);
}
