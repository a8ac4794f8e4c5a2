// services.jsx - services and their environments.
import { useSignal } from '@preact/signals';
import { get, vendor } from '../api.js';
import { useDeed, useLoad } from '../load.js';
import { go, href } from '../route.js';
import { canWrite } from '../session.js';
import { Button, LinkButton } from '../parts/button.jsx';
import { Copy } from '../parts/copy.jsx';
import { FormDialog } from '../parts/dialog.jsx';
import { Field } from '../parts/field.jsx';
import { Empty, Pending } from '../parts/notice.jsx';
import { plural, When } from '../parts/when.jsx';

const FIRST_ENVIRONMENT = 'dev';
export const uniqueName = (name) => name.trim().replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '').toLowerCase().slice(0, 50);

function NewService({ onClose }) {
	const name = useSignal('');
	const deed = useDeed(async () => {
		const service = await vendor.post('Services', { UniqueName: uniqueName(name.value), FriendlyName: name.value.trim(), IncludeCredentials: true, UiEditable: true });
		const environment = await vendor.post(`Services/${service.sid}/Environments`, { UniqueName: FIRST_ENVIRONMENT, DomainSuffix: FIRST_ENVIRONMENT });
		go('services', service.sid, environment.sid);
	});
	return (
		<FormDialog title="New service" submit="Create the service" deed={deed} onClose={onClose} disabled={!uniqueName(name.value)}>
			<Field label="Name" value={name.value} onInput={(v) => (name.value = v)} required maxLength={50} autofocus
				hint={uniqueName(name.value) ? <>Its address will begin with <code>{uniqueName(name.value)}</code>.</> : 'It becomes part of the address: letters and digits.'} />
		</FormDialog>
	);
}

function NewEnvironment({ service, onClose, onDone }) {
	const name = useSignal('');
	const suffix = uniqueName(name.value).slice(0, 16);
	const deed = useDeed(async () => {
		await vendor.post(`Services/${service.sid}/Environments`, { UniqueName: uniqueName(name.value), ...(suffix && { DomainSuffix: suffix }) });
		onDone();
	});
	return (
		<FormDialog title={`New environment of ${service.friendly_name}`} submit="Create" deed={deed} onClose={onClose} disabled={!suffix}>
			<p>The same service with its own address, variables and version: for instance <code>staging</code> and <code>production</code>.</p>
			<Field label="Name" value={name.value} onInput={(v) => (name.value = v)} required maxLength={40} autofocus />
		</FormDialog>
	);
}

function Removal({ title, what, path, onClose, onDone }) {
	const typed = useSignal('');
	const deed = useDeed(async () => {
		await vendor.remove(path);
		onDone();
	});
	return (
		<FormDialog title={title} submit="Delete" danger deed={deed} onClose={onClose} disabled={typed.value !== what}>
			<p>Its address answers no more. Whoever runs this server can bring it back within 30 days.</p>
			<Field label={<>Type <code>{what}</code> to go on</>} value={typed.value} onInput={(v) => (typed.value = v)} autofocus />
		</FormDialog>
	);
}

function Environment({ service, e, ask }) {
	return (
		<li>
			<a class="environment-name" href={href('services', service.sid, e.sid)}>{e.unique_name}</a>
			<span class="address"><code>{e.domain_name}</code><Copy text={e.url} what="address" kind="quiet small" /></span>
			<span class="quiet">{plural(e.functions, 'function')}{e.assets ? `, ${plural(e.assets, 'asset')}` : ''}</span>
			<span class="quiet">{e.build_sid ? <When date={e.date_deployed} /> : 'nothing deployed'}</span>
			{canWrite.value && <Button kind="quiet small" aria-label={`Delete the environment ${e.unique_name}`} onClick={() => ask({ kind: 'remove-environment', service, e })}>Delete</Button>}
		</li>
	);
}

function Service({ service, ask }) {
	const first = service.environments[0];
	return (
		<section class="card service">
			<div class="head">
				<div><h2>{first ? <a href={href('services', service.sid, first.sid)}>{service.friendly_name}</a> : service.friendly_name}</h2><p class="quiet small"><code>{service.unique_name}</code></p></div>
				<div class="row">
					{canWrite.value && <Button kind="quiet small" onClick={() => ask({ kind: 'environment', service })}>Add environment</Button>}
					{canWrite.value && <Button kind="quiet small" aria-label={`Delete the service ${service.friendly_name}`} onClick={() => ask({ kind: 'remove-service', service })}>Delete</Button>}
					{first && <LinkButton href={href('services', service.sid, first.sid)}>Open</LinkButton>}
				</div>
			</div>
			{first ? <ul class="environments">{service.environments.map((e) => <Environment key={e.sid} service={service} e={e} ask={ask} />)}</ul> : <p class="quiet">No environment yet: add one to have an address.</p>}
		</section>
	);
}

export function Services() {
	const list = useLoad(() => get('Overview'));
	const asked = useSignal(null);
	const { data, reload } = list;
	const ask = (what) => (asked.value = what);
	const close = () => (asked.value = null);
	const now = asked.value;
	const create = canWrite.value && <Button kind="primary" onClick={() => ask({ kind: 'service' })}>Create a service</Button>;
	return (
		<>
			<div class="head"><div><h1>Functions</h1><p class="quiet">A service holds functions that share an address and variables.</p></div>{create}</div>
			{!data.value ? <Pending of={list} /> : data.value.services.length === 0
				? <Empty title="No services yet" action={create}>Create one, and write your first function in it.</Empty>
				: data.value.services.map((s) => <Service key={s.sid} service={s} ask={ask} />)}
			{now?.kind === 'service' && <NewService onClose={close} />}
			{now?.kind === 'environment' && <NewEnvironment service={now.service} onClose={close} onDone={reload} />}
			{now?.kind === 'remove-service' && <Removal title="Delete the service?" what={now.service.unique_name} path={`Services/${now.service.sid}`} onClose={close} onDone={reload} />}
			{now?.kind === 'remove-environment' && <Removal title="Delete the environment?" what={now.e.unique_name} path={`Services/${now.service.sid}/Environments/${now.e.sid}`} onClose={close} onDone={reload} />}
		</>
	);
}
