// tokens.jsx - a token taken apart, or made by form.
import { useSignal } from '@preact/signals';
import { get, post } from '../api.js';
import { useDeed, useLoad } from '../load.js';
import { canAdminister, canWrite } from '../session.js';
import { Button } from '../parts/button.jsx';
import { Copy } from '../parts/copy.jsx';
import { Check, Field, options } from '../parts/field.jsx';
import { Failure, Pending } from '../parts/notice.jsx';
import { TokenWords } from '../parts/token.jsx';

function Inspect() {
	const text = useSignal('');
	const seen = useSignal(null);
	const deed = useDeed(async (now) => (seen.value = await post('Tokens/Inspect', { token: now.trim() })));
	const typed = (v) => {
		text.value = v;
		if (/^\s*[\w-]+\.[\w-]+\.[\w-]*\s*$/.test(v)) deed.run(v);
		else seen.value = null;
	};
	const send = (e) => {
		e.preventDefault();
		deed.run(text.value);
	};
	return (
		<section class="card">
			<h2>Look into a token</h2>
			<form class="form" onSubmit={send}>
				<Field label="Token" area rows={4} class="mono" value={text.value} onInput={typed} placeholder="eyJ…" hint="It goes to your own server only, and is not kept." />
				<div class="row"><Button type="submit" kind="primary" busy={deed.busy.value} disabled={!text.value.trim()}>Explain it</Button></div>
			</form>
			<Failure error={deed.error.value} />
			{seen.value && <TokenWords seen={seen.value} />}
		</section>
	);
}

const GRANTS = [
	['video', 'Video room', 'room', 'daily', 'Room; empty opens every room'],
	['voice', 'Voice calls', 'outgoing_application_sid', 'AP…', 'TwiML application for outgoing calls'],
	['chat', 'Conversations', 'service_sid', 'IS…', 'Service'],
	['data_sync', 'Sync', 'service_sid', 'default', 'Service'],
];

function grantOf(id, field, value) {
	if (id === 'voice') return { incoming: { allow: true }, ...(value && { outgoing: { application_sid: value } }) };
	return value ? { [field]: value } : {};
}

function Make() {
	// Who may not list the keys can still name one.
	const keys = useLoad(async () => (canAdminister.value ? (await get('Keys')).keys.filter((k) => !k.disabled) : null));
	const key = useSignal(''), identity = useSignal('alice'), ttl = useSignal('3600');
	const chosen = useSignal({ video: 'daily' });
	const made = useSignal(null);
	const deed = useDeed(async () => {
		const grants = Object.fromEntries(GRANTS.filter(([id]) => id in chosen.value).map(([id, , field]) => [id, grantOf(id, field, chosen.value[id].trim())]));
		const { token } = await post('Tokens', { key_sid: key.value.trim() || keys.data.value?.[0].sid, identity: identity.value || undefined, ttl: Number(ttl.value), grants });
		made.value = { token, seen: await post('Tokens/Inspect', { token }) };
	});
	const send = (e) => {
		e.preventDefault();
		deed.run();
	};
	const turn = (id, on) => {
		const { [id]: _, ...rest } = chosen.value;
		chosen.value = on ? { ...rest, [id]: '' } : rest;
	};
	if (keys.data.value === undefined) return <section class="card"><h2>Make a token</h2><Pending of={keys} /></section>;
	return (
		<section class="card">
			<h2>Make a token</h2>
			{keys.data.value?.length === 0 ? <p class="quiet">You need an API key first: <a href="#/keys">create one</a>.</p> : (
				<form class="form" onSubmit={send}>
					<Field label="Key" value={key.value || (keys.data.value?.[0].sid ?? '')} onInput={(v) => (key.value = v)} required class="mono" placeholder="SK…" select={keys.data.value && options(keys.data.value.map((k) => [k.sid, `${k.friendly_name || 'without a name'} (${k.sid.slice(0, 10)}…)`]))} />
					<div class="two">
						<Field label="Identity" value={identity.value} onInput={(v) => (identity.value = v)} maxLength={121} />
						<Field label="Lives for (seconds)" type="number" min={1} max={86400} value={ttl.value} onInput={(v) => (ttl.value = v)} required />
					</div>
					<fieldset>
						<legend>Opens</legend>
						{GRANTS.map(([id, name, , example, label]) => (
							<div key={id} class="grant">
								<Check label={name} checked={id in chosen.value} onChange={(on) => turn(id, on)} />
								{id in chosen.value && <Field label={label} value={chosen.value[id]} onInput={(v) => (chosen.value = { ...chosen.value, [id]: v })} class="mono" placeholder={example} />}
							</div>
						))}
					</fieldset>
					<Failure error={deed.error.value} />
					<div class="row"><Button type="submit" kind="primary" busy={deed.busy.value}>Make the token</Button></div>
				</form>
			)}
			{made.value && (
				<>
					<div class="made"><pre tabIndex={0} class="body wrap">{made.value.token}</pre><Copy text={made.value.token} what="token" /></div>
					<TokenWords seen={made.value.seen} />
				</>
			)}
		</section>
	);
}

export function Tokens() {
	return (
		<>
			<div class="head"><div><h1>Tokens</h1><p class="quiet">What a token opens, for whom, for how long, and whether Twilio would take it.</p></div></div>
			<div class="columns"><Inspect />{canWrite.value && <Make />}</div>
		</>
	);
}
