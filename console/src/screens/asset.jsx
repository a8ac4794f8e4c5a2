// asset.jsx - a file that is served as it is.
import { useSignal } from '@preact/signals';
import { change } from '../changes.js';
import { useDeed } from '../load.js';
import { go } from '../route.js';
import { canWrite } from '../session.js';
import { Button } from '../parts/button.jsx';
import { Copy } from '../parts/copy.jsx';
import { FormDialog } from '../parts/dialog.jsx';
import { Failure } from '../parts/notice.jsx';
import { bytes } from '../parts/when.jsx';
import { VISIBILITIES, meaning } from '../words/visibility.js';
import { UploadAsset } from './asset-upload.jsx';

export function RemoveFile({ place, reload, kind, path, onClose, onGone }) {
	const deed = useDeed(async () => {
		await change(place, { remove: [{ kind, path }] });
		onGone?.();
		await reload();
		go('services', place.service.sid, place.environment.sid, 'functions');
	});
	return (
		<FormDialog title={`Delete the ${kind}?`} submit="Delete and deploy" danger deed={deed} onClose={onClose}>
			<p><code>{path}</code> answers with 404 from then on. Earlier versions of the service still have it: see Versions.</p>
		</FormDialog>
	);
}

export function AssetView({ place, reload, asset }) {
	const asked = useSignal(null);
	const url = place.url + asset.path;
	const close = () => (asked.value = null);
	// Without content, what is live keeps its own.
	const show = useDeed(async (visibility) => {
		await change(place, { put: [{ kind: 'asset', path: asset.path, visibility }] });
		await reload();
	});
	return (
		<section class="card">
			<div class="head">
				<h2><code>{asset.path}</code></h2>
				{canWrite.value && (
					<div class="row">
						<Button onClick={() => (asked.value = 'replace')}>Replace</Button>
						<Button kind="quiet" onClick={() => (asked.value = 'remove')}>Delete</Button>
					</div>
				)}
			</div>
			<dl class="facts">
				<dt>Type</dt><dd><code>{asset.content_type}</code></dd>
				<dt>Size</dt><dd>{bytes(asset.size)}</dd>
				<dt>Visibility</dt><dd class="row">
					<select aria-label="Visibility" value={asset.visibility} disabled={!canWrite.value || show.busy.value} onChange={(e) => show.run(e.currentTarget.value)}>{VISIBILITIES.map((v) => <option key={v}>{v}</option>)}</select>
					<span class="quiet">{meaning(asset.visibility)}</span>
				</dd>
				{asset.visibility !== 'private' && <><dt>Address</dt><dd class="address"><a href={url} target="_blank" rel="noreferrer"><code>{url}</code></a><Copy text={url} what="address" kind="quiet small" /></dd></>}
			</dl>
			<Failure error={show.error.value} />
			{asked.value === 'replace' && <UploadAsset place={place} reload={reload} asset={asset} onClose={close} />}
			{asked.value === 'remove' && <RemoveFile place={place} reload={reload} kind="asset" path={asset.path} onClose={close} />}
		</section>
	);
}
