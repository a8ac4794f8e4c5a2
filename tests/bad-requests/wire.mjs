// Bytes to the server and back, on one connection, bounded in time.
import net from 'node:net';

export const BYTES_MAX = 3000; // longer rows are not sent byte by byte

/** The bytes of a row: `raw_b64`, or `parts` that repeat. */
export function bytesOf(row) {
  if (!row.parts) return Buffer.from(row.raw_b64, 'base64');
  return Buffer.concat(row.parts.map((p) => repeat(Buffer.from(p.b64, 'base64'), p.repeat)));
}

const repeat = (piece, times) => Buffer.alloc(piece.length * times, piece.length ? piece : 0);

const immediate = () => new Promise((done) => setImmediate(done));

async function send(sock, bytes, mode) {
  if (mode === 'whole') return new Promise((done) => sock.write(bytes, done));
  for (let i = 0; i < bytes.length && sock.writable; i++) {
    sock.write(bytes.subarray(i, i + 1));
    await immediate();
  }
}

/**
 * Sends bytes and reads until the server closes, or is silent for `wait` ms, and `wait` / 3 more after
 * our FIN. Resolves to { out, eof, error }: eof is true when the server ended the connection.
 */
export function exchange(port, bytes, { mode = 'whole', wait = 1500 } = {}) {
  return new Promise((done) => {
    const sock = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const got = { out: Buffer.alloc(0), eof: false, error: null, connected: false };
    const parts = [];
    const latest = Date.now() + 20 * wait; // an answer that trickles for ever ends here
    let sent = false, shut = false, timer;
    const finish = () => {
      clearTimeout(timer);
      sock.destroy();
      got.out = Buffer.concat(parts);
      done(got);
    };
    const arm = (ms) => {
      clearTimeout(timer);
      timer = setTimeout(onSilence, Math.max(0, Math.min(ms, latest - Date.now())));
    };
    const onSilence = () => {
      if (shut || Date.now() >= latest) return finish();
      shut = true;
      sock.end();
      arm(wait / 3);
    };
    arm(13 * wait); // to connect and send
    sock.setNoDelay(true);
    sock.on('connect', () => {
      got.connected = true;
      send(sock, bytes, mode).then(() => {
        sent = true;
        arm(wait);
      });
    });
    sock.on('data', (d) => {
      parts.push(d);
      if (sent && !shut) arm(wait);
    });
    sock.on('end', () => ((got.eof = true), finish()));
    sock.on('error', (e) => ((got.error = e.code), (got.eof = true), finish()));
  });
}
