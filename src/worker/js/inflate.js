// inflate.js - undoes gzip and deflate of a request's body, never past what a body may be.
import { toLowerCase, trim, Uint8Array, uncurry } from './intrinsics.js';
import { fflate } from './libraries.js';
import { Refusal } from './refusal.js';

const BODY_MAX = 6 * 1024 * 1024;

const set = uncurry(Uint8Array.prototype.set);

function encodingOf(headers) {
	for (let i = 0; i < headers.length; i += 2)
		if (toLowerCase(headers[i]) === 'content-encoding')
			return toLowerCase(trim(headers[i + 1]));
	return 'identity';
}

function joined(chunks, size) {
	const all = new Uint8Array(size);
	let at = 0;
	for (const chunk of chunks) {
		set(all, chunk, at);
		at += chunk.length;
	}
	return all;
}

// least: the bytes of an empty stream, header and checksum (RFC 1952 section 2.3, RFC 1950 section 2.2).
function run(Stream, bytes, least) {
	if (bytes.length < least)
		throw new Error('it ends too early');
	const chunks = [];
	let size = 0, whole = false;
	const stream = new Stream((chunk, last) => {
		size += chunk.length;
		if (size > BODY_MAX)
			throw new Refusal(413, 'The body is larger than 6 MB once it is decompressed.');
		chunks.push(chunk);
		whole = last;
	});
	// In small pieces, so that a bomb is refused before it has grown.
	for (let at = 0; at < bytes.length; at += 16384)
		stream.push(bytes.subarray(at, at + 16384), at + 16384 >= bytes.length);
	if (!whole)
		throw new Error('it ends too early');
	return joined(chunks, size);
}

export function inflate(bytes, headers) {
	const encoding = encodingOf(headers);
	if (encoding === '' || encoding === 'identity')
		return bytes;
	if (encoding !== 'gzip' && encoding !== 'deflate')
		throw new Refusal(415, `unsupported content encoding "${encoding}": send gzip, deflate or identity.`);
	try {
		return encoding === 'gzip' ? run(fflate().Gunzip, bytes, 18) : run(fflate().Unzlib, bytes, 6);
	} catch (error) {
		if (Refusal.is(error))
			throw error;
		throw new Refusal(400, `The body is not valid ${encoding}: ${error.message}.`, 421);
	}
}
