// A county on a database of its own, its server, and people who ask it: what the scenario tests share.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const root = path.dirname(path.dirname(path.dirname(new URL(import.meta.url).pathname)));
export const program = process.env.JINGJIAN_PROGRAM || path.join(root, 'build/jingjian');
export const password = 'qingxi-demo-2026';

process.setMaxListeners(100); // one for each server and folder that is to go with the process

/** A folder of this test's own; it goes with the process. */
export function tempFolder(name) {
    const folder = mkdtempSync(path.join(tmpdir(), `jingjian-${name}-`));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
}

/** TAP: named steps; the exit code says whether all went well. */
export class Steps {
    n = 0;
    failed = 0;
    prefix = '';
    constructor() { console.log('TAP version 13'); }
    step(name, ok, why = '') {
        console.log(`${ok ? 'ok' : 'not ok'} ${++this.n} - ${this.prefix}${name}`);
        if (!ok) {
            this.failed++;
            console.log(`# ${String(why).replaceAll('\n', '\n# ')}`);
        }
        return ok;
    }
    skip(name, why) { console.log(`ok ${++this.n} - ${this.prefix}${name} # SKIP ${why}`); }
    end() {
        console.log(`1..${this.n}`);
        process.exitCode = this.failed ? 1 : 0;
    }
}

/** A command: { code, out, err }. input goes to its standard input. */
export function command(args, { input, env } = {}) {
    const p = spawnSync(program, args, { encoding: 'utf8', input, timeout: 900_000, env: env ? { ...process.env, ...env } : process.env, maxBuffer: 1 << 28 });
    return { code: p.status, out: p.stdout, err: p.stderr };
}
export function run(...args) {
    const r = command(args);
    if (r.code !== 0) throw new Error(`jingjian ${args.join(' ')}: ${r.code} ${r.err}`);
    return r.out;
}

/** The server of a folder; wrap: a program and its arguments before it. */
export class Server {
    constructor(data, { args = [], wrap = [], env = {} } = {}) {
        const all = [...wrap, program, 'serve', '--data', data, '--listen', '127.0.0.1:0', ...args];
        this.log = '';
        this.said = '';
        this.process = spawn(all[0], all.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
        this.process.stderr.on('data', d => { this.log = (this.log + d).slice(-200000); });
        this.ended = new Promise(done => this.process.on('exit', (code, signal) => done(code ?? signal)));
        this.up = new Promise((done, fail) => {
            this.process.stdout.on('data', d => {
                this.said += d;
                const m = /http:\/\/127\.0\.0\.1:(\d+)/.exec(this.said);
                if (m) done(Number(m[1]));
            });
            this.ended.then(code => fail(new Error(`the server ended with ${code}: ${this.log}`)));
        });
        this.up.catch(() => {}); // whoever waits for it is told
        process.on('exit', () => this.process.kill('SIGKILL'));
    }
    async start() {
        this.port = await this.up;
        return this;
    }
    async stop(signal = 'SIGTERM') {
        this.process.kill(signal);
        return this.ended;
    }
    /** Bytes into a socket; what comes back until the other end closes or `until` is in it. */
    raw(bytes, { until, ms = 8000 } = {}) {
        return new Promise(done => {
            const s = net.connect(this.port, '127.0.0.1');
            let got = '';
            const end = () => { clearTimeout(timer); s.destroy(); done(got); };
            const timer = setTimeout(end, ms);
            s.on('connect', () => s.write(bytes));
            s.on('data', d => {
                got += d.toString('latin1');
                if (until && got.includes(until)) end();
            });
            s.on('error', end);
            s.on('close', end);
        });
    }
}

function ask(port, method, target, headers, body) {
    return new Promise((done, fail) => {
        const r = http.request({ port, host: '127.0.0.1', method, path: target, headers: { ...headers, ...(body ? { 'Content-Length': Buffer.byteLength(body) } : {}) } }, a => {
            const parts = [];
            a.on('data', d => parts.push(d));
            a.on('end', () => {
                const bytes = Buffer.concat(parts), text = bytes.toString();
                let json = null;
                if ((a.headers['content-type'] || '').startsWith('application/json')) try { json = JSON.parse(text); } catch { /* stays null */ }
                done({ status: a.statusCode, headers: a.headers, bytes, text, json, message: json?.error?.message ?? '' });
            });
            a.on('error', fail);
        });
        r.on('error', fail);
        r.end(body);
    });
}

export function multipart(fields, files) {
    const boundary = 'jingjian-scenario-7d1c', parts = [];
    for (const [k, v] of Object.entries(fields))
        parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${k}"\r\n\r\n${v}\r\n`));
    for (const f of files) {
        parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${f.field ?? 'file'}"; filename="${f.name}"\r\n` +
            'Content-Type: application/octet-stream\r\n\r\n'), Buffer.from(f.bytes), Buffer.from('\r\n'));
    }
    parts.push(Buffer.from(`--${boundary}--\r\n`));
    return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(parts) };
}

