// load.js - what a screen reads when it opens.
import { useSignal } from '@preact/signals';
import { useCallback, useEffect, useRef } from 'preact/hooks';

// { data, error, reload }: signals. Reads again when one of `deps` changes; an answer that came too late is not used.
export function useLoad(read, deps = []) {
	const data = useSignal(undefined);
	const error = useSignal(null);
	const turn = useRef(0);
	const reload = useCallback(async () => {
		const mine = ++turn.current;
		try {
			const got = await read();
			if (mine === turn.current) (data.value = got), (error.value = null);
		} catch (e) {
			if (mine === turn.current) error.value = e;
		}
	}, deps);
	useEffect(() => {
		reload();
		return () => void turn.current++;
	}, deps);
	return { data, error, reload };
}

// { run, busy, error }: something a person sets off, once at a time. run() says whether it went well.
export function useDeed(deed) {
	const busy = useSignal(false);
	const error = useSignal(null);
	const run = async (...args) => {
		if (busy.peek()) return false;
		busy.value = true;
		error.value = null;
		try {
			await deed(...args);
			return true;
		} catch (e) {
			error.value = e;
			return false;
		} finally {
			busy.value = false;
		}
	};
	return { run, busy, error };
}
