// fill-from-key.jsx - API_KEY and API_SECRET from a key. A secret is known once, so it is a new key, or one whose secret
// the person still has.
import { useSignal } from '@preact/signals';
import { get, post } from '../api.js';
import { useDeed, useLoad } from '../load.js';
import { FormDialog } from '../parts/dialog.jsx';
import { Field, options } from '../parts/field.jsx';
import { Pending } from '../parts/notice.jsx';

export function FillFromKey({ place, onClose, onFilled }) {
	const list = useLoad(async () => (await get('Keys')).keys.filter((k) => !k.disabled));
	const sid = useSignal(''), secret = useSignal('');
	const name = `${place.service.friendly_name} ${place.environment.unique_name}`;
	const deed = useDeed(async () => {
		const key = sid.value ? { sid: sid.value, secret: secret.value.trim() } : await post('Keys', { friendly_name: name.slice(0, 64), type: 'standard' });
		onFilled([['API_KEY', key.sid], ['API_SECRET', key.secret]]);
	});
	return (
		<FormDialog title="Fill from key" submit={sid.value ? 'Fill in' : 'Create and fill in'} deed={deed} onClose={onClose}>
			{!list.data.value ? <Pending of={list} /> : (
				<>
					<Field label="Key" value={sid.value} onInput={(v) => (sid.value = v)} autofocus
						select={options([['', `A new key, named “${name}”`], ...list.data.value.map((k) => [k.sid, `${k.friendly_name || 'without a name'} (${k.sid.slice(0, 10)}…)`])])}
						hint={sid.value ? 'Roomkey does not show secrets again, so it needs this one from you.' : 'Its secret goes straight into API_SECRET; you need not copy it.'} />
					{sid.value && <Field label="Its secret" type="password" value={secret.value} onInput={(v) => (secret.value = v)} required class="mono" />}
					<p class="hint">Sets <code>API_KEY</code> and <code>API_SECRET</code>; press Save afterwards.</p>
				</>
			)}
		</FormDialog>
	);
}
