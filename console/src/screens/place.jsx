// place.jsx - one environment of one service, and the four things people do there.
import { get, listAll, vendor } from '../api.js';
import { useLoad } from '../load.js';
import { go, href } from '../route.js';
import { status } from '../session.js';
import { Copy } from '../parts/copy.jsx';
import { Pending } from '../parts/notice.jsx';
import { Configure } from './configure.jsx';
import { Functions } from './functions.jsx';
import { LogView } from './logs.jsx';
import { Versions } from './versions.jsx';

const TABS = [['functions', 'Functions & assets'], ['configure', 'Configure'], ['versions', 'Versions'], ['logs', 'Logs']];
const VIEWS = { functions: Functions, assets: Functions, configure: Configure, versions: Versions, logs: PlaceLogs };

// What context has without being set.
const GIVEN = ['DOMAIN_NAME', 'PATH', 'SERVICE_SID', 'ENVIRONMENT_SID', 'getTwilioClient'];

const NO_CONTENT = { build_sid: null, functions: [], assets: [], variables_read: [], variables_missing: [] };

async function readPlace(zs, ze) {
	const at = `Services/${zs}/Environments/${ze}`;
	const [service, environments, content, variables] = await Promise.all([
		vendor.get(`Services/${zs}`), listAll(`Services/${zs}/Environments`), get(`${at}/Content`), listAll(`${at}/Variables`)]);
	const environment = environments.find((e) => e.sid === ze);
	if (!environment) throw new Error('This environment is not there any more.');
	const names = variables.map((v) => v.key);
	if (service.include_credentials) names.push('ACCOUNT_SID', 'AUTH_TOKEN');
	return { service, environments, environment, content: { ...NO_CONTENT, ...content }, names: new Set([...names, ...GIVEN]), url: urlOf(environment) };
}

// domain_name has no scheme; it is the one of the address of all functions.
const urlOf = (environment) => `${new URL(status.value.functions_url || 'http://localhost').protocol}//${environment.domain_name}`;

function PlaceLogs({ place }) {
	return <LogView fixed={{ Service: place.service.sid, Environment: place.environment.sid }} />;
}

function Head({ place, tab }) {
	const { service, environments, environment, url } = place;
	return (
		<div class="place-head">
			<div class="place-name">
				<h1><a href={href('services')} class="quiet">Functions</a> <span class="quiet" aria-hidden="true">/</span> {service.friendly_name}</h1>
				{environments.length > 1
					? <select aria-label="Environment" value={environment.sid} onChange={(e) => go('services', service.sid, e.currentTarget.value, tab)}>
						{environments.map((e) => <option key={e.sid} value={e.sid}>{e.unique_name}</option>)}
					</select>
					: <span class="badge">{environment.unique_name}</span>}
				<span class="address"><code>{environment.domain_name}</code><Copy text={url} what="address" kind="quiet small" /></span>
			</div>
			<nav class="tabs" aria-label="Of this service">
				{TABS.map(([id, name]) => <a key={id} href={href('services', service.sid, environment.sid, id)} aria-current={tab === id ? 'page' : undefined}>{name}</a>)}
			</nav>
		</div>
	);
}

export function Place({ parts }) {
	const [, zs, ze, tab = 'functions'] = parts;
	const place = useLoad(() => readPlace(zs, ze), [zs, ze]);
	if (!place.data.value) return <Pending of={place} />;
	const View = VIEWS[tab] ?? Functions;
	return (
		<>
			<Head place={place.data.value} tab={tab === 'assets' ? 'functions' : tab} />
			<View place={place.data.value} reload={place.reload} kind={tab === 'assets' ? 'asset' : 'function'} path={parts[4]} key={ze} />
		</>
	);
}
