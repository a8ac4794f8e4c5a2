// What most people run: fastify and the helper library's own AccessToken class.
// argv[2] is the port; credentials come from the environment, as in the tutorial.
import Fastify from 'fastify';
import twilio from 'twilio';

const { ACCOUNT_SID, API_KEY, API_SECRET } = process.env;
const { AccessToken } = twilio.jwt;
const app = Fastify({ logger: false });

app.post('/create-room-token', async (request, reply) => {
  const token = new AccessToken(ACCOUNT_SID, API_KEY, API_SECRET, { identity: request.body.identity });
  token.addGrant(new AccessToken.VideoGrant());
  reply
    .header('Access-Control-Allow-Origin', '*')
    .header('Access-Control-Allow-Methods', 'POST')
    .header('Access-Control-Allow-Headers', 'Content-Type')
    .header('Content-Type', 'application/json')
    .serializer((text) => text);
  return token.toJwt();
});

await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
