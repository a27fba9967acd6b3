// kill -9 in a loop under load with a witness watching, on both databases: no acknowledged write is lost, the log never forks (the
// witness, a process of its own, co-signs only what continues what it has seen), and the audit finds everything whole. A log set
// back is not co-signed. Prints TAP.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { command, Database, password, Person, program, run, Server, Steps, tempFolder, until } from './lib/county.mjs';

const t = new Steps(), folder = tempFolder('witness'), rounds = 12, clients = 8;
const origin = 'kill.example/test';

function get(url) {
    return new Promise(done => http.get(url, a => {
        let text = '';
        a.on('data', d => { text += d; });
        a.on('end', () => done(a.statusCode === 200 ? text : ''));
    }).on('error', () => done('')));
}

/** The witness of a log; it can be killed and comes back on the same port with what it knew. */
class Witness {
    constructor(data, vkey) { Object.assign(this, { data, log: vkey, port: 0 }); }
    async start() {
        this.process = spawn(program, ['witness', '--data', this.data, '--listen', `127.0.0.1:${this.port}`, '--name', 'witness.example/a', '--log', this.log],
            { stdio: ['ignore', 'pipe', 'ignore'] });
        process.on('exit', () => this.process.kill('SIGKILL'));
        this.ended = new Promise(done => this.process.on('exit', done));
        const said = await new Promise(done => {
            let text = '';
            this.process.stdout.on('data', d => { text += d; if (/http:.*\n/.test(text)) done(text); });
        });
        [this.vkey, this.url] = said.trim().split('\n');
        this.port = Number(/:(\d+)\//.exec(this.url)[1]);
        return this;
    }
    async stop(signal) {
        this.process.kill(signal);
        await this.ended;
    }
    /** Size and root of the newest checkpoint it holds. */
    async holds() {
        const lines = (await get(`${this.url}${createHash('sha256').update(origin).digest('hex')}/checkpoint`)).split('\n');
        return { size: Number(lines[1] || 0), root: lines[2] };
    }
}

async function loop(name, url) {
    const data = path.join(folder, name), schema = `witness_${process.pid}`, db = new Database(data, url, schema);
    t.prefix = `${name}: `;
    run('init', '--data', data, '--name', '县', '--origin', origin, ...db.args);
    for (const [code, role] of [['boss', 'platform'], ['sys', 'sysadmin']]) {
        run('account', 'add', '--data', data, '--code', code, '--name', '甲', '--role', role);
        command(['account', 'passwd', code, '--data', data, '--stdin'], { input: `${password}\n` });
    }
    writeFileSync(path.join(folder, 'units.csv'), 'code,parent,name,kind,peer_group,from,to\nC,,小县,county,,2020-01-01,\n');
    run('import', 'units', path.join(folder, 'units.csv'), '--data', data, '--as', 'boss');
    const vkey = /kill\.example\/test\+\S+/.exec(run('audit', '--data', data))[0];
    const witness = await new Witness(path.join(folder, `${name}-witness`), vkey).start();

    let server = await new Server(data).start();
    const sys = new Person(server), boss = new Person(server);
    await sys.signIn('sys');
    await boss.signIn('boss');
    const set = await sys.post('/settings', { 'log.policy': `witness a ${witness.vkey} ${witness.url}\nquorum a`, why: '请见证' });
    t.step('the witness is named in the settings', set.status === 201, set.text);
    t.step('it co-signs', await until(async () => (await witness.holds()).size > 0), JSON.stringify(await witness.holds()));

    const kept = [], roots = new Map();
    let next = 0, killed = 0, forked = '', behind = '', early = '';
    const see = (size, root) => { // one size never has two roots
        if (roots.has(size) && roots.get(size) !== root) forked ||= `size ${size}`;
        roots.set(size, root);
    };
    for (let round = 0; round < rounds; round++) {
        let going = true;
        const client = async () => {
            while (going) {
                const code = `K${next++}`;
                try {
                    const r = await boss.post('/unit/new', { code, name: '单位', kind: 'department', parent: 'C', peer_group: '部门', from: '2026-01-01', request_id: `kill-${code}-0` });
                    if (r.status === 201) kept.push(code);
                    else if (r.status !== 503 && r.status !== 429) early ||= `${r.status} ${r.text}`;
                } catch { return; } // the server is gone
            }
        };
        const all = Promise.all(Array.from({ length: clients }, client));
        await new Promise(done => setTimeout(done, 40 + (round * 97) % 400));
        if (round % 4 === 2) await witness.stop('SIGKILL');
        await server.stop('SIGKILL');
        killed++;
        going = false;
        await all;
        if (round % 4 === 2) await witness.start();
        const held = await witness.holds();
        see(held.size, held.root);
        if (round === 3) cpSync(data, `${data}-old`, { recursive: true, filter: f => !f.endsWith('.sock') });
        server = boss.server = sys.server = await new Server(data).start();
        // What is there already is sealed, signed and co-signed after the restart: then the witness holds more than before.
        const due = Number(db.sql('SELECT count(*) FROM record'));
        if (!await until(async () => (await witness.holds()).size >= due, 20000)) behind ||= `round ${round}: ${JSON.stringify(await witness.holds())} of ${due}`;
        const now = await witness.holds(), [, size, root] = (await get(`http://127.0.0.1:${server.port}/log/checkpoint`)).split('\n');
        see(now.size, now.root);
        see(Number(size), root);
    }
    t.step(`the server was killed ${killed} times under load`, kept.length > rounds, `${kept.length} acknowledged`);
    t.step('no request failed otherwise', early === '', early);
    const there = new Set(db.sql("SELECT code FROM unit WHERE code LIKE 'K%'").split('\n'));
    const lost = kept.filter(c => !there.has(c));
    t.step(`nothing of ${kept.length} acknowledged writes was lost`, lost.length === 0, lost.join(' '));
    t.step('the witness accepted the log after each restart', behind === '', behind);
    t.step('no size of the log has two roots', forked === '', forked);
    const again = await boss.post('/unit/new', { code: kept[0], name: '单位', kind: 'department', parent: 'C', peer_group: '部门', from: '2026-01-01', request_id: `kill-${kept[0]}-0` });
    t.step('what was acknowledged before a kill is not done again', [201, 409].includes(again.status) && db.sql(`SELECT count(*) FROM record WHERE kind = 'unit.set' AND unit = '${kept[0]}'`) === '1', `${again.status} ${again.text} ${db.sql(`SELECT kind, unit, subject FROM record WHERE unit = '${kept[0]}' OR subject = '${kept[0]}'`)}`);
    t.step('the server stops cleanly', await server.stop() === 0);
    const audit = command(['audit', '--data', data]);
    t.step('the audit finds everything whole, and the witness named', audit.code === 0 && audit.out.includes('witness.example/a'), audit.out + audit.err);

    if (!url) { // a copy of before that goes on by itself is another history
        const old = `${data}-old`, copy = new Database(old, null, null), before = await witness.holds();
        server = boss.server = await new Server(old).start();
        for (let i = 0; i < 5; i++) await boss.post('/unit/new', { code: `F${i}`, name: '叉', kind: 'department', parent: 'C', peer_group: '部门', from: '2026-01-01' });
        const said = await until(() => /"level":"error".*witness/.test(server.log), 15000);
        const after = await witness.holds();
        t.step('a log set back is not co-signed', after.size === before.size && after.root === before.root, JSON.stringify([before, after]));
        t.step('and its server knows that the witness holds more', said, server.log.split('\n').filter(l => !l.includes('"request"')).join('\n'));
        t.step('it signs nothing more', copy.sql('SELECT signed_size FROM log_head') === copy.sql('SELECT public_size FROM log_head'), copy.sql('SELECT size, signed_size, public_size FROM log_head'));
        await server.stop();
    }
    await witness.stop('SIGTERM');
    if (url) db.sql(`DROP SCHEMA "${schema}" CASCADE`);
}

await loop('sqlite', null);
if (process.env.JINGJIAN_PG) await loop('postgresql', process.env.JINGJIAN_PG);
else { t.prefix = ''; t.skip('postgresql', 'JINGJIAN_PG is not set'); }
t.end();
