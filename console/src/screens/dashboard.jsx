// dashboard.jsx - what there is, and how it fares.
import { useEffect } from 'preact/hooks';
import { get } from '../api.js';
import { useLoad } from '../load.js';
import { href } from '../route.js';
import { canAdminister, canWrite, session, takeAuthToken } from '../session.js';
import { Copy, Secret, Sid } from '../parts/copy.jsx';
import { LinkButton } from '../parts/button.jsx';
import { Notice, Pending } from '../parts/notice.jsx';
import { Rates } from '../parts/rates.jsx';
import { plural, When } from '../parts/when.jsx';

const REFRESH_MS = 10_000;

function Account() {
	const { account } = session.value;
	return (
		<section class="card">
			<h2>{account.friendly_name}</h2>
			<dl class="facts">
				<dt>Account SID</dt><dd><Sid value={account.sid} what="account SID" /></dd>
				{canAdminister.value && <><dt>Auth token</dt><dd><Secret take={takeAuthToken} what="auth token" /></dd></>}
			</dl>
		</section>
	);
}

function FirstSteps({ keys, services }) {
	const deployed = services.some((s) => s.environments.some((e) => e.functions > 0));
	const steps = [
		[keys.length > 0, 'Create an API key', 'Tokens are signed with its secret.', href('keys')],
		[services.length > 0, 'Create a service', 'A home for functions, with an address of its own.', href('services')],
		[deployed, 'Write a function', 'Paste or write it; saving makes it live.', href('services')],
	];
	if (steps.every(([done]) => done) || !canWrite.value) return null;
	const next = steps.findIndex(([done]) => !done);
	return (
		<section class="card">
			<h2>First steps</h2>
			<ol class="steps">
				{steps.map(([done, name, why, to], i) => (
					<li key={name} class={done ? 'done' : ''}>
						<span class="tick" aria-hidden="true">{done ? '✓' : i + 1}</span>
						<span><strong>{name}</strong>{done && <span class="offscreen"> (done)</span>}<br /><span class="quiet">{why}</span></span>
						{i === next && <LinkButton kind="primary" href={to}>{name}</LinkButton>}
					</li>
				))}
			</ol>
		</section>
	);
}

function EnvironmentRow({ service, e }) {
	return (
		<tr>
			<td><a href={href('services', service.sid, e.sid)}>{service.friendly_name}</a> <span class="quiet">{e.unique_name}</span></td>
			<td class="address"><code>{e.domain_name}</code> <Copy text={e.url} what="address" kind="quiet small" /></td>
			<td class="number">{e.functions}</td>
			<td class="number">{e.requests_1h}</td>
			<td class={`number ${e.errors_1h ? 'wrong' : ''}`}>{e.errors_1h}</td>
			<td>{e.build_sid ? <When date={e.date_deployed} /> : <span class="quiet">nothing deployed</span>}</td>
		</tr>
	);
}

function Deployed({ services }) {
	const open = services.flatMap((s) => s.environments.flatMap((e) => (e.open_functions ?? []).map((path) => ({ s, e, path }))));
	return (
		<section class="card">
			<h2>Deployed</h2>
			{open.length > 0 && (
				<Notice kind="warn" title={`${plural(open.length, 'function')} mint${open.length === 1 ? 's' : ''} tokens for anyone who asks`}>
					<p>Check in the function who is asking, or make it protected.</p>
					<ul class="inline">{open.map(({ s, e, path }) => <li key={e.sid + path}><a href={href('services', s.sid, e.sid, 'functions', path)}>{s.friendly_name} {path}</a></li>)}</ul>
				</Notice>
			)}
			<div class="scroll">
				<table class="list">
					<thead><tr><th>Service</th><th>Address</th><th class="number">Functions</th><th class="number">Requests/h</th><th class="number">Errors/h</th><th>Deployed</th></tr></thead>
					<tbody>{services.map((s) => s.environments.map((e) => <EnvironmentRow key={e.sid} service={s} e={e} />))}</tbody>
				</table>
			</div>
		</section>
	);
}

export function Dashboard() {
	const all = useLoad(async () => {
		const [overview, { keys }] = await Promise.all([get('Overview'), canAdminister.value ? get('Keys') : { keys: [{}] }]);
		return { ...overview, keys };
	});
	useEffect(() => {
		const timer = setInterval(all.reload, REFRESH_MS);
		return () => clearInterval(timer);
	}, []);
	const { data } = all;
	return (
		<>
			<h1>Dashboard</h1>
			<Account />
			{!data.value ? <Pending of={all} /> : (
				<>
					<FirstSteps keys={data.value.keys} services={data.value.services} />
					{data.value.services.length > 0 && (
						<>
							<section class="card"><h2>Requests in the last hour</h2><Rates requests={data.value.requests} errors={data.value.errors} /></section>
							<Deployed services={data.value.services} />
						</>
					)}
				</>
			)}
		</>
	);
}
