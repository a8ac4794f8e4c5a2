// token.js - Twilio.jwt.AccessToken: accepts both constructor styles of the vendor's library, signs natively.
import { Error, floor, isInteger, String, stringify } from './intrinsics.js';
import * as grantClasses from './grants.js';
import { ms } from './libraries.js';

const DEFAULT_TTL = 3600;
const DEFAULT_ALGORITHM = 'HS256';
const ALGORITHMS = ['HS256', 'HS384', 'HS512'];

function isSupported(algorithm) {
	return algorithm === 'HS256' || algorithm === 'HS384' || algorithm === 'HS512';
}

// A number is seconds; a string a time span ("2h"), and without a unit milliseconds.
function secondsOf(ttl) {
	const complaint = '"expiresIn" should be a number of seconds or string representing a timespan';
	if (isInteger(ttl))
		return ttl;
	if (typeof ttl !== 'string' || ttl === '')
		throw new Error(complaint);
	const span = ms()(ttl);
	if (span === undefined)
		throw new Error(`${complaint} eg: "1d", "20h", 60`);
	return floor(span / 1000);
}

function identityOf(identity) {
	if (typeof identity === 'string')
		return identity;
	return isInteger(identity) ? String(identity) : undefined;
}

// A grant may use the key "identity": it then takes the place that the identity has.
function collect(list, identity) {
	const grants = {};
	let taken = false;
	for (let i = 0; i < list.length; i++) {
		const key = list[i].key;
		if (key === 'identity' && !taken) {
			taken = true;
			if (identity !== undefined)
				return { identity: undefined, grants: { identity, ...collect(list, undefined).grants } };
		}
		if (key !== '__proto__')
			grants[key] = list[i].toPayload();
	}
	return { identity, grants };
}

// native.mint signs; the C half lints what it is given first. The last key is remembered: what it is made of
// crosses to C once, not with every token.
export function makeAccessToken(native) {
	let known = { __proto__: null };

	function keyOf(accountSid, keySid, secret, region, algorithm) {
		if (known.secret !== secret || known.keySid !== keySid || known.accountSid !== accountSid
			|| known.region !== region || known.algorithm !== algorithm) {
			const key = native.key(accountSid, keySid, secret, region, algorithm);
			known = { __proto__: null, accountSid, keySid, secret, region, algorithm, key };
		}
		return known.key;
	}

	class AccessToken {
		constructor(accountSid, keySid, secret, options) {
			if (!accountSid)
				throw new Error('accountSid is required');
			if (!keySid)
				throw new Error('keySid is required');
			if (!secret)
				throw new Error('secret is required');
			const { ttl, identity, nbf, region } = options || {};
			this.accountSid = accountSid;
			this.keySid = keySid;
			this.secret = secret;
			this.ttl = ttl || DEFAULT_TTL;
			this.identity = identity;
			this.nbf = nbf;
			this.region = region;
			this.grants = [];
		}

		addGrant(grant) {
			this.grants.push(grant);
		}

		toJwt(algorithm) {
			const chosen = algorithm || DEFAULT_ALGORITHM;
			if (!isSupported(chosen))
				throw new Error('Algorithm not supported. Allowed values are HS256, HS384, HS512');
			const { identity, grants } = collect(this.grants, identityOf(this.identity));
			const ttl = secondsOf(this.ttl);
			const { accountSid, keySid, secret, nbf } = this;
			if (typeof keySid !== 'string')
				throw new Error('"issuer" must be a string');
			if (typeof accountSid !== 'string')
				throw new Error('"subject" must be a string');
			if (typeof secret !== 'string')
				throw new Error('secret must be a string');
			const region = typeof this.region === 'string' && this.region !== '' ? this.region : undefined;
			const from = typeof nbf === 'number' ? nbf : undefined;
			const text = stringify(grants);
			const token = native.mint(keyOf(accountSid, keySid, secret, region, chosen), identity, ttl, from, text);
			if (token !== undefined)
				return token;
			known = { __proto__: null };
			return native.mint(keyOf(accountSid, keySid, secret, region, chosen), identity, ttl, from, text);
		}
	}
	AccessToken.prototype.DEFAULT_ALGORITHM = DEFAULT_ALGORITHM;
	AccessToken.prototype.ALGORITHMS = ALGORITHMS;
	return Object.assign(AccessToken, { DEFAULT_ALGORITHM, ALGORITHMS, ...grantClasses });
}
