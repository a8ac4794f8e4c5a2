// editor.jsx - one function: its code, who may call it, its address; saving makes it live.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { post } from '../api.js';
import { change, readContent, sourceOf } from '../changes.js';
import { drafts, dropDraft, keyOf, putDraft } from '../drafts.js';
import { useDeed, useLoad } from '../load.js';
import { go, href } from '../route.js';
import { canWrite } from '../session.js';
import { Button } from '../parts/button.jsx';
import { Failure, Notice, Pending } from '../parts/notice.jsx';
import { bytes, took } from '../parts/when.jsx';
import { VISIBILITIES, meaning } from '../words/visibility.js';
import { Addresses } from './addresses.jsx';
import { RemoveFile } from './asset.jsx';
import { Conflict } from './conflict.jsx';
import { Try } from './try.jsx';

const LARGEST = 4 * 1024 * 1024; // bytes of source
const sizeOf = (text) => new Blob([text]).size;
const versionOf = (file) => file?.version_sid ?? null;

function Problems({ problems, path, jump, place }) {
	if (!problems.length) return null;
	return (
		<section class="problems" aria-label="Problems">
			<h3>{problems.length === 1 ? 'One problem' : `${problems.length} problems`}</h3>
			<ul>
				{problems.map((p, i) => {
					const elsewhere = p.path && p.path !== path;
					const words = <><span class={`dot ${p.severity === 'warning' ? 'warn' : 'wrong'}`} /><span class="at">{elsewhere ? `${p.path} ` : ''}{p.line}:{p.column}</span> {p.message}{p.code && <span class="quiet"> {p.code}</span>}</>;
					return <li key={i}>{elsewhere ? <a href={href('services', place.service.sid, place.environment.sid, 'functions', p.path)}>{words}</a> : <button type="button" onClick={() => jump(p)}>{words}</button>}</li>;
				})}
			</ul>
		</section>
	);
}

function MissingNames({ place, names }) {
	const missing = names.filter((n) => !place.names.has(n));
	if (!missing.length) return null;
	return (
		<Notice kind="warn">
			<p>The code reads {missing.map((n, i) => <span key={n}>{i > 0 && ', '}<code>{n}</code></span>)}, which nobody has set. <a href={href('services', place.service.sid, place.environment.sid, 'configure')}>Set it in Configure</a></p>
		</Notice>
	);
}

// The text area: CodeMirror once it is loaded. `control` is handed out so that others can put text and jump.
function Code({ text, current, path, control, onText, onSave, onCheck }) {
	const host = useRef();
	const now = useRef();
	now.current = { current, onText, onSave, onCheck };
	const failed = useSignal(false);
	useEffect(() => {
		let isGone = false;
		import('../editor/code.js').then(({ openCode }) => {
			if (isGone) return;
			control.current = openCode(host.current, { text: now.current.current(), label: `Code of ${path}`, isReadOnly: !canWrite.value,
				check: (t) => now.current.onCheck(t), change: (t) => now.current.onText(t), save: () => now.current.onSave() });
			control.current.focus();
		}, () => !isGone && (failed.value = true));
		return () => {
			isGone = true;
			control.current?.close();
			control.current = null;
		};
	}, []);
	useEffect(() => control.current?.put(now.current.current()), [text]);
	if (failed.value) return <textarea class="code plain" aria-label={`Code of ${path}`} value={text} onInput={(e) => onText(e.currentTarget.value)} spellcheck={false} />;
	return <div class="code" ref={host} />;
}

function useFile(place, path) {
	const key = keyOf(place.environment.sid, path);
	const file = place.content.functions.find((f) => f.path === path);
	const draft = drafts.value.get(key);
	const source = useLoad(async () => (file ? sourceOf(place, file) : ''), [versionOf(file)]);
	const saved = source.data.value;
	const text = draft?.text ?? saved;
	const visibility = draft?.visibility ?? file?.visibility ?? 'public';
	// From the drafts as they are now, not as they were drawn: people type faster than that.
	const current = () => drafts.peek().get(key)?.text ?? saved;
	const edit = (changes) => {
		const last = drafts.peek().get(key) ?? { text: saved, visibility, version: versionOf(file) };
		const next = { ...last, ...changes };
		if (file && next.text === saved && next.visibility === file.visibility) dropDraft(key);
		else putDraft(key, next);
	};
	return { key, file, draft, source, text, visibility, current, edit };
}

// Ctrl-S saves wherever the focus is, but not from behind a dialog.
function useSaveKey(onSave) {
	const now = useRef();
	now.current = onSave;
	useEffect(() => {
		const press = (e) => {
			if (!(e.ctrlKey || e.metaKey) || e.key !== 's') return;
			if (!e.defaultPrevented && !document.querySelector('dialog[open]')) now.current();
			e.preventDefault();
		};
		addEventListener('keydown', press);
		return () => removeEventListener('keydown', press);
	}, []);
}

