// changes.js - what is put and removed in an environment, as one deployment.
import { get, listAll, post, vendor } from './api.js';

const at = ({ service, environment }) => `Services/${service.sid}/Environments/${environment.sid}`;

// It holds only if what is live is still what the person saw: else Refusal 409.
export function change(place, { put = [], remove = [], base = place.content.build_sid }) {
	return post(`${at(place)}/Changes`, { base_build: base, put, remove });
}

export const readContent = (place) => get(`${at(place)}/Content`);
export const tryOut = (place, request) => post(`${at(place)}/Try`, request);
export const deployments = (place) => listAll(`${at(place)}/Deployments`, 50);
export const deploy = (place, buildSid) => vendor.post(`${at(place)}/Deployments`, { BuildSid: buildSid });

const kept = new Map(); // versions never change

export async function sourceOf(place, file) {
	const key = file.version_sid ?? file.sid;
	if (!kept.has(key)) {
		const functionSid = file.function_sid ?? file.sid;
		const { content } = await vendor.get(`Services/${place.service.sid}/Functions/${functionSid}/Versions/${key}/Content`);
		kept.set(key, content);
	}
	return kept.get(key);
}
