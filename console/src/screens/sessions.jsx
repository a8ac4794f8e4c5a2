// sessions.jsx - where this person is logged in.
import { useSignal } from '@preact/signals';
import { call, get, post, remove } from '../api.js';
import { useDeed, useLoad } from '../load.js';
import { Button } from '../parts/button.jsx';
import { FormDialog } from '../parts/dialog.jsx';
import { Field } from '../parts/field.jsx';
import { Failure, Pending } from '../parts/notice.jsx';
import { When } from '../parts/when.jsx';

const BROWSERS = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']];
const SYSTEMS = [['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS', 'macOS'], ['Linux', 'Linux']];

function deviceOf(agent = '') {
	const find = (list) => list.find(([part]) => agent.includes(part))?.[1];
	const browser = find(BROWSERS);
	return browser ? `${browser} on ${find(SYSTEMS) ?? 'another system'}` : agent.slice(0, 60) || 'unknown';
}

function MyPassword({ onClose, onDone }) {
	const now = useSignal(''), next = useSignal('');
	const deed = useDeed(async () => {
		await post('Session/Password', { password: now.value, new_password: next.value });
		onDone();
	});
	return (
		<FormDialog title="Change my password" submit="Change" deed={deed} onClose={onClose}>
			<Field label="Password now" type="password" value={now.value} onInput={(v) => (now.value = v)} required autocomplete="current-password" autofocus />
			<Field label="New password" type="password" value={next.value} onInput={(v) => (next.value = v)} required minLength={10} autocomplete="new-password" hint="At least 10 characters. You are logged out everywhere else." />
		</FormDialog>
	);
}

export function Sessions() {
	const isAsked = useSignal(false), isChanged = useSignal(false);
	const list = useLoad(() => get('Sessions'));
	const end = useDeed(async (sid) => {
		await remove(`Sessions/${sid}`);
		await list.reload();
	});
	const endOthers = useDeed(async () => {
		await call('DELETE', '/roomkey/v1/Sessions');
		await list.reload();
	});
	if (!list.data.value) return <Pending of={list} />;
	const { sessions } = list.data.value;
	return (
		<section class="card">
			<div class="head"><div><h2>Sessions</h2><p class="quiet">Where you are logged in.</p></div><div class="row">{isChanged.value && <span class="saved" role="status">Password changed</span>}<Button onClick={() => (isAsked.value = true)}>Change my password</Button>{sessions.length > 1 && <Button busy={endOthers.busy.value} onClick={endOthers.run}>Log out everywhere else</Button>}</div></div>
			<Failure error={end.error.value ?? endOthers.error.value} />
			<div class="scroll" tabIndex={0} role="region" aria-label="Sessions">
				<table class="list">
					<thead><tr><th>Device</th><th>Address</th><th>Last used</th><th>Since</th><th><span class="offscreen">Actions</span></th></tr></thead>
					<tbody>{sessions.map((s) => (
						<tr key={s.sid}>
							<td title={s.user_agent}>{deviceOf(s.user_agent)} {s.current && <span class="badge good">this one</span>}</td>
							<td><code>{s.peer}</code></td><td><When date={s.last_used} /></td><td><When date={s.date_created} /></td>
							<td class="deeds">{!s.current && <Button kind="quiet small" onClick={() => end.run(s.sid)}>Log out</Button>}</td>
						</tr>
					))}</tbody>
				</table>
			</div>
			{isAsked.value && <MyPassword onClose={() => (isAsked.value = false)} onDone={() => ((isChanged.value = true), list.reload())} />}
		</section>
	);
}
