// side-channel.cjs - what qs keeps about its own objects, on the engine's WeakMap. The package of this name brings
// 30 KB for engines without one, which the first query string of each process would wait for.
module.exports = function makeSideChannel() {
	const notes = new WeakMap();
	return {
		get: (key) => notes.get(key),
		has: (key) => notes.has(key),
		set: (key, value) => void notes.set(key, value),
		delete: (key) => notes.delete(key),
	};
};
