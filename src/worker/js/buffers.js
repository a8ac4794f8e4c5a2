// buffers.js - the global Buffer: made at its first use, and known here when it was.
import { buffer } from './libraries.js';

let made;

export function getBuffer() {
	return (made ??= buffer().Buffer);
}

// undefined as long as no function touched Buffer: then no value can be one.
export function loadedBuffer() {
	return made;
}
