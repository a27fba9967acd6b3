// Adds up what all test programs printed (TAP in meson's logs and in *.tap files) and ends with "N passed, N failed".
import fs from 'node:fs';
import path from 'node:path';

const [out, ...builds] = process.argv.slice(2);
let passed = 0, failed = 0, skipped = 0;

function count(where, tap, crashed) {
    let bad = 0, planned = null, seen = 0;
    for (const line of tap.split('\n')) {
        const plan = /^1\.\.(\d+)/.exec(line);
        if (plan) planned = Number(plan[1]);
        const m = /^(not )?ok\b.*?(# SKIP.*)?$/i.exec(line);
        if (!m) continue;
        seen++;
        if (m[1]) { bad++; console.log(`failed: ${where}: ${line}`); }
        else if (m[2]) skipped++;
        else passed++;
    }
    // A program that died before its end has failed whatever it printed until then.
    if (bad === 0 && (crashed || (planned !== null && seen < planned))) {
        bad = 1;
        console.log(`failed: ${where}: ended early`);
    }
    failed += bad;
}

for (const dir of builds) {
    const logs = path.join(dir, 'meson-logs');
    const file = path.join(logs, 'testlog.json');
    if (!fs.existsSync(file)) { console.log(`failed: ${dir}: no tests ran`); failed++; continue; }
    for (const line of fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
        const t = JSON.parse(line);
        const tap = t.stdout ?? '';
        if (t.result === 'SKIP' && !/^(not )?ok/m.test(tap)) { skipped++; continue; }
        const fine = ['OK', 'EXPECTEDFAIL', 'SKIP'].includes(t.result);
        if (/^(not )?ok/m.test(tap)) count(`${dir} ${t.name}`, tap, !fine);
        else if (fine) passed++;
        else { failed++; console.log(`failed: ${dir} ${t.name}: ${t.result}`); }
    }
}
const list = path.join(out, 'failed-steps');
const steps = fs.existsSync(list) ? fs.readFileSync(list, 'utf8').split('\n').filter(Boolean) : [];
for (const name of fs.readdirSync(out).filter(n => n.endsWith('.tap')).sort())
    count(name, fs.readFileSync(path.join(out, name), 'utf8'), steps.includes(name.slice(0, -4)));
for (const name of steps)
    if (!/-units$/.test(name) && !fs.existsSync(path.join(out, `${name}.tap`))) { failed++; console.log(`failed: step ${name}`); }
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed ? 1 : 0);