export function Editor({ place, reload, path }) {
	const f = useFile(place, path);
	const control = useRef(null);
	const problems = useSignal([]), reads = useSignal([]), done = useSignal(''), conflict = useSignal(null), asked = useSignal(null);

	// Puts this one file; when others changed other files meanwhile, that is no reason to ask.
	async function put(base) {
		const { text, visibility, version } = drafts.peek().get(f.key);
		const sent = { kind: 'function', path, visibility, content: text };
		if (sizeOf(text) > LARGEST) throw new Error(`A function may have 4 MB; this one has ${bytes(sizeOf(text))}.`);
		try {
			return { sent, answer: await change(place, { put: [sent], base }) };
		} catch (e) {
			if (e.status !== 409) throw e;
			const content = await readContent(place);
			const live = content.functions.find((each) => each.path === path);
			if (content.build_sid === base) throw e;
			if (versionOf(live) !== version) throw { conflict: { content, live } };
			return put(content.build_sid);
		}
	}

	async function settle({ sent, answer }) {
		done.value = answer.status === 200 ? 'Nothing had changed' : `Deployed in ${took(answer.took_ms)}`;
		problems.value = problems.value.filter((p) => p.severity === 'warning');
		await reload();
		// What was typed while it was being saved stays a draft, of the version that is live now.
		const typed = drafts.peek().get(f.key);
		if (!typed) return;
		if (typed.text === sent.content && typed.visibility === sent.visibility) {
			f.source.data.value = sent.content; // until it has been read anew, lest the older text come back for a moment
			dropDraft(f.key);
		}
		else putDraft(f.key, { ...typed, version: versionOf((await readContent(place)).functions.find((each) => each.path === path)) });
	}

	const save = useDeed(async (force) => {
		done.value = '';
		try {
			if (!force && drafts.peek().get(f.key).version !== versionOf(f.file)) throw { conflict: { content: place.content, live: f.file } };
			await settle(await put(force ? force.build_sid : place.content.build_sid));
			conflict.value = null;
		} catch (e) {
			if (e.conflict) {
				const { content, live } = e.conflict;
				conflict.value = { content, live, text: live ? await sourceOf(place, live) : null };
			} else if (e.status === 422 && e.body.problems) {
				problems.value = e.body.problems;
				control.current?.show(e.body.problems.filter((p) => !p.path || p.path === path));
				throw e;
			} else throw e;
		}
	});

	const onSave = () => canWrite.value && drafts.peek().has(f.key) && save.run();
	useSaveKey(onSave);
	const onText = (text) => ((done.value = ''), f.edit({ text }));
	const onCheck = async (text) => {
		try {
			const got = await post('Check', { content: text });
			problems.value = got.problems;
			reads.value = got.variables_read ?? [];
			return got.problems;
		} catch {
			return []; // a check is a help; saving tells what matters
		}
	};
	const takeTheirs = async () => {
		dropDraft(f.key);
		conflict.value = null;
		await reload();
		if (!conflict.peek()?.live && !f.file) go('services', place.service.sid, place.environment.sid, 'functions');
	};

	if (!f.file && !f.draft) return <div class="empty"><h2>No function at {path}</h2><p>It may have been renamed or removed.</p></div>;
	if (f.text === undefined) return <Pending of={f.source} />;
	return (
		<div class="editing">
			<section class="edit" aria-label={`Function ${path}`}>
				<header class="edit-head">
					<a class="back button quiet small" href={href('services', place.service.sid, place.environment.sid, 'functions')}>← Files</a>
					<h2><code>{path}</code>{f.draft && <span class="dirty" title="not saved"><span class="offscreen">not saved</span></span>}</h2>
					<span class="grow" />
					<span class="saved" role="status">{done.value}</span>
					{canWrite.value && f.draft && f.file && <Button kind="quiet small" onClick={() => dropDraft(f.key)}>Undo all</Button>}
					{canWrite.value && <Button kind="primary" busy={save.busy.value} disabled={!f.draft} onClick={onSave} title="Save and deploy: Ctrl-S">Save</Button>}
				</header>
				<div class="edit-line">
					<label class="inline-label">Visibility <select value={f.visibility} disabled={!canWrite.value} onChange={(e) => f.edit({ visibility: e.currentTarget.value })}>
						{VISIBILITIES.map((v) => <option key={v}>{v}</option>)}
					</select></label>
					<span class="quiet">{meaning(f.visibility)}</span>
				</div>
				{f.visibility !== 'private' && <Addresses url={place.url + path} />}
				{save.error.value && !(save.error.value.status === 422 && problems.value.length) && <Failure error={save.error.value} />}
				{save.error.value?.status === 422 && problems.value.length > 0 && <Notice kind="error" title="Not deployed: it does not compile. What was live still is." />}
				<Code text={f.text} current={f.current} path={path} control={control} onText={onText} onSave={onSave} onCheck={onCheck} />
				<Problems problems={problems.value} path={path} place={place} jump={(p) => control.current?.jump(p)} />
				<MissingNames place={place} names={reads.value} />
				<div class="row">
					<p class="quiet small keys-hint grow"><kbd>Ctrl</kbd> <kbd>S</kbd> saves. <kbd>Ctrl</kbd> <kbd>F</kbd> finds. <kbd>Esc</kbd>, then <kbd>Tab</kbd> leaves the editor.</p>
					{canWrite.value && f.file && <Button kind="quiet small" onClick={() => (asked.value = 'remove')}>Delete this function</Button>}
				</div>
			</section>
			<Try place={place} path={path} visibility={f.file?.visibility} isDirty={!!f.draft} isNew={!f.file} />
			{asked.value === 'remove' && <RemoveFile place={place} reload={reload} kind="function" path={path} onGone={() => dropDraft(f.key)} onClose={() => (asked.value = null)} />}
			{conflict.value && <Conflict path={path} mine={f.current()} theirs={conflict.value.text} save={save}
				onMine={() => save.run(conflict.value.content)} onTheirs={takeTheirs} onClose={() => (conflict.value = null)} />}
		</div>
	);
}
