// grants.js - the grants of an access token: each knows its key, and the payload that opens its service.

// Adds the members whose values are truthy, in this order: rows of payload member, value.
function payloadOf(...rows) {
	const payload = {};
	for (let i = 0; i < rows.length; i += 2)
		if (rows[i + 1])
			payload[rows[i]] = rows[i + 1];
	return payload;
}

export class VideoGrant {
	constructor(options) {
		const { room } = options || {};
		this.room = room;
	}

	get key() {
		return 'video';
	}

	toPayload() {
		return this.room ? { room: this.room } : {};
	}
}

export class ChatGrant {
	constructor(options) {
		const { serviceSid, endpointId, deploymentRoleSid, pushCredentialSid } = options || {};
		this.serviceSid = serviceSid;
		this.endpointId = endpointId;
		this.deploymentRoleSid = deploymentRoleSid;
		this.pushCredentialSid = pushCredentialSid;
	}

	get key() {
		return 'chat';
	}

	toPayload() {
		return payloadOf('service_sid', this.serviceSid, 'endpoint_id', this.endpointId,
			'deployment_role_sid', this.deploymentRoleSid, 'push_credential_sid', this.pushCredentialSid);
	}
}

export class IpMessagingGrant extends ChatGrant {
	get key() {
		return 'ip_messaging';
	}
}

export class ConversationsGrant {
	constructor(options) {
		const { configurationProfileSid } = options || {};
		this.configurationProfileSid = configurationProfileSid;
	}

	get key() {
		return 'rtc';
	}

	toPayload() {
		return payloadOf('configuration_profile_sid', this.configurationProfileSid);
	}
}

export class SyncGrant {
	constructor(options) {
		const { serviceSid, endpointId } = options || {};
		this.serviceSid = serviceSid;
		this.endpointId = endpointId;
	}

	get key() {
		return 'data_sync';
	}

	toPayload() {
		return payloadOf('service_sid', this.serviceSid, 'endpoint_id', this.endpointId);
	}
}

export class VoiceGrant {
	constructor(options) {
		const { incomingAllow, outgoingApplicationSid, outgoingApplicationParams, pushCredentialSid, endpointId } =
			options || {};
		this.incomingAllow = incomingAllow;
		this.outgoingApplicationSid = outgoingApplicationSid;
		this.outgoingApplicationParams = outgoingApplicationParams;
		this.pushCredentialSid = pushCredentialSid;
		this.endpointId = endpointId;
	}

	get key() {
		return 'voice';
	}

	toPayload() {
		const outgoing = this.outgoingApplicationSid &&
			payloadOf('application_sid', this.outgoingApplicationSid, 'params', this.outgoingApplicationParams);
		return payloadOf('incoming', this.incomingAllow === true && { allow: true }, 'outgoing', outgoing,
			'push_credential_sid', this.pushCredentialSid, 'endpoint_id', this.endpointId);
	}
}

export class TaskRouterGrant {
	constructor(options) {
		const { workspaceSid, workerSid, role } = options || {};
		this.workspaceSid = workspaceSid;
		this.workerSid = workerSid;
		this.role = role;
	}

	get key() {
		return 'task_router';
	}

	toPayload() {
		return payloadOf('workspace_sid', this.workspaceSid, 'worker_sid', this.workerSid, 'role', this.role);
	}
}

export class PlaybackGrant {
	constructor(options) {
		const { grant } = options || {};
		this.grant = grant;
	}

	get key() {
		return 'player';
	}

	toPayload() {
		return this.grant || {};
	}
}
