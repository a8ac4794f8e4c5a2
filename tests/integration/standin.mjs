// A stand-in for the admin listener of `roomkey serve`: its own API and the vendor's shapes, in memory, and every request
// written down. It knows no rules but those that the command leans on.
import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';

const sid = (prefix) => prefix + randomBytes(16).toString('hex');
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

export class Refusal extends Error {
  constructor(status, code, message, more = {}) {
    super(message);
    this.answer = { code, message, more_info: '', status, request_id: sid('RQ'), ...more };
  }
}

export class Standin {
  constructor({ pageSize = 1000, tls = null } = {}) {
    Object.assign(this, { pageSize, calls: [], services: [], keys: [], account: null, code: 'ABCD-1234', logs: [], streams: [] });
    this.scheme = tls ? 'https' : 'http';
    this.server = (tls ? https : http).createServer(tls || {}, (req, res) => this.#serve(req, res));
  }

  async start() {
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.port = this.server.address().port;
    this.url = `${this.scheme}://127.0.0.1:${this.port}`;
    return this;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  #serve(req, res) {
    const parts = [];
    req.on('data', (d) => parts.push(d));
    req.on('end', () => {
      const raw = Buffer.concat(parts).toString('utf8');
      const url = new URL(req.url, this.url);
      const type = req.headers['content-type'] || '';
      const body = type.includes('json') ? JSON.parse(raw || 'null') : Object.fromEntries(new URLSearchParams(raw));
      this.calls.push({ method: req.method, path: url.pathname, query: Object.fromEntries(url.searchParams), type, body, auth: req.headers.authorization });
      try {
        if (req.headers.accept === 'text/event-stream') return this.#stream(res);
        const [status, answer] = this.answer(req, url, body);
        res.writeHead(status, { 'Content-Type': 'application/json' });
        res.end(status === 204 ? undefined : JSON.stringify(answer));
      } catch (e) {
        if (!(e instanceof Refusal)) throw e;
        res.writeHead(e.answer.status, { 'Content-Type': 'application/json' });
        res.end(JSON.stringify(e.answer));
      }
    });
  }

  #stream(res) {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.write(': hello\n\n');
    this.streams.push(res);
  }

  send(row) {
    const text = `event: log\ndata: ${JSON.stringify(row)}\n\n`;
    // In two pieces, cut in the middle of the line.
    this.streams.forEach((s) => (s.write(text.slice(0, 20)), setTimeout(() => s.write(text.slice(20)), 20)));
  }

  login({ user = this.account.account_sid, secret = this.account.auth_token } = {}) {
    return 'Basic ' + Buffer.from(`${user}:${secret}`).toString('base64');
  }

