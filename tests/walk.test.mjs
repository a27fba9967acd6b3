// The demo county walked in a browser at desk and phone width: every page of the main job answers, shows what it should and
// has no serious finding of axe. Prints TAP. Needs build/jingjian, Debian's Chromium and npm.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const here = path.dirname(new URL(import.meta.url).pathname), root = path.dirname(here), modules = path.join(here, 'browser/node_modules');
if (!existsSync(modules)) {
  const env = { NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt', ...process.env };
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: path.join(here, 'browser'), env, stdio: ['ignore', 2, 2] });
}
const { chromium } = await import(path.join(modules, 'playwright-core/index.mjs'));
const axe = readFileSync(path.join(modules, 'axe-core/axe.min.js'), 'utf8');

const program = path.join(root, 'build/jingjian'), folder = mkdtempSync(path.join(tmpdir(), 'jingjian-walk-')), data = path.join(folder, 'demo');
let n = 0, failed = 0;
function step(name, ok, why = '') {
    console.log(`${ok ? 'ok' : 'not ok'} ${++n} - ${name}`);
    if (!ok) { failed++; console.log(`# ${why}`); }
}
const run = (...args) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

console.log('TAP version 13');
run('demo', '--data', data);
step('the demo county is made', existsSync(path.join(data, 'county.db')));
const server = spawn(program, ['serve', '--data', data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] });
const base = await new Promise(done => server.stdout.on('data', d => { const m = /http:\/\/\S+/.exec(String(d)); if (m) done(m[0]); }));
step('the server says where it listens', /^http:\/\/127\.0\.0\.1:\d+$/.test(base), base);

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'] });
async function signedIn(account, width) {
    const page = await (await browser.newContext({ viewport: { width, height: 900 } })).newPage();
    await page.goto(`${base}/signin`);
    await page.fill('#account', account);
    await page.fill('#password', 'qingxi-demo-2026');
    await Promise.all([page.waitForNavigation(), page.click('main button')]);
    return page;
}
async function visit(page, url, width, want) {
    const r = await page.goto(base + url);
    const text = await page.textContent('body');
    step(`${url} answers at ${width} px`, r.status() === 200, `status ${r.status()}`);
    step(`${url} at ${width} px says ${want}`, text.includes(want), text.slice(0, 200));
    step(`${url} at ${width} px says that the data are invented`, text.includes('演示数据') || text.includes('Demo'));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    step(`${url} fits ${width} px`, wide <= 1, `${wide} px too wide`);
    await page.evaluate(axe);
    const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
    const serious = found.violations.filter(v => ['serious', 'critical'].includes(v.impact));
    step(`${url} at ${width} px is accessible`, serious.length === 0, serious.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 120)}`).join('; '));
}

try {
    for (const width of [1440, 390]) {
        const page = await signedIn('wenshu', width);
        await page.goto(`${base}/overview?lang=zh`);
        await visit(page, '/overview?period=2026Q3', width, '全域指数');
        await visit(page, '/report/D04/2026Q3', width, '财政局');
        await visit(page, '/report', width, '体检报告');
        await visit(page, '/warning', width, '要消这盏灯');
        await visit(page, '/scheme', width, '方案');
        await visit(page, '/point', width, '监测点');
        await visit(page, '/import', width, '报送');
        await visit(page, '/completeness', width, '完整');
        await page.goto(`${base}/overview?lang=en`);
        step(`the county page is in English one click away at ${width} px`, (await page.getAttribute('html', 'lang')) === 'en');
        await page.context().close();
    }
    const page = await signedIn('wenshu', 1440);
    const json = await page.request.get(`${base}/report/D04/2026Q3.json`);
    step('every page is data', json.status() === 200 && (await json.json()).unit_code === 'D04');
    const pdf = await page.request.get(`${base}/report/D04/2026Q3.pdf`);
    const bytes = await pdf.body();
    step('a report is a PDF', pdf.status() === 200 && bytes.subarray(0, 5).toString() === '%PDF-');
    const clerk = await signedIn('zhoumin', 1440);
    step('a clerk sees the own unit', (await clerk.goto(`${base}/report/D04/2026Q3`)).status() === 200);
    step('a clerk does not see another unit', (await clerk.goto(`${base}/report/D31/2026Q3`)).status() === 403);
    const admin = await signedIn('secadmin', 1440);
    step('an administrator sees no content', (await admin.goto(`${base}/report/D04/2026Q3`)).status() === 403);
    step('the security administrator sees accounts', (await admin.goto(`${base}/account`)).status() === 200);
} finally {
    await browser.close();
    server.kill('SIGTERM');
    const code = await new Promise(done => server.on('exit', done));
    step('the server stops cleanly', code === 0, `exit ${code}`);
    rmSync(folder, { recursive: true, force: true });
    console.log(`1..${n}`);
}
process.exit(failed ? 1 : 0);