/** Somebody with a browser (session and CSRF token) or a program (bearer token). Answers are asked for as JSON unless html is set. */
export class Person {
    constructor(server, { token, headers = {} } = {}) {
        this.server = server;
        this.token = token;
        this.cookie = '';
        this.csrf = '';
        this.headers = headers;
    }
    head({ html, headers } = {}) {
        const h = { Accept: html ? 'text/html' : 'application/json', ...this.headers, ...headers };
        if (this.token) h.Authorization = `Bearer ${this.token}`;
        if (this.cookie) h.Cookie = this.cookie;
        return h;
    }
    get(target, how = {}) { return ask(this.server.port, 'GET', target, this.head(how)); }
    async send(method, target, type, body, how = {}) {
        const h = this.head(how);
        if (type) h['Content-Type'] = type;
        if (this.csrf && !this.token) h['X-CSRF-Token'] = how.csrf ?? this.csrf;
        return ask(this.server.port, method, target, h, body);
    }
    post(target, fields = {}, how = {}) {
        return this.send('POST', target, 'application/x-www-form-urlencoded', new URLSearchParams(fields).toString(), how);
    }
    json(target, value, how = {}) {
        const text = typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value);
        return this.send('POST', target, 'application/json', text, how);
    }
    upload(target, name, bytes, fields = {}, how = {}) {
        const m = multipart(fields, [{ name, bytes }]);
        return this.send('POST', target, m.type, m.body, how);
    }
    async signIn(account, word = password) {
        const r = await ask(this.server.port, 'POST', '/signin', { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'text/html', ...this.headers },
            new URLSearchParams({ account, password: word }).toString());
        const cookie = (r.headers['set-cookie'] ?? []).map(c => c.split(';')[0]).find(c => c.startsWith('session='));
        if (r.status === 303 && cookie) {
            this.cookie = cookie;
            this.csrf = /name="csrf" value="([^"]+)"/.exec((await this.get('/me', { html: true })).text)?.[1] ?? '';
        }
        return r;
    }
}

/** What a statement says, a line for a row; on the county's own database. */
export class Database {
    constructor(data, url, schema) {
        this.data = data;
        this.url = url;
        this.schema = schema;
    }
    get args() { return this.url ? ['--db', this.url, '--schema', this.schema] : []; }
    sql(text) {
        if (!this.url)
            return execFileSync('sqlite3', ['-cmd', '.timeout 10000', path.join(this.data, 'county.db'), text], { encoding: 'utf8' }).trim();
        return execFileSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', this.url, '-c', `SET search_path TO "${this.schema}"; SET client_min_messages TO warning`, '-c', text],
            { encoding: 'utf8' }).trim();
    }
    /**
     * A short text that differs when anything of the county has changed: rows of every table that holds content, who changed them
     * last, records but for those of signing in and of reading. Dry runs (imports that wait) do not count, nor does what the
     * program's own jobs do meanwhile.
     */
    state() {
        const tables = ['unit', 'file', 'erasure', 'role_unit', 'value', 'score', 'node', 'report', 'warning_step', 'rule_version', 'activation'];
        const dated = ['setting', 'unit_term', 'account', 'role_grant', 'token', 'scheme', 'point', 'computation', 'map', 'map_tile', 'rule', 'warning'];
        const parts = [
            ...tables.map(t => `SELECT '${t}', count(*), coalesce(max(id), 0) FROM ${t}`),
            ...dated.map(t => `SELECT '${t}', count(*), coalesce(sum(record_id), 0) FROM ${t}`),
            `SELECT 'import', count(*), coalesce(max(id), 0) FROM import WHERE state <> 'checked' AND state <> 'given_up'`,
            `SELECT 'values', count(*), coalesce(sum(version), 0) FROM value`,
            `SELECT 'scheme.' || state, count(*), coalesce(sum(version), 0) FROM scheme GROUP BY state`,
            `SELECT kind, count(*), max(id) FROM record WHERE kind NOT IN ('account.signed_in', 'account.signed_out', 'account.blocked', 'read.journal', 'journal.kept',
                'hint.set', 'matter.clock', 'pull.run') GROUP BY kind`,
        ];
        return this.sql(parts.join(' UNION ALL ') + ' ORDER BY 1, 2, 3').replaceAll('\n', ' ');
    }
}

/** Until ok() holds; false when it never did. */
export async function until(ok, ms = 10000) {
    for (const end = Date.now() + ms; Date.now() < end; await new Promise(done => setTimeout(done, 50)))
        if (await ok()) return true;
    return false;
}
