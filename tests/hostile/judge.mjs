// judge.mjs - whether a case's answers are those that its row of expectations.json allows. Words, or nothing.
import { createHmac } from 'node:crypto';
import { slow } from '../integration/harness.mjs';
import { LIMIT_MS, MEMORY_MB, OWN } from './stage.mjs';

const HOST_PATH = /\/(?:home|root|usr|var|work|tmp|build)\/[\w.-]+/;
const C_TRACE = /\b\w+\.c:\d+|0x[0-9a-f]{8,}/;

const limitOf = (within) => {
  const [head, more] = String(within).split('+');
  return ((head.trim() === 'limit' ? LIMIT_MS : Number(head)) + Number(more || 0)) * slow;
};

/** What is given 3 s or more and may not answer 504 needs that time; the others have the test's limit. */
export const limitFor = ({ within_ms: within, status }) => (Number(within) >= 3000 && !status.includes(504) ? Number(within) : LIMIT_MS);

// An answer of 504, where it is allowed, comes at the limit.
const allowed = ({ within_ms: within }, r) => (r.status === 504 ? Math.max(limitOf(within), limitOf('limit + 500')) : limitOf(within));

/** Judgements that concern time: a busy machine may be to blame, and the case is tried once more, alone. */
export const late = (words) => ({ late: true, words });

function judgeAnswer(row, r, where) {
  const { outcome } = row, out = [];
  if (!outcome.status.includes(r.status)) {
    const words = `${where}: ${r.status || r.error}, not ${outcome.status} ${r.text.slice(0, 160)}`;
    out.push(r.status === 504 ? late(words) : words);
  }
  if (r.ms > allowed(outcome, r)) out.push(late(`${where}: ${Math.round(r.ms)} ms, not within ${outcome.within_ms}`));
  if (outcome.body_is !== undefined && r.text !== outcome.body_is) out.push(`${where}: body ${JSON.stringify(r.text.slice(0, 80))}`);
  if (outcome.leaks && r.status === 200) out.push(...judgeLeaks(outcome.leaks, r, where));
  if (r.status >= 500) out.push(...judgeError(r, where));
  if (r.headers['x-injected'] || r.headers['x-fake']) out.push(`${where}: a header of the function's making`);
  return out;
}

function judgeLeaks(want, r, where) {
  let got;
  try {
    got = JSON.parse(r.text).leaks;
  } catch {
    return [`${where}: no list of leaks in ${JSON.stringify(r.text.slice(0, 80))}`];
  }
  return JSON.stringify(got) === JSON.stringify(want) ? [] : [`${where}: leaks ${JSON.stringify(got).slice(0, 300)}`];
}

