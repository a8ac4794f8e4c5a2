// checks.cjs - Node's assert and util, as one library of libraries.js: the first is built on the second.
module.exports = { assert: require('assert/'), util: require('util/') };
