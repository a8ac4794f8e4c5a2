// Rows of our own, in the form of the vector files: what visibility and the project's border ask for.
import { createHmac } from 'node:crypto';

export const TOKEN = '0123456789abcdef'.repeat(2); // AUTH_TOKEN of the project

const row = (id, name, lines, expect, more = {}) => ({
  id, name, layer: 'visibility', group: 'V', strength: 'must', expect, ...more,
  raw_b64: Buffer.from([...[].concat(lines), 'Host: localhost', 'Connection: close', '', ''].join('\r\n'), 'latin1').toString('base64'),
});
const REFUSED = { class: 'reject', status: [400, 401, 403, 404, 405, 416], handled: 0 };
const get = (target) => `GET ${target} HTTP/1.1`;
const taken = (status = 200) => ({ class: 'accept', status: [status], handled: 1 });
const signature = (target) => createHmac('sha1', TOKEN).update(`http://localhost${target}`).digest('base64');
let n = 0;
const id = () => `V-${String(++n).padStart(3, '0')}`;
const refuse = (name, lines, more) => row(id(), name, lines, REFUSED, more);
const take = (name, lines, status) => row(id(), name, lines, taken(status));

export const rows = [
  take('a public asset', get('/assets/a.txt')),
  take('a part of it', [get('/assets/a.txt'), 'Range: bytes=0-3'], 206),
  take('the index page', get('/')),
  take('a public function', get('/fn')),
  take('a protected function, signed', [get('/protected?a=1'), `X-Twilio-Signature: ${signature('/protected?a=1')}`]),
  refuse('a private asset by its path', get('/assets/secret.txt')),
  refuse('a private asset, HEAD', 'HEAD /assets/secret.txt HTTP/1.1'),
  refuse('a private asset, in part', [get('/assets/secret.txt'), 'Range: bytes=0-3']),
  refuse('a private asset, if it changed', [get('/assets/secret.txt'), 'If-None-Match: *']),
  refuse('a private function by its path', get('/hidden')),
  refuse('a private function by its file name', get('/hidden.private')),
  refuse('a private function, POST', 'POST /hidden HTTP/1.1'),
  refuse('a protected asset without a signature', get('/assets/guarded.txt')),
  refuse('a protected asset, HEAD', 'HEAD /assets/guarded.txt HTTP/1.1'),
  refuse('a protected asset, in part', [get('/assets/guarded.txt'), 'Range: bytes=0-3']),
  refuse('a protected asset, if it changed', [get('/assets/guarded.txt'), 'If-None-Match: *']),
  refuse('a protected asset with a wrong signature', [get('/assets/guarded.txt'), 'X-Twilio-Signature: AAAAAAAAAAAAAAAAAAAAAAAAAAA=']),
  refuse('an empty signature', ['POST /protected HTTP/1.1', 'X-Twilio-Signature:', 'Content-Length: 0']),
  refuse('two signatures', ['POST /protected HTTP/1.1', 'X-Twilio-Signature: a', 'X-Twilio-Signature: b', 'Content-Length: 0']),
  refuse('a method said to be another', ['POST /hidden HTTP/1.1', 'X-HTTP-Method-Override: GET', 'Content-Length: 0']),
  refuse('a link to a file outside', get('/assets/outside.txt')),
  refuse('a link to a system file', get('/assets/passwd.txt')),
  refuse('a link to a folder outside', get('/assets/outside/outside.txt')),
  refuse('a link to a device', get('/assets/zero.bin')),
  refuse('a named pipe', get('/assets/fifo.txt')),
  refuse('a function that is a link to outside', get('/outside')),
  refuse('a folder of functions that is a link to outside', get('/outdir/outside')),
  refuse('a file whose name starts with a dot', get('/.htpasswd')),
  refuse('an asset that has just become a link', get('/assets/swap.txt'), { swap: true }),
  refuse('an asset that became a link a while ago', get('/assets/swap.txt'), { after: 500 }),
];