  #allowed(req) {
    const all = [this.login(), ...this.keys.map((k) => this.login({ user: k.sid, secret: k.secret }))];
    if (!all.includes(req.headers.authorization)) throw new Refusal(401, 20003, 'Authenticate');
  }

  answer(req, url, body) {
    const path = url.pathname;
    if (req.method === 'POST' && path === '/roomkey/v1/Setup') return this.#setup(body);
    this.#allowed(req);
    if (path.startsWith('/roomkey/v1/')) return this.own(req.method, path.slice(12).split('/'), url.searchParams, body);
    if (path.startsWith('/v1/Services')) return this.vendor(req.method, path.slice(4).split('/'), url, body);
    throw new Refusal(404, 20404, 'no such path');
  }

  #setup(body) {
    if (this.account) throw new Refusal(409, 'RK-740', 'It is set up already.');
    if (body.code !== this.code) throw new Refusal(403, 'RK-741', 'That is not the code.');
    this.account = { account_sid: sid('AC'), auth_token: randomBytes(16).toString('hex'), friendly_name: body.account_name || 'main' };
    return [201, { ...this.account, ...(body.name ? { person: { sid: sid('US'), name: body.name, role: 'owner' } } : {}) }];
  }

  // ---- our own API

  own(method, [noun, id, ...more], query, body) {
    const key = () => this.keys.find((k) => k.sid === id) || this.#absent(id);
    switch (`${method} ${noun}`) {
      case 'GET Account': return [200, { sid: this.account.account_sid, friendly_name: this.account.friendly_name, date_created: '2026-11-24T04:04:21Z' }];
      case 'GET Accounts': return [200, { accounts: [{ sid: this.account.account_sid, friendly_name: 'main', date_created: '2026-11-24T04:04:21Z' }] }];
      case 'POST Accounts': return [201, { sid: sid('AC'), auth_token: 'f'.repeat(32), friendly_name: body.friendly_name }];
      case 'GET Keys': return [200, { keys: this.keys.map(({ secret, ...k }) => k) }];
      case 'POST Keys': {
        if (id === 'Import' || !id) {
          const row = { sid: body.sid || sid('SK'), secret: body.secret || randomBytes(16).toString('hex'), friendly_name: body.friendly_name, type: body.type || 'standard', region: body.region || null, imported: !!body.sid, disabled: false, last_used: null };
          this.keys.push(row);
          return [201, row];
        }
        return [200, Object.assign(key(), body)];
      }
      case 'DELETE Keys': this.keys.splice(this.keys.indexOf(key()), 1); return [204];
      case 'GET Overview': return [200, { services: this.services.map((s) => ({ ...s.row, environments: s.environments.map((e) => ({ ...e.row, url: this.#url(e), functions: e.parts.filter((p) => p.kind === 'function').length, assets: 0, open_functions: ['/open'], requests_1h: 5, errors_1h: 0 })) })), requests: [], errors: [] }];
      case 'GET Logs': return [200, { logs: this.logs, next_after: this.logs.length > 1 ? 'NO1' : null }];
      case 'GET Audit': return [200, { entries: [{ sid: sid('AU'), date: '2026-11-24T04:04:21Z', actor: this.account.account_sid, action: 'key.create', target_sid: sid('SK'), origin: '127.0.0.1', detail: {} }], next_after: null }];
      case 'POST Backup': return [201, { file: 'roomkey-2026-11-24.db' }];
      case 'GET Services': return this.#content(this.#find(id, more[1]));
      case 'POST Services': return this.#changes(this.#find(id, more[1]), body);
    }
    throw new Refusal(404, 20404, 'no such path');
  }

  #absent(what) {
    throw new Refusal(404, 20404, `The requested resource ${what} was not found`);
  }

  #url(e) {
    return `http://${e.row.domain_name}`;
  }

  #service(id) {
    return this.services.find((s) => s.row.sid === id || s.row.unique_name === id) || this.#absent(id);
  }

  #find(zs, ze) {
    return this.#service(zs).environments.find((e) => e.row.sid === ze) || this.#absent(ze);
  }

  #content(e) {
    const of = (kind) => e.parts.filter((p) => p.kind === kind).map((p) => ({ sid: p.sid, version_sid: p.sid, path: p.path, visibility: p.visibility, size: p.bytes.length, content_digest: digest(p.bytes) }));
    return [200, { build_sid: e.row.build_sid, functions: of('function'), assets: of('asset'), variables_read: [], variables_missing: [] }];
  }

  #changes(e, { base_build, put, remove }) {
    if (base_build !== e.row.build_sid) throw new Refusal(409, 'RK-742', 'Another build is live.', { live_build: e.row.build_sid });
    const bytesOf = (p) => Buffer.from(p.content ?? p.content_base64, p.content === undefined ? 'base64' : 'utf8');
    const bad = put.find((p) => bytesOf(p).includes('SYNTAX'));
    if (bad) throw new Refusal(422, 'RK-730', 'It does not compile.', { problems: [{ path: bad.path, line: 2, column: 7, message: 'Unexpected token', source: 'const SYNTAX ERROR' }] });
    const same = (a, b) => a.kind === b.kind && a.path === b.path;
    e.parts = e.parts.filter((p) => ![...put, ...remove].some((q) => same(p, q)));
    e.parts.push(...put.map((p) => ({ kind: p.kind, path: p.path, visibility: p.visibility, sid: sid('ZH'), bytes: bytesOf(p) })));
    this.deploy(e, sid('ZB'));
    return [201, { build_sid: e.row.build_sid, deployment_sid: e.deployments[0].sid, url: this.#url(e), took_ms: 12, added: [], changed: [], removed: [], unchanged: 0 }];
  }

  deploy(e, build) {
    e.row.build_sid = build;
    e.deployments.unshift({ sid: sid('ZD'), build_sid: build, environment_sid: e.row.sid, date_created: '2026-11-24T04:04:21Z' });
  }

  // ---- the vendor's shapes

  #list(url, key, rows) {
    const size = Math.min(this.pageSize, Number(url.searchParams.get('PageSize') || 50));
    const from = Number(url.searchParams.get('PageToken') || 0);
    const next = from + size < rows.length ? `https://elsewhere.example${url.pathname}?PageSize=${size}&PageToken=${from + size}` : null;
    return [200, { [key]: rows.slice(from, from + size), meta: { key, next_page_url: next } }];
  }

  vendor(method, [, zs, list, ze, sub, id], url, body) {
    if (!zs) return method === 'GET' ? this.#list(url, 'services', this.services.map((s) => s.row)) : this.#createService(body);
    const s = this.#service(zs);
    if (!list && method === 'DELETE') return this.services.splice(this.services.indexOf(s), 1), [204];
    if (!list) return [200, s.row];
    if (!ze) return method === 'GET' ? this.#list(url, 'environments', s.environments.map((e) => e.row)) : this.#createEnvironment(s, body);
    return this.#below(method, this.#find(zs, ze), sub, id, url, body);
  }

  #createService(body) {
    if (this.services.some((s) => s.row.unique_name === body.UniqueName)) throw new Refusal(409, 20409, 'The name is taken.');
    const row = { sid: sid('ZS'), unique_name: body.UniqueName, friendly_name: body.FriendlyName, include_credentials: body.IncludeCredentials === 'true' };
    this.services.push({ row, environments: [] });
    return [201, row];
  }

  #createEnvironment(s, body) {
    const suffix = body.DomainSuffix || null;
    const row = { sid: sid('ZE'), unique_name: body.UniqueName, domain_suffix: suffix, domain_name: `${s.row.unique_name}-1234${suffix ? '-' + suffix : ''}.localhost:3000`, build_sid: null };
    s.environments.push({ row, parts: [], variables: [], deployments: [] });
    return [201, row];
  }

  #below(method, e, sub, id, url, body) {
    if (sub === 'Deployments') {
      if (method === 'GET') return this.#list(url, 'deployments', e.deployments);
      this.deploy(e, body.BuildSid);
      return [201, e.deployments[0]];
    }
    const row = id ? e.variables.find((v) => v.sid === id) || this.#absent(id) : null;
    if (method === 'GET') return this.#list(url, 'variables', e.variables);
    if (method === 'DELETE') return e.variables.splice(e.variables.indexOf(row), 1), [204];
    if (row) return Object.assign(row, { key: body.Key, value: body.Value }), [200, row];
    e.variables.push({ sid: sid('ZV'), key: body.Key, value: body.Value });
    return [201, e.variables.at(-1)];
  }
}
