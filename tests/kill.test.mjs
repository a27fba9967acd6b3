// kill -9 in a loop: whatever was acknowledged is there afterwards, and the log is whole and has not forked. Prints TAP.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.dirname(path.dirname(new URL(import.meta.url).pathname)), program = path.join(root, 'build/jingjian');
const folder = mkdtempSync(path.join(tmpdir(), 'jingjian-kill-')), data = path.join(folder, 'county');
const rounds = 60;
let n = 0, failed = 0;
function step(name, ok, why = '') {
    console.log(`${ok ? 'ok' : 'not ok'} ${++n} - ${name}`);
    if (!ok) { failed++; console.log(`# ${why}`); }
}
const run = (...args) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

// One change, killed after so many milliseconds; true when it was acknowledged.
function change(code, after) {
    return new Promise(done => {
        const p = spawn(program, ['account', 'add', '--data', data, '--code', code, '--name', 'X'], { stdio: ['ignore', 'pipe', 'ignore'] });
        let said = '';
        p.stdout.on('data', d => { said += d; });
        const timer = setTimeout(() => p.kill('SIGKILL'), after);
        p.on('exit', () => { clearTimeout(timer); done(said.includes('\n')); });
    });
}

console.log('TAP version 13');
run('init', '--data', data, '--name', 'K', '--origin', 'kill.example/test');
const acknowledged = [];
let killed = 0, seed = 7;
for (let i = 0; i < rounds; i++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    const code = `a${i}`;
    if (await change(code, i % 4 === 3 ? 5000 : 2 + seed % 60)) acknowledged.push(code);
    else killed++;
}
step('some changes were acknowledged and some were killed', acknowledged.length > 5 && killed > 5, `${acknowledged.length} / ${killed}`);
const there = run('account', 'list', '--data', data).split('\n').map(l => l.split('\t')[0]);
const lost = acknowledged.filter(c => !there.includes(c));
step('nothing acknowledged was lost', lost.length === 0, lost.join(' '));
// A server seals what waits; its end is clean, so that what it has published is all there is.
async function sealed(least) {
    const server = spawn(program, ['serve', '--data', data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise(done => server.stdout.once('data', done));
    const file = path.join(data, 'log/checkpoint');
    let lines = ['', '0'];
    for (let tries = 0; tries < 300 && Number(lines[1]) < least; tries++) {
        await new Promise(done => setTimeout(done, 100));
        if (existsSync(file)) lines = readFileSync(file, 'utf8').split('\n');
    }
    server.kill(least % 2 ? 'SIGKILL' : 'SIGTERM');
    await new Promise(done => server.on('exit', done));
    return lines;
}
const before = await sealed(2 * Math.floor(acknowledged.length / 2));
run('account', 'add', '--data', data, '--code', 'last', '--name', 'X');
const after = await sealed(Number(before[1]) + 1);
step('the log goes on where it was', before[0] === 'kill.example/test' && before[0] === after[0] && Number(after[1]) > Number(before[1]),
    `${before[1]} ${after[1]}`);
let whole = true, said = '';
try { said = run('audit', '--data', data); } catch (e) { whole = false; said = e.stderr; }
step('the audit finds everything whole', whole, said);
rmSync(folder, { recursive: true, force: true });
console.log(`1..${n}`);
process.exit(failed ? 1 : 0);
