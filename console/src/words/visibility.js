// visibility.js - who can reach a function or an asset, in one line each.
export const VISIBILITIES = ['public', 'protected', 'private'];

const WORDS = {
	public: 'Anyone who knows the address can call it.',
	protected: 'Only requests that Twilio has signed get through; everyone else gets 403.',
	private: 'Has no address: only your other functions can use it.',
};
export const meaning = (visibility) => WORDS[visibility];
