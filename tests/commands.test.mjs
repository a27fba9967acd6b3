// The command line against counties on both databases: beside a running server and without one, backup and restore, jobs,
// exports and imports, and what bad input gets. Prints TAP.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import path from 'node:path';
import { command, Database, password, Person, program, run, Server, Steps, tempFolder, until } from './lib/county.mjs';

const t = new Steps();
const folder = tempFolder('commands');
const at = (...p) => path.join(folder, ...p);
const shows = r => `exit ${r.code}, said ${r.out.slice(0, 300)} ${r.err.slice(0, 500)}`;
const lines = text => text.split('\n').filter(Boolean);

/** The command ends with this code; one line on stderr when it is not 0; and says these texts. */
function ends(name, code, args, says = [], how = {}) {
    const r = command(args, how), all = r.out + r.err;
    const one = code === 0 || lines(r.err).length === 1;
    t.step(name, r.code === code && one && [says].flat().every(s => all.includes(s)), `${args.join(' ')}: ${shows(r)}`);
    return r;
}
/** A command that goes on while others do. */
function begin(args) {
    const p = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '', err = '';
    p.stdout.on('data', d => { out += d; });
    p.stderr.on('data', d => { err += d; });
    return new Promise(done => p.on('close', code => done({ code, out, err })));
}
function flip(file, offset) {
    const bytes = readFileSync(file);
    bytes[offset] ^= 1;
    writeFileSync(file, bytes);
}

