// The request of the bench, and the proof that what came back is a token that verifies.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export const PATH = '/create-room-token';
export const BODY = '{"identity":"alice","room":"daily"}';

/** One POST on a connection of its own: {status, text}. */
export function post(port) {
  return new Promise((resolve, reject) => {
    const req = request(
      {
        host: '127.0.0.1',
        port,
        path: PATH,
        method: 'POST',
        agent: false,
        headers: { 'Content-Type': 'application/json', 'Content-Length': BODY.length },
      },
      (res) => {
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (d) => (text += d));
        res.on('end', () => resolve({ status: res.statusCode, text }));
        res.on('error', reject);
      },
    );
    req.on('error', reject);
    req.setTimeout(5000, () => req.destroy(new Error('no answer within 5 s')));
    req.end(BODY);
  });
}

/** Milliseconds from `since` (performance.now()) to the first 200; asks again every millisecond. */
export async function firstAnswer(port, tree, since) {
  let last = 'nothing listens';
  while (performance.now() - since < 20000 && !tree.ended) {
    try {
      const { status } = await post(port);
      if (status === 200) return performance.now() - since;
      last = `status ${status}`;
    } catch (e) {
      if (e.code !== 'ECONNREFUSED') last = e.message;
    }
    await sleep(1);
  }
  throw new Error(`${tree.ended ? 'it ended' : 'no 200 within 20 s'} (${last})\n${tree.said}`);
}

const parse = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

/** Throws unless `text` is the expected token, signed with the secret; returns its payload without times. */
export function verify(text, keys) {
  const parts = text.split('.');
  if (parts.length !== 3) throw new Error(`no JWT: ${text.slice(0, 60)}`);
  const mac = createHmac('sha256', keys.API_SECRET).update(`${parts[0]}.${parts[1]}`).digest();
  const given = Buffer.from(parts[2], 'base64url');
  if (given.length !== mac.length || !timingSafeEqual(given, mac)) throw new Error('the signature does not hold');
  const header = JSON.stringify(parse(parts[0]));
  if (header !== '{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1"}') throw new Error(`header ${header}`);
  const { jti, iat, exp, ...rest } = parse(parts[1]);
  if (Math.abs(iat - Date.now() / 1000) > 5 || exp - iat !== 3600) throw new Error('its times are wrong');
  if (jti !== `${keys.API_KEY}-${iat}`) throw new Error(`jti ${jti}`);
  const want = { grants: { identity: 'alice', video: {} }, iss: keys.API_KEY, sub: keys.ACCOUNT_SID };
  if (JSON.stringify(rest) !== JSON.stringify(want)) throw new Error(`payload ${JSON.stringify(rest)}`);
}
