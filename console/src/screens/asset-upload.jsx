// asset-upload.jsx - a file from the person's machine becomes an asset.
import { useSignal } from '@preact/signals';
import { change } from '../changes.js';
import { useDeed } from '../load.js';
import { go } from '../route.js';
import { FormDialog } from '../parts/dialog.jsx';
import { Field, options } from '../parts/field.jsx';
import { bytes } from '../parts/when.jsx';
import { VISIBILITIES, meaning } from '../words/visibility.js';

const asBase64 = (file) => new Promise((done, failed) => {
	const reader = new FileReader();
	reader.onload = () => done(reader.result.slice(reader.result.indexOf(',') + 1));
	reader.onerror = () => failed(new Error('The file could not be read.'));
	reader.readAsDataURL(file);
});

const LARGEST_ASSET = 64 * 1024 * 1024;

export function UploadAsset({ place, onClose, reload, asset }) {
	const known = asset?.path;
	const file = useSignal(null), path = useSignal(known ?? ''), visibility = useSignal(asset?.visibility ?? 'public');
	const deed = useDeed(async () => {
		if (file.value.size > LARGEST_ASSET) throw new Error(`An asset may have 64 MB; this file has ${bytes(file.value.size)}.`);
		await change(place, { put: [{ kind: 'asset', path: path.value, visibility: visibility.value,
			content_base64: await asBase64(file.value), content_type: file.value.type || undefined }] });
		await reload();
		go('services', place.service.sid, place.environment.sid, 'assets', path.value);
	});
	const pick = (e) => {
		file.value = e.currentTarget.files[0] ?? null;
		if (file.value && !known) path.value = `/${file.value.name.replaceAll(' ', '-')}`;
	};
	return (
		<FormDialog title={known ? 'Replace the asset' : 'Upload an asset'} submit="Upload and deploy" deed={deed} onClose={onClose} disabled={!file.value}>
			<Field label="File" type="file" onChange={pick} required />
			<Field label="Path" value={path.value} onInput={(v) => (path.value = v)} required class="mono" readOnly={!!known} pattern="/.*" title="begins with /" />
			<Field label="Visibility" value={visibility.value} onInput={(v) => (visibility.value = v)} select={options(VISIBILITIES.map((v) => [v, v]))} hint={meaning(visibility.value)} />
		</FormDialog>
	);
}