// ---- what bad input gets; no county is needed, or an empty one ----
function usage() {
    const data = at('empty'), text = at('text.csv');
    run('init', '--data', data, '--name', '空县', '--origin', 'empty.example/test');
    run('account', 'add', '--data', data, '--code', 'boss', '--name', '甲', '--role', 'platform');
    writeFileSync(text, 'hello\n');
    writeFileSync(at('values.csv'), 'unit,point,period,value,missing,note\nT01,P1,2026Q3,1,,\n');
    const D = ['--data', data];
    t.step('no command is wrong usage, and shows which there are', command([]).code === 2 && command([]).out.includes('restore'));
    ends('an unknown command is named', 2, ['dance'], 'dance');
    ends('an unknown option is named', 2, ['export', 'units', ...D, '--colour', 'red'], '--colour');
    ends('an option given twice', 2, ['export', 'units', ...D, '--format', 'csv', '--format', 'csv'], '--format');
    ends('an option without its value', 2, ['compute', ...D, '--period'], ['--period', 'PERIOD']);
    ends('an option that is needed', 2, ['compute', ...D], '--period');
    ends('an argument too many', 2, ['job', 'run', 'clean', 'more', ...D], 'more');
    ends('a period that is none', 2, ['compute', ...D, '--period', '2026Q5'], ['2026Q5', '2026Q3']);
    ends('an unknown format', 2, ['export', 'units', ...D, '--format', 'pdf'], 'pdf');
    ends('an unknown thing to export', 2, ['export', 'dances', ...D], ['dances', 'records']);
    ends('an unknown thing to import', 2, ['import', 'dances', text, ...D, '--as', 'boss'], ['dances', 'values']);
    ends('an unknown job', 2, ['job', 'run', 'dance', ...D], ['dance', 'backup']);
    ends('a job that needs a period', 2, ['job', 'run', 'compute', ...D], '--period');
    ends('a job that takes none', 2, ['job', 'run', 'clean', ...D, '--period', '2026Q3'], 'clean');
    ends('a job number that is none', 2, ['job', 'cancel', 'first', ...D], 'first');
    ends('an unknown state of jobs', 2, ['job', 'list', ...D, '--state', 'tired'], 'tired');
    ends('days of a token that are too many', 2, ['token', 'add', ...D, '--account', 'boss', '--name', 'x', '--days', '9999'], '--days');
    const known = new URL('corpus/draw/strata.draw', import.meta.url).pathname, drawn = readFileSync(known, 'utf8');
    ends('a published draw is drawn again', 0, ['draw', 'verify', known], ['L-3', '11']);
    writeFileSync(at('other.draw'), drawn.replace('\nseed\n05', '\nseed\n04'));
    ends('a draw with another seed', 1, ['draw', 'verify', at('other.draw')], 'Number 1 of the result');
    writeFileSync(at('list.draw'), drawn.replace('C/C0002\n\n', 'C/C0004\n\n'));
    ends('a draw whose list was changed', 1, ['draw', 'verify', at('list.draw')], 'digest');
    ends('a draw with a receipt and nobody trusted', 2, ['draw', 'verify', known, '--receipt', known], '--vkey');
    ends('a draw that is not there', 3, ['draw', 'verify', at('none.draw')], 'none.draw');
    ends('a listening address that is none', 2, ['serve', ...D, '--listen', '8080'], '8080');
    ends('a zone that is none', 2, ['serve', ...D, '--zone', 'moon'], 'moon');
    ends('a map where there is none', 2, ['import', 'units', text, ...D, '--as', 'boss', '--map', text], '--map');
    ends('a dry run has no receipt', 2, ['import', 'values', text, ...D, '--as', 'boss', '--dry-run', '--receipt', at('r')], '--dry-run');
    ends('restore without a file decides something', 2, ['restore', ...D], 'FILE');
    ends('two decisions', 2, ['restore', ...D, '--new-origin', 'a', '--i-know-size', '1'], '--new-origin');
    ends('a size that is none', 2, ['restore', ...D, '--i-know-size', 'many'], 'many');
    ends('neither a unit nor all', 2, ['report', ...D, '--period', '2026Q3', '--format', 'pdf', '--out', at('r')], '--all');
    ends('an audit of two things', 2, ['audit', ...D, '--tiles', data], '--tiles');

    for (const args of [['export', 'units'], ['compute', '--period', '2026Q3'], ['audit'], ['backup', '--out', at('x.tar')], ['account', 'list'], ['job', 'list'], ['serve']])
        ends(`${args[0]}: a folder that is not there`, 3, [...args, '--data', at('nowhere')], 'nowhere');
    t.step('nothing was made of it', !existsSync(at('nowhere')) && !existsSync(at('x.tar')));
    ends('a file that is not there', 3, ['import', 'values', at('none.csv'), ...D, '--as', 'boss'], 'none.csv');
    ends('a folder where a file belongs', 1, ['import', 'values', folder, ...D, '--as', 'boss'], folder);
    ends('a backup that is not there', 3, ['restore', at('none.tar'), '--data', at('restored')], 'none.tar');
    ends('a backup that is none', 1, ['restore', text, '--data', at('restored')], 'text.csv');
    t.step('nothing is left of it', !existsSync(at('restored')));
    ends('a backup over a file', 1, ['backup', ...D, '--out', text], 'text.csv');
    ends('a backup into a folder that is not there', 3, ['backup', ...D, '--out', at('no/where.tar')], 'where.tar');
    ends('a county where there is one', 1, ['init', ...D], data);
    ends('an unknown account', 1, ['import', 'values', at('values.csv'), ...D, '--as', 'nobody'], 'nobody');
    ends('an account that may not', 1, ['import', 'scheme', at('values.csv'), ...D, '--as', 'nobody'], 'nobody');
    ends('an account that is there', 1, ['account', 'add', ...D, '--code', 'boss', '--name', '乙'], 'boss');
    ends('an unknown unit', 1, ['account', 'add', ...D, '--code', 'b2', '--name', '乙', '--unit', 'T99'], 'T99');
    ends('an unknown role', 1, ['account', 'role', 'boss', ...D, '--give', 'king'], 'king');
    ends('a password that is too short', 1, ['account', 'passwd', 'boss', ...D, '--stdin'], [], { input: 'x\n' });
    ends('no password at all', 1, ['account', 'passwd', 'boss', ...D, '--stdin'], [], { input: '' });
    ends('nothing to compute by', 1, ['compute', ...D, '--period', '2026Q3']);
    ends('nothing computed', 1, ['export', 'scores', ...D, '--period', '2026Q3'], '2026Q3');
    ends('nothing computed at all', 1, ['export', 'values', ...D]);
    ends('no report', 1, ['report', ...D, '--unit', 'T01', '--period', '2026Q3', '--format', 'pdf', '--out', at('r.pdf')], 'T01');
    ends('units of a county without any', 0, ['export', 'units', ...D], 'code,parent,name');
    ends('no such job', 1, ['job', 'cancel', '77', ...D]);
    ends('no such token', 1, ['token', 'revoke', 'nothing', ...D]);
    ends('a formula says where it is wrong', 1, ['eval', '1 +']);
    // Agreement on files: what cannot be compared is refused, and nothing is written.
    const csv = (name, content) => { writeFileSync(at(name), content); return at(name); };
    const agree = (scores, evaluations) => ['agree', '--scores', scores, '--evaluations', evaluations, '--out', at('agree.json')];
    const s = csv('s.csv', 'uCode,score\nA,1\nB,2\nC,4\nD,3\n'), e = csv('e.csv', 'uCode,eval\nB,2\nA,1\nC,3\nD,4\n');
    ends('agree: no unit in common', 1, agree(s, csv('e1.csv', 'uCode,eval\nX,1\nY,2\nZ,3\n')), 'e1.csv');
    ends('agree: two units', 1, agree(s, csv('e2.csv', 'uCode,eval\nA,1\nB,2\n')), '3');
    ends('agree: all alike', 1, agree(s, csv('e3.csv', 'uCode,eval\nA,1\nB,1\nC,1\nD,1\n')));
    ends('agree: not a number', 1, agree(s, csv('e4.csv', 'uCode,eval\nA,1\nB,high\nC,1\n')), ['B3', 'high']);
    ends('agree: half a file', 1, agree(s, csv('e5.csv', 'uCode,eval\nA,1\nB,2\nC')), 'e5.csv');
    ends('agree: a unit twice', 1, agree(s, csv('e6.csv', 'uCode,eval\nA,1\nA,2\nC,3\n')), 'A');
    ends('agree: a file that is not there', 3, agree(s, at('none.csv')), 'none.csv');
    t.step('agree: nothing was written', !existsSync(at('agree.json')));
    ends('agree: two files', 0, agree(s, e));
    const found = JSON.parse(readFileSync(at('agree.json'), 'utf8'));
    t.step('agree: tau-b and rho with their intervals', found.n === 4 && Math.abs(found.tau_b - 2 / 3) < 1e-12 && Math.abs(found.spearman - 0.8) < 1e-12 &&
        found.tau_b_lo <= found.tau_b && found.tau_b <= found.tau_b_hi && found.spearman_lo <= found.spearman && found.spearman <= found.spearman_hi, JSON.stringify(found));
    const bad = command(['import', 'values', at('values.csv'), ...D, '--as', 'boss']);
    t.step('wrong cells are named, a line each, and the end is one line', bad.code === 1 && /A2.*T01/.test(bad.err) && /B2.*P1/.test(bad.err), shows(bad));
    ends('in Chinese when asked', 1, ['job', 'cancel', '77', ...D, '--lang', 'zh'], '没有这个任务');
    if (existsSync('/dev/full')) {
        const full = openSync('/dev/full', 'w'), r = spawnSync(program, ['export', 'units', ...D], { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
        closeSync(full);
        t.step('a full disk is said', r.status === 3 && lines(r.stderr).length === 1, `${r.status} ${r.stderr}`);
    }
    // A later program has been here.
    copyFileSync(path.join(data, 'county.db'), at('later.db'));
    spawnSync('sqlite3', [path.join(data, 'county.db'), `INSERT INTO migration (number, name, digest, applied_at) SELECT 9999, '9999_later', digest, applied_at FROM migration WHERE number = 1`]);
    for (const args of [['export', 'units'], ['compute', '--period', '2026Q3'], ['serve']])
        ends(`${args[0]}: a database newer than the program`, 1, [...args, ...D], '9999_later');
}

// ---- help and the manual page, of every command ----
function help() {
    const all = command(['help']), zh = command(['help', '--lang', 'zh']), manual = command(['manual']);
    const names = lines(all.out).filter(l => /^ {2}[a-z]/.test(l)).map(l => l.slice(2, 20).trim().split(/ {2,}/)[0]);
    t.step('help lists the commands', all.code === 0 && names.length >= 26 && ['backup', 'restore', 'job run'].every(n => names.includes(n)), names.join(', '));
    for (const n of names) {
        const en = command([...n.split(' '), '--help']), cn = command([...n.split(' '), '--help', '--lang', 'zh']);
        t.step(`${n} --help`, en.code === 0 && en.out.startsWith(`jingjian ${n}`) && en.err === '' && !/[\u4e00-\u9fff]/.test(en.out) && /[\u4e00-\u9fff]/.test(cn.out),
            en.out + cn.out);
        t.step(`${n} is in the manual`, manual.out.includes(`.SS jingjian ${n.replaceAll('-', '\\-')}`));
    }
    t.step('help is in Chinese when asked', zh.code === 0 && zh.out.includes('证据'));
    const roff = spawnSync('groff', ['-man', '-ww', '-Tutf8', '-z'], { input: manual.out, encoding: 'utf8' });
    if (roff.error) t.skip('the manual page has no fault', 'groff is not there');
    else t.step('the manual page has no fault', roff.status === 0 && roff.stderr === '', roff.stderr);
}

// ---- beside a running server ----
async function beside(x) {
    const D = ['--data', x.data], server = await new Server(x.data).start(), boss = new Person(server);
    try {
        ends('a second server is refused', 1, ['serve', ...D], x.data);
        ends('a password from standard input', 0, ['account', 'passwd', 'boss', ...D, '--stdin'], [], { input: `${password}\n` });
        t.step('signs in', (await boss.signIn('boss')).status === 303 && boss.csrf);
        const added = ends('an account is added', 0, ['account', 'add', ...D, '--code', 'clerk1', '--name', '乙', '--role', 'clerk', '--unit', 'T01'], 'clerk1  ');
        t.step('with a code to activate it', /clerk1 {2}[A-Z0-9-]{10,}/.test(added.out), added.out);
        ends('an error of the server is the command\'s', 1, ['account', 'add', ...D, '--code', 'clerk1', '--name', '乙', '--lang', 'zh'], '已经有了');
        ends('and of usage', 2, ['job', 'run', 'dance', ...D], 'dance');
        // The server stands elsewhere and could not read what it is sent.
        const dir = at(`${x.name}-private`);
        mkdirSync(dir, { mode: 0o700 });
        writeFileSync(path.join(dir, 'u.csv'), 'code,parent,name,kind,peer_group,from,to\nT77,C,新来的单位,town,镇街,2026-01-01,\n');
        const was = (await boss.get('/unit')).text.includes('新来的单位');
        const r = spawnSync(program, ['import', 'units', 'u.csv', ...D, '--as', 'boss', '--receipt', 'r.tlog-proof'], { cwd: dir, encoding: 'utf8' });
        t.step('a file by its relative path', r.status === 0 && r.stderr === '', r.stdout + r.stderr);
        t.step('the server\'s pages know at once', !was && (await boss.get('/unit')).text.includes('新来的单位'));
        t.step('the receipt lies where the command stands', existsSync(path.join(dir, 'r.tlog-proof')) && existsSync(path.join(dir, 'r.record')));
        const vkey = /\S+\+[0-9a-f]{8}\+\S+/.exec(run('audit', ...D))[0];
        ends('and is verified offline', 0, ['verify', path.join(dir, 'r.tlog-proof'), '--record', path.join(dir, 'r.record'), '--vkey', vkey], 'file.add');
        ends('a receipt that cannot be written', 3, ['import', 'units', path.join(dir, 'u.csv'), ...D, '--as', 'boss', '--receipt', at('no/r')], 'no/r');
        const token = ends('a token', 0, ['token', 'add', ...D, '--account', 'boss', '--name', 'x']).out.trim().split(/\s+/);
        const robot = new Person(server, { token: token.find(w => w.length === 43) });
        t.step('works', (await robot.get('/unit')).status === 200);
        ends('is taken back', 0, ['token', 'revoke', token[0], ...D]);
        t.step('and works no more', (await robot.get('/unit')).status === 401);
        ends('an account is locked', 0, ['account', 'lock', 'boss', ...D]);
        t.step('and its session ends', (await boss.get('/unit')).status !== 200);
        ends('and unlocked', 0, ['account', 'lock', 'boss', ...D, '--unlock']);
        const many = await Promise.all(Array.from({ length: 12 }, (_, i) => begin(['account', 'add', ...D, '--code', `m${i}`, '--name', '丙'])));
        t.step('many commands at once are all done', many.every((m, i) => m.code === 0 && m.out.startsWith(`m${i}  `)), JSON.stringify(many.filter(m => m.code)));
        t.step('lists are read beside it', run('account', 'list', ...D).includes('m11'));
        if (process.getuid() === 0) {
            const other = args => spawnSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', program, ...args], { encoding: 'utf8' });
            const args = ['account', 'add', ...D, '--code', 'thief', '--name', '丁'];
            t.step('another user gets nowhere', other(args).status === 3);
            chmodSync(folder, 0o755);
            chmodSync(x.data, 0o755);
            chmodSync(path.join(x.data, 'ctl.sock'), 0o666);
            const heard = other(args);
            t.step('nor where the socket is open to all', heard.status === 3 && heard.stderr.includes('own user'), heard.stderr);
            chmodSync(x.data, 0o700);
            t.step('nothing was done', !run('account', 'list', ...D).includes('thief'));
        }
    } finally {
        t.step('the server stops cleanly', await server.stop() === 0);
    }
    t.step('its socket is gone', !existsSync(path.join(x.data, 'ctl.sock')));
    writeFileSync(path.join(x.data, 'ctl.sock'), '');
    ends('what lies in its place stops nobody', 0, ['account', 'add', ...D, '--code', 'later', '--name', '戊'], 'later');
    rmSync(path.join(x.data, 'ctl.sock'));
}

// ---- jobs ----
async function jobs(x) {
    const D = ['--data', x.data];
    ends('a job without a server', 0, ['job', 'run', 'audit', ...D], x.origin);
    ends('a backup as a job', 0, ['job', 'run', 'backup', ...D], 'backup/');
    t.step('lies in the folder', readdirSync(path.join(x.data, 'backup')).filter(n => n.endsWith('.tar')).length === 1);
    const waiting = ends('a job for later', 0, ['job', 'run', 'audit', ...D, '--no-wait']).out.trim();
    t.step('waits', run('job', 'list', ...D, '--state', 'waiting').includes(`${waiting}\taudit\t\twaiting`));
    ends('is cancelled', 0, ['job', 'cancel', waiting, ...D]);
    ends('once', 1, ['job', 'cancel', waiting, ...D]);
    const failed = command(['job', 'run', 'compute', ...D, '--period', '2031Q1']);
    t.step('a job that fails says why, exit 1', failed.code === 1 && lines(failed.err).length === 1 && failed.err.length > 20, shows(failed));
    const next = run('job', 'run', 'audit', ...D, '--no-wait').trim(), server = await new Server(x.data).start();
    try {
        t.step('a server does what waited', await until(() => run('job', 'list', ...D, '--state', 'done').includes(`${next}\taudit`)));
        ends('a job in the server', 0, ['job', 'run', 'audit', ...D, '--lang', 'zh'], '完整');
        t.step('what must be done daily is planned', run('job', 'list', ...D, '--state', 'waiting').includes('\tclean\t'));
    } finally {
        await server.stop();
    }
}

// ---- backup and restore ----
async function backups(x) {
    const D = ['--data', x.data], file = at(`${x.name}.tar`), back = at(`${x.name}-back`), to = ['--data', back];
    const whole = { code: 0, says: 'Whole' };
    let server = await new Server(x.data).start();
    // Backup under writes.
    const writes = Array.from({ length: 6 }, (_, i) => begin(['account', 'add', ...D, '--code', `w${i}`, '--name', '己']));
    const made = command(['backup', ...D, '--out', file]);
    await Promise.all(writes);
    t.step('a backup while the server works', made.code === 0 && made.out.includes(file) && (statSync(file).mode & 0o777) === 0o600, shows(made));
    t.step('its digest is said', made.out.includes(spawnSync('sha256sum', [file], { encoding: 'utf8' }).stdout.slice(0, 64)), made.out);
    const list = spawnSync('tar', ['-tf', file], { encoding: 'utf8' }).stdout;
    t.step('it is a tar that others can read', /^backup\.json\ncounty\.(db|sql)\n/.test(list) && list.endsWith('SHA256SUMS\n') && list.includes('keys/log.key'), list);
    await until(() => /\n[1-9]/.test(readFileSync(path.join(x.data, 'log/checkpoint'), 'utf8')));
    await server.stop();
    const old = readFileSync(path.join(x.data, 'log/checkpoint'), 'utf8').split('\n'), size = Number(old[1]);

    // The county is lost.
    if (x.url) x.db.sql(`DROP SCHEMA "${x.schema}" CASCADE`);
    const db = x.url ? ['--db', x.url] : [];
    flip(file, Math.floor(statSync(file).size / 2));
    const damaged = command(['restore', file, ...to, ...db]);
    t.step('a damaged backup is named, with what is damaged in it', damaged.code === 1 && damaged.err.includes(file) && lines(damaged.err).length === 1, shows(damaged));
    flip(file, Math.floor(statSync(file).size / 2));
    t.step('and leaves nothing', !existsSync(back));
    if (x.url) ends('a county on PostgreSQL wants its database', 1, ['restore', file, ...to], '--db');
    ends('restored', 0, ['restore', file, ...to, ...db], ['--i-know-size', '--new-origin']);
    ends('whole', 0, ['audit', ...to], 'Whole');
    ends('but not twice', 1, ['restore', file, ...to, ...db], back);
    writeFileSync(at('late.csv'), 'code,parent,name,kind,peer_group,from,to\nT88,C,后来的单位,town,镇街,2026-01-01,\n');
    const late = ['import', 'units', at('late.csv'), '--as', 'boss', '--receipt'];
    server = await new Server(back).start();
    t.step('it serves', (await new Person(server).get('/healthz')).status === 200);
    ends('it takes changes', 0, ['account', 'add', ...to, '--code', 'after', '--name', '庚']);
    ends('it signs nothing', 1, [...late, at('hold'), ...to], '--i-know-size');
    t.step('no receipt was given', !existsSync(at('hold')));
    ends('nobody decides while it serves', 1, ['restore', ...to, '--i-know-size', '1'], back);
    await server.stop();
    ends('more than there is cannot be known', 1, ['restore', ...to, '--i-know-size', String(size + 1000)], ['--new-origin']);
    ends('still on hold', 1, [...late, at('hold'), ...to], '--i-know-size');
    ends('somebody knows the size', 0, ['restore', ...to, '--i-know-size', '1'], 'signing goes on');
    ends('and it signs', 0, [...late, at(`${x.name}-signed`), ...to]);
    t.step('under its old name', readFileSync(at(`${x.name}-signed`), 'utf8').includes(`\n${x.origin}\n`));
    ends('whole again', 0, ['audit', ...to], 'Whole');

    // Again, under another name.
    const other = at(`${x.name}-other`), there = ['--data', other];
    if (x.url) x.db.sql(`DROP SCHEMA "${x.schema}" CASCADE`);
    mkdirSync(path.join(other, 'keys'), { recursive: true, mode: 0o700 });
    copyFileSync(path.join(x.data, 'keys/signed'), path.join(other, 'keys/signed'));
    ends('restored under a new name', 0, ['restore', file, ...there, ...db, '--new-origin', 'other.example/test'], ['other.example/test', 'signing goes on']);
    ends('whole under the new name', 0, ['audit', ...there], 'Whole');
    ends('it signs', 0, [...late, at(`${x.name}-other-signed`), ...there]);
    t.step('under the new name', readFileSync(at(`${x.name}-other-signed`), 'utf8').includes('\nother.example/test\n'));
    t.step('the last checkpoint of the lost folder was kept', existsSync(path.join(other, 'keys/signed')));
    ends('whole in the end', 0, ['audit', ...there], 'Whole');
}

// ---- what goes out comes back ----
async function roundTrip(x) {
    const data = at(`${x.name}-demo`), D = ['--data', data], schema = `${x.schema}_demo`;
    run('demo', ...D, ...(x.url ? ['--db', x.url, '--schema', schema] : []));
    const db = new Database(data, x.url, schema);
    const changed = { units: ', 0 changed', points: ', 0 changed', values: '0 / 0 / ' };
    for (const what of ['units', 'points', 'values', 'scheme'])
        for (const format of ['csv', 'xlsx']) {
            const file = at(`${what}.${format}`), again = at(`again.${format}`);
            const period = what === 'values' ? ['--period', '2026Q2'] : [];
            run('export', what, ...D, '--format', format, '--out', file, ...period);
            const r = command(['import', what, file, ...D, '--as', 'wenshu', ...(what === 'scheme' ? ['--adopt-from', '2026Q3'] : [])]);
            run('export', what, ...D, '--format', 'csv', '--out', again, ...period);
            run('export', what, ...D, '--format', 'csv', '--out', `${again}.2`, ...period);
            const same = what === 'scheme' ? r.out.includes('188 ') : r.out.includes(changed[what]);
            t.step(`${what} as ${format} come back and change nothing`, r.code === 0 && same && (format === 'xlsx' || readFileSync(again).equals(readFileSync(file))), shows(r));
        }
    const warnings = JSON.parse(run('export', 'warnings', ...D, '--period', '2026Q3', '--format', 'json'));
    const firing = Number(db.sql(`SELECT count(*) FROM warning_step WHERE period = '2026Q3' AND state = 'firing'`));
    t.step('warnings of a period', warnings.length > 50 && firing > 0 && warnings.filter(w => w.state === 'firing').length === firing &&
        warnings.every(w => /^W-/.test(w.code) && w.unit && w.rule && w.period === '2026Q3' && ['yellow', 'orange', 'red'].includes(w.colour)), `${warnings.length} ${firing}`);
    const records = lines(run('export', 'records', ...D)), head = 'index,time,kind,unit,subject,by,leaf';
    t.step('records are all there', records[0] === head && records.length - 1 === Number(db.sql('SELECT count(*) FROM record')), `${records.length}`);
    t.step('those of a period', lines(run('export', 'records', ...D, '--period', '2026Q1')).length < records.length);
    ends('records are not for everybody', 1, ['export', 'records', ...D, '--as', 'zhoumin']);
    const mine = JSON.parse(run('export', 'warnings', ...D, '--format', 'json', '--as', 'zhoumin'));
    t.step('warnings only of one\'s units', mine.length < warnings.length && new Set(mine.map(w => w.unit)).size === 1, `${mine.length}`);
    ends('a demo county says so', 0, ['export', 'units', ...D, '--lang', 'zh', '--out', at('u.csv')], '演示数据·非真实');
    ends('a job computes in the background', 0, ['job', 'run', 'compute', ...D, '--period', '2026Q3'], '69 of 69');
    if (x.url) db.sql(`DROP SCHEMA "${schema}" CASCADE`);
}

async function county(name, url) {
    const data = at(name), schema = `commands_${process.pid}`, origin = 'commands.example/test';
    const x = { name, url, data, schema, origin, db: new Database(data, url, schema) };
    t.prefix = `${name}: `;
    run('init', '--data', data, '--name', '命令县', '--origin', origin, ...(url ? ['--db', url, '--schema', schema] : []));
    run('account', 'add', '--data', data, '--code', 'boss', '--name', '甲', '--role', 'platform');
    writeFileSync(at('first.csv'), 'code,parent,name,kind,peer_group,from,to\nC,,命令县,county,,2020-01-01,\nT01,C,第一镇,town,镇街,2020-01-01,\n');
    run('import', 'units', at('first.csv'), '--data', data, '--as', 'boss');
    try {
        for (const group of [beside, jobs, backups, roundTrip]) {
            const began = Date.now();
            await group(x);
            console.log(`# ${name} ${group.name}: ${Date.now() - began} ms`);
        }
    } finally {
        if (url) x.db.sql(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
    }
}

usage();
help();
await county('sqlite', null);
if (process.env.JINGJIAN_PG) await county('postgresql', process.env.JINGJIAN_PG);
else t.skip('postgresql', 'JINGJIAN_PG is not set');
t.end();
