// refusal.js - a request that is refused before the function runs: thrown inside our code only.

export class Refusal {
	// A function cannot forge it, and asking for it runs no code of a function's.
	#made = true;

	// status: 400, 413 or 415; message: one sentence that names what is wrong with the request.
	constructor(status, message) {
		this.status = status;
		this.message = message;
	}

	static is(value) {
		return typeof value === 'object' && value !== null && #made in value;
	}
}
