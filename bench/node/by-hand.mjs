// The honest Node bar: node:http and an HMAC by hand, nothing between.
// argv[2] is the port; credentials come from the environment, as in the tutorial.
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';

const { ACCOUNT_SID, API_KEY, API_SECRET } = process.env;
const header = Buffer.from('{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1"}').toString('base64url');

function mint(identity) {
  const now = Math.floor(Date.now() / 1000);
  const payload = JSON.stringify({
    jti: `${API_KEY}-${now}`,
    grants: { identity, video: {} },
    iat: now,
    exp: now + 3600,
    iss: API_KEY,
    sub: ACCOUNT_SID,
  });
  const signed = `${header}.${Buffer.from(payload).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', API_SECRET).update(signed).digest('base64url')}`;
}

function answer(res, status, text) {
  res.writeHead(status, {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': 'Content-Type',
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  res.end(text);
}

const server = createServer((req, res) => {
  if (req.method !== 'POST' || req.url !== '/create-room-token') return answer(res, 404, '{}');
  let body = '';
  req.setEncoding('utf8');
  req.on('data', (piece) => (body += piece));
  req.on('end', () => answer(res, 200, mint(JSON.parse(body).identity)));
});
server.keepAliveTimeout = 60000;
server.listen(Number(process.argv[2]), '127.0.0.1', 1024);
