// The peer to beat: the token of the tutorial's function, by hand, in njs.
import crypto from 'crypto';

const ACCOUNT_SID = process.env.ACCOUNT_SID;
const API_KEY = process.env.API_KEY;
const API_SECRET = process.env.API_SECRET;

const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1"}').toString('base64url');

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
    const signed = `${HEADER}.${Buffer.from(payload).toString('base64url')}`;
    const hmac = crypto.createHmac('sha256', API_SECRET);
    return `${signed}.${hmac.update(signed).digest('base64url')}`;
}

function handle(r) {
    const event = JSON.parse(r.requestText);
    r.headersOut['Content-Type'] = 'application/json';
    r.headersOut['Access-Control-Allow-Origin'] = '*';
    r.headersOut['Access-Control-Allow-Methods'] = 'POST';
    r.headersOut['Access-Control-Allow-Headers'] = 'Content-Type';
    r.return(200, mint(event.identity));
}

export default { handle };