// An error tells nothing about the machine, and nothing that the service keeps.
function judgeError(r, where) {
  const out = [];
  if (!/^application\/json|^text\//.test(r.headers['content-type'] || '')) out.push(`${where}: an error of type ${r.headers['content-type']}`);
  for (const re of [HOST_PATH, C_TRACE]) if (re.test(r.text)) out.push(`${where}: the error shows ${re.exec(r.text)[0]}`);
  if (OWN.some((s) => r.text.includes(s))) out.push(`${where}: the error shows a secret`);
  if (r.bytes.length > 256 * 1024) out.push(`${where}: an error of ${r.bytes.length} bytes`);
  return out;
}

function tokenOf(answers) {
  const text = answers[0].text, [head, body, sign] = text.split('.');
  if (!sign) return [{}, [`no token: ${text.slice(0, 80)}`]];
  const good = createHmac('sha256', OWN[0]).update(`${head}.${body}`).digest('base64url') === sign;
  return [JSON.parse(Buffer.from(body, 'base64url')), good ? [] : ["the signature is not the key's"]];
}

const isPlain = (text) => !/[\0-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]/.test(text.replace(/\x1b\[\d*m/g, ''));
const shortLog = (answers, stage, out) => (out.length < 1 << 20 ? [] : [`${out.length} bytes of log`]);

// What a row's note asks for beyond its fields, by the file's name.
const NOTES = {
  'response-status': (a) => a.filter((r) => [204, 304].includes(r.status) && r.bytes.length).map(() => '204 or 304 with a body'),
  'response-fake': ([r]) => (JSON.parse(r.text).statusCode === 299 ? [] : ['a plain object was taken for a Response']),
  'response-lone-surrogates': ([r]) => (r.text === '\ufffdok\ufffd\0' && Number(r.headers['content-length']) === 9 ? [] : [JSON.stringify(r.text)]),
  'response-binary': ([r]) => (r.bytes.equals(Buffer.from([0, 255, 13, 10, 0])) ? [] : [`bytes ${r.bytes.toString('hex')}`]),
  'logs-huge': shortLog,
  'logs-many': shortLog,
  'reject-flood': shortLog,
  'throw-error-huge': shortLog,
  'logs-injection': (a, stage, out) => [
    ...(isPlain(out) ? [] : ['control characters reach the terminal']),
    ...(/^(2026-01-01T00:00:00Z ERROR|\{"level")/m.test(out) ? ['a forged line stands by itself'] : []),
  ],
  'date-tamper': (a) => {
    const [claims, bad] = tokenOf(a);
    return Math.abs(claims.iat - Date.now() / 1000) > 5 || claims.exp !== claims.iat + 3600 ? [...bad, `iat ${claims.iat}, exp ${claims.exp}`] : bad;
  },
  'random-tamper': (a) => tokenOf(a)[1],
  'event-request-headers': ([r]) => (/x-roomkey|x-request-id|x-forwarded|authorization/i.test(r.text) ? [`internal headers: ${r.text}`] : []),
};

/** answers: [{ where, r }]; leftovers: what was not as before at the end. */
export function judge(row, stage, answers, leftovers) {
  const { outcome } = row, rs = answers.map(({ r }) => r), own = stage.output.slice(stage.start.out);
  const out = answers.flatMap(({ r, where }) => judgeAnswer(row, r, where));
  const name = row.file.replace(/^\d+-|\.js$/g, '');
  if (!out.length && NOTES[name]) out.push(...NOTES[name](rs, stage, own));
  for (const m of row.markers) {
    if (rs.some((r) => r.bytes.includes(m) || r.raw.some((v) => v.includes(m)))) out.push(`${m} in an answer`);
    if (stage.output.includes(m)) out.push(`${m} in the log`);
  }
  if (OWN.some((s) => own.includes(s))) out.push('a secret of the service in the log');
  return [...out, ...judgeOthers(outcome, stage), ...leftovers, ...judgeWorkers(outcome, stage, rs)];
}

// A run that was cut off costs its worker; so does a slow leak, in time.
function judgeWorkers(outcome, stage, rs) {
  const costs = rs.some((r) => r.status === 504) || outcome.repeat > 100, out = [];
  if (outcome.worker === 'kept' && !costs && stage.lostWorkers()) out.push(late(`${stage.lostWorkers()} workers lost`));
  if (outcome.rss_mib_max && !process.env.ROOMKEY_ASAN && stage.peakMb > MEMORY_MB * 1.1) out.push(late(`a worker held ${Math.round(stage.peakMb)} MB`));
  return out;
}

function judgeOthers(outcome, stage) {
  const bad = stage.probes.filter((p) => !p.ok), out = [];
  if (stage.other.code !== undefined) out.push(`the other service ended with ${stage.other.code}: ${stage.other.err.slice(-300)}`);
  if (bad.length) out.push(late(`${bad.length} of ${stage.probes.length} probes failed (${bad[0].status || bad[0].error}${bad[0].other ? ', of the other service' : ''})`));
  const ms = stage.probes.map((p) => p.ms).sort((a, b) => a - b), p99 = ms[Math.floor(0.99 * (ms.length - 1))];
  if (/p99/.test(outcome.others) && p99 > 100 * slow) out.push(late(`probes p99 ${Math.round(p99)} ms`));
  return out;
}
