// functions.jsx - the tree of what an environment serves, and the file that is open.
import { useSignal } from '@preact/signals';
import { drafts, keyOf } from '../drafts.js';
import { href } from '../route.js';
import { canWrite } from '../session.js';
import { Button } from '../parts/button.jsx';
import { Empty } from '../parts/notice.jsx';
import { AssetView } from './asset.jsx';
import { UploadAsset } from './asset-upload.jsx';
import { Editor } from './editor.jsx';
import { NewFunction } from './function-new.jsx';

const LOCKS = { public: '', protected: 'protected', private: 'private' };

function Item({ place, kind, file, isNow }) {
	const { service, environment } = place;
	const isDirty = kind === 'function' && drafts.value.has(keyOf(environment.sid, file.path));
	return (
		<li>
			<a href={href('services', service.sid, environment.sid, `${kind}s`, file.path)} aria-current={isNow ? 'page' : undefined} title={file.path}>
				<span class="path">{file.path}</span>
				{isDirty && <span class="dirty" title="not saved"><span class="offscreen">not saved</span></span>}
				{LOCKS[file.visibility] && <span class="lock">{LOCKS[file.visibility]}</span>}
			</a>
		</li>
	);
}

// New functions that were not saved yet are in the tree too.
function withDrafts(place) {
	const start = `${place.environment.sid} `;
	const known = new Set(place.content.functions.map((f) => f.path));
	const fresh = [...drafts.value].filter(([key]) => key.startsWith(start) && !known.has(key.slice(start.length)))
		.map(([key, d]) => ({ path: key.slice(start.length), visibility: d.visibility }));
	return [...place.content.functions, ...fresh].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function Tree({ place, kind, path, ask }) {
	const functions = withDrafts(place);
	return (
		<nav class="tree" aria-label="Files">
			<div class="tree-head"><h2>Functions</h2>{canWrite.value && <Button kind="small" onClick={() => ask('function')} aria-label="New function">New</Button>}</div>
			{functions.length ? <ul>{functions.map((f) => <Item key={f.path} place={place} kind="function" file={f} isNow={kind === 'function' && f.path === path} />)}</ul> : <p class="quiet small">None yet.</p>}
			<div class="tree-head"><h2>Assets</h2>{canWrite.value && <Button kind="small" onClick={() => ask('asset')} aria-label="Upload an asset">Upload</Button>}</div>
			{place.content.assets.length ? <ul>{place.content.assets.map((a) => <Item key={a.path} place={place} kind="asset" file={a} isNow={kind === 'asset' && a.path === path} />)}</ul> : <p class="quiet small">None yet.</p>}
		</nav>
	);
}

export function Functions({ place, reload, kind, path }) {
	const asked = useSignal(null);
	const ask = (what) => (asked.value = what);
	const close = () => (asked.value = null);
	const asset = kind === 'asset' && place.content.assets.find((a) => a.path === path);
	return (
		<div class={`work ${path ? 'has-file' : ''}`}>
			<Tree place={place} kind={kind} path={path} ask={ask} />
			<div class="file">
				{!path && (
					<Empty title={place.content.functions.length ? 'Choose a file' : 'Write your first function'} action={canWrite.value && <Button kind="primary" onClick={() => ask('function')}>New function</Button>}>
						{place.content.functions.length ? 'Or begin a new function.' : 'It is live at its own address as soon as you save it.'}
					</Empty>
				)}
				{path && kind === 'function' && <Editor place={place} reload={reload} path={path} key={path} />}
				{path && kind === 'asset' && (asset ? <AssetView place={place} reload={reload} asset={asset} key={path} /> : <Empty title="No such asset">It may have been removed.</Empty>)}
			</div>
			{asked.value === 'function' && <NewFunction place={place} onClose={close} />}
			{asked.value === 'asset' && <UploadAsset place={place} reload={reload} onClose={close} />}
		</div>
	);
}
