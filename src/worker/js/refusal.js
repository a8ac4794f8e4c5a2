// refusal.js - a request or an answer that Roomkey refuses by a rule of its own: thrown inside our code only.

export class Refusal {
	// A function cannot forge it, and asking for it runs no code of a function's.
	#made = true;

	// message: one sentence that names what is wrong; number: of its code in docs/errors.md.
	constructor(status, message, number = status) {
		this.status = status;
		this.message = message;
		this.number = number;
	}

	static is(value) {
		return typeof value === 'object' && value !== null && #made in value;
	}
}
