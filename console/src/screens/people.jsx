// people.jsx - who may log in, and as what.
import { useSignal } from '@preact/signals';
import { get, post, remove } from '../api.js';
import { useDeed, useLoad } from '../load.js';
import { session } from '../session.js';
import { Button } from '../parts/button.jsx';
import { FormDialog } from '../parts/dialog.jsx';
import { Field, options } from '../parts/field.jsx';
import { Failure, Pending } from '../parts/notice.jsx';
import { When } from '../parts/when.jsx';

const ROLES = { owner: 'Everything, other owners too.', admin: 'Everything but owners.', developer: 'Deploys and configures; no keys, no people.', reader: 'Looks, changes nothing.' };
const roleOptions = options(Object.keys(ROLES).map((r) => [r, r]));

function NewPerson({ onClose, onDone }) {
	const name = useSignal(''), password = useSignal(''), role = useSignal('developer');
	const deed = useDeed(async () => {
		await post('People', { name: name.value.trim(), password: password.value, role: role.value });
		onDone();
	});
	return (
		<FormDialog title="Add a person" submit="Add" deed={deed} onClose={onClose}>
			<Field label="Name" value={name.value} onInput={(v) => (name.value = v)} required maxLength={64} autofocus />
			<Field label="Password" type="password" value={password.value} onInput={(v) => (password.value = v)} required minLength={10} autocomplete="new-password" hint="At least 10 characters. Tell them; they can change it." />
			<Field label="Role" value={role.value} onInput={(v) => (role.value = v)} select={roleOptions} hint={ROLES[role.value]} />
		</FormDialog>
	);
}

function NewPassword({ person, onClose }) {
	const password = useSignal('');
	const deed = useDeed(() => post(`People/${person.sid}`, { password: password.value }));
	return (
		<FormDialog title={`New password for ${person.name}`} submit="Set" deed={deed} onClose={onClose}>
			<Field label="Password" type="password" value={password.value} onInput={(v) => (password.value = v)} required minLength={10} autocomplete="new-password" autofocus />
		</FormDialog>
	);
}

function RemovePerson({ person, onClose, onDone }) {
	const deed = useDeed(async () => {
		await remove(`People/${person.sid}`);
		onDone();
	});
	return <FormDialog title={`Remove ${person.name}?`} submit="Remove" danger deed={deed} onClose={onClose}><p>They are logged out everywhere and cannot log in again.</p></FormDialog>;
}

function PersonRow({ person, ask, reload }) {
	const deed = useDeed(async (fields) => {
		await post(`People/${person.sid}`, fields);
		await reload();
	});
	const isMe = person.sid === session.value.person?.sid;
	return (
		<tr class={person.disabled ? 'is-off' : ''}>
			<td><strong>{person.name}</strong>{isMe && <span class="badge">you</span>}{person.disabled && <span class="badge wrong">disabled</span>}<Failure error={deed.error.value} /></td>
			<td><select aria-label={`Role of ${person.name}`} value={person.role} disabled={isMe || deed.busy.value} onChange={(e) => deed.run({ role: e.currentTarget.value })}>{roleOptions}</select></td>
			<td><When date={person.last_used ?? person.date_created} /></td>
			<td class="deeds">
				<Button kind="quiet small" aria-label={`New password for ${person.name}`} onClick={() => ask({ kind: 'password', person })}>Password</Button>
				{!isMe && <Button kind="quiet small" busy={deed.busy.value} aria-label={`${person.disabled ? 'Enable' : 'Disable'} ${person.name}`} onClick={() => deed.run({ disabled: !person.disabled })}>{person.disabled ? 'Enable' : 'Disable'}</Button>}
				{!isMe && <Button kind="quiet small" aria-label={`Remove ${person.name}`} onClick={() => ask({ kind: 'remove', person })}>Remove</Button>}
			</td>
		</tr>
	);
}

export function People() {
	const list = useLoad(() => get('People'));
	const asked = useSignal(null);
	const close = () => (asked.value = null);
	const now = asked.value;
	if (!list.data.value) return <Pending of={list} />;
	return (
		<section class="card">
			<div class="head"><div><h2>People</h2><p class="quiet">Everyone has a name, a password and one role.</p></div><Button kind="primary" onClick={() => (asked.value = { kind: 'new' })}>Add a person</Button></div>
			<div class="scroll">
				<table class="list">
					<thead><tr><th>Name</th><th>Role</th><th>Last seen</th><th><span class="offscreen">Actions</span></th></tr></thead>
					<tbody>{list.data.value.people.map((p) => <PersonRow key={p.sid} person={p} ask={(what) => (asked.value = what)} reload={list.reload} />)}</tbody>
				</table>
			</div>
			{now?.kind === 'new' && <NewPerson onClose={close} onDone={list.reload} />}
			{now?.kind === 'password' && <NewPassword person={now.person} onClose={close} />}
			{now?.kind === 'remove' && <RemovePerson person={now.person} onClose={close} onDone={list.reload} />}
		</section>
	);
}
