// hashes.cjs - the hashes that crypto.js offers, as one library of libraries.js.
const { hmac } = require('@noble/hashes/hmac.js');
const { md5, sha1 } = require('@noble/hashes/legacy.js');
const { sha224, sha256, sha384, sha512 } = require('@noble/hashes/sha2.js');

module.exports = { hmac, hashes: { md5, sha1, sha224, sha256, sha384, sha512 } };
