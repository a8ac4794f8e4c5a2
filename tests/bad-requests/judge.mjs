// What an exchange shows, and whether it is what its row expects.

const LEAKS = ['root:x:0:', 'PRIVATE-MARKER', 'exports.handler'];
const FINE_5XX = [501, 503, 505];
const HEAD = /HTTP\/1\.[01] (\d{3})[ \r]/;

/** The answers in `out`, each as { status, head }. */
function answers(out) {
  const pieces = out.split(new RegExp(`(?=${HEAD.source.replace(/[()]/g, (c) => (c === '(' ? '(?:' : c))})`));
  return pieces.flatMap((piece) => {
    const m = HEAD.exec(piece);
    return m && m.index === 0 ? [{ status: Number(m[1]), head: piece.slice(0, (piece.indexOf('\r\n\r\n') + 1 || piece.length + 1) - 1) }] : [];
  });
}

const field = (head, name) => new RegExp(`\\n${name}: *([^\\r\\n]*)`, 'i').exec(head)?.[1];

/** Every answer that a function or a file gave: what the server took for a request, and let through. */
function isHandled({ status, head }) {
  if (status >= 200 && status < 300) return field(head, 'Access-Control-Allow-Methods') === undefined;
  return status < 400 && (status === 304 || field(head, 'X-H') !== undefined);
}

/** { statuses, handled: [path or "a file"] } */
export function facts(got) {
  const all = answers(got.out.toString('latin1'));
  return {
    statuses: all.map((a) => a.status),
    handled: all.filter(isHandled).map((a) => field(a.head, 'X-H') ?? 'a file'),
    heads: all.map((a) => a.head),
  };
}

/** Things that no answer may show, whatever its row expects. */
function always(row, got, { statuses, handled, heads }) {
  const f = [];
  const text = got.out.toString('latin1');
  if (row.smuggle && handled.some((h) => h.includes('SMUGGLED'))) f.push('CANARY');
  if (statuses.some((s) => s >= 500 && !FINE_5XX.includes(s))) f.push('5XX');
  if (LEAKS.some((l) => text.includes(l))) f.push('LEAK');
  if (heads.some((h) => field(h, 'X-Evil') !== undefined)) f.push('HEADER-INJECTION');
  if (heads.some((h) => field(h, 'X-Polluted') !== undefined)) f.push('POLLUTED');
  if (heads.some((h) => /^(https?:)?[/\\]{2}(?!localhost\b|127\.)/i.test(field(h, 'Location') ?? ''))) f.push('OFF-SITE');
  return f;
}

/** The words for what is not as the row expects; none when all is. */
export function judge(row, got, seen) {
  const { expect } = row;
  const { statuses, handled } = seen;
  if (!got.connected) return ['NO-CONNECTION'];
  const f = always(row, got, seen);
  const first = statuses.find((s) => s !== 100) ?? 0;
  if (expect.class === 'reject') {
    if (handled.length > expect.handled) f.push('ACCEPTED');
    else if (first >= 200 && first < 300 && !expect.status.includes(first)) f.push('2XX');
    if (!statuses.length && !got.eof) f.push('HELD');
  } else if (expect.class === 'accept') {
    const interim = statuses.includes(100) && expect.status.includes(100);
    if (!expect.status.includes(first) && !interim) f.push('REFUSED');
    else if (expect.responses !== undefined && statuses.filter((s) => s !== 100).length !== expect.responses) f.push('RESPONSES');
  } else if (handled.length > expect.handled) f.push('TOO-MANY');
  return f;
}

/** True when a request was let through that RFC 9110 or 9112 says MUST be refused. */
export const isWronglyAccepted = (row, fails) =>
  row.strength === 'must' && fails.some((f) => ['ACCEPTED', '2XX', 'TOO-MANY'].includes(f));
