// 云记录 on a phone without a network, in a real browser: the page opens, what is written with a photo is kept on the phone and
// sent once when there is a network again; what the server refuses stays with its reason; nothing of one person is left for
// the next. The network is gone because the server is. Prints TAP. Needs build/jingjian, Debian's Chromium and npm.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { program, password, root, run, Steps, tempFolder } from './lib/county.mjs';

const modules = path.join(root, 'tests/browser/node_modules');
if (!existsSync(modules)) {
    const env = { NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt', ...process.env };
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: path.join(root, 'tests/browser'), env, stdio: ['ignore', 2, 2] });
}
const { chromium } = await import(path.join(modules, 'playwright-core/index.mjs'));

const t = new Steps(), data = path.join(tempFolder('offline'), 'demo');
run('demo', '--data', data);
let port = 0, server;
async function serve() {
    server = spawn(program, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'ignore'] });
    process.on('exit', () => server.kill('SIGKILL'));
    port = await new Promise(done => server.stdout.on('data', d => { const m = /http:\/\/127\.0\.0\.1:(\d+)/.exec(String(d)); if (m) done(Number(m[1])); }));
}
async function gone() {
    const ended = new Promise(done => server.on('exit', done));
    server.kill('SIGTERM');
    await ended;
}
await serve();
const base = `http://127.0.0.1:${port}`;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'] });
const phone = options => browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
async function signIn(page, account) {
    await page.goto(`${base}/signin`);
    await page.fill('#account', account);
    await page.fill('#password', password);
    await Promise.all([page.waitForNavigation(), page.click('main button')]);
}
const written = async page => (await (await page.request.get(`${base}/worklog.json`)).json()).log.entries;
const outbox = page => page.locator('.outbox li');
const ready = page => page.waitForSelector('form[data-stored]', { timeout: 15000 });
const photo = { name: 'IMG_0001.jpg', mimeType: 'image/jpeg', buffer: readFileSync(path.join(root, 'tests/corpus/picture/exif_gps.jpg')) };
async function write(page, text, files) {
    await page.fill('#text', text);
    if (files) await page.setInputFiles('#files', files);
    await page.click('form[data-worklog] .btn');
}
/** Until what is asked of the page is so; it may be loading anew meanwhile. */
async function until(page, ask) {
    for (let i = 0; i < 200; i++) {
        if (await page.evaluate(ask).catch(() => false)) return;
        await page.waitForTimeout(100);
    }
    throw new Error(`it did not come to be: ${ask}: ${await page.textContent('main')}`);
}
const sent = page => until(page, () => document.querySelector('.outbox').hidden && document.querySelector('form[data-stored]') !== null);

try {
    // Without script the form is a form.
    const plain = await (await phone({ javaScriptEnabled: false })).newPage();
    await signIn(plain, 'zhoumin');
    await plain.goto(`${base}/worklog`);
    await plain.fill('#text', '没有脚本也能记:核对了三份合同。');
    await plain.setInputFiles('#files', photo);
    await Promise.all([plain.waitForNavigation(), plain.click('form[data-worklog] .btn')]);
    t.step('without script an entry is written and shown', (await plain.textContent('main')).includes('核对了三份合同'));
    const thumb = await plain.getAttribute('.thumbs img', 'src'), whole = await plain.getAttribute('.thumbs a', 'href');
    for (const [name, url] of [['small', thumb], ['large', whole]]) {
        const r = await plain.request.get(base + url), bytes = await r.body();
        t.step(`the ${name} picture is there, and its place is not`, r.status() === 200 && r.headers()['content-type'] === 'image/jpeg' &&
            !bytes.includes('Exif') && !bytes.includes('GPS'), `${r.status()} ${bytes.length}`);
    }
    t.step('as it was sent it had one', photo.buffer.includes('Exif') && photo.buffer.includes('GPS'));
    await plain.context().close();

    const context = await phone(), page = await context.newPage();
    await signIn(page, 'zhoumin');
    await page.goto(`${base}/worklog`);
    await ready(page);
    await write(page, '有网时写的:到窗口看了公示牌。');
    await sent(page);
    t.step('with a network an entry is sent at once', (await written(page)).some(w => w.text.startsWith('有网时写的')));

    // The network is gone.
    await gone();
    await page.goto(`${base}/worklog`);
    t.step('the page opens without a network', await page.isVisible('form[data-worklog]'));
    await page.waitForSelector('form[data-ready]');
    await write(page, '没有网时写的:云岭镇三户都走到了。', photo);
    await page.waitForSelector('.outbox:not([hidden]) li');
    t.step('what is written is kept and says so', (await outbox(page).textContent()).includes('有网时自动送出'), await outbox(page).textContent());
    await page.goto(`${base}/worklog`);
    await page.waitForSelector('.outbox:not([hidden]) li');
    t.step('it is still there when the page is opened again', (await outbox(page).textContent()).includes('云岭镇三户'));
    t.step('with its photo', (await outbox(page).textContent()).includes('1个附件'), await outbox(page).textContent());

    // It is back, but the first answer gets lost on its way.
    await serve();
    let posts = 0;
    await page.route('**/worklog', async route => {
        if (route.request().method() !== 'POST') return route.continue();
        posts++;
        if (posts > 1) return route.continue();
        await route.fetch();
        return route.abort();
    });
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await until(page, () => document.querySelector('.saved').textContent.includes('没有网络'));
    t.step('an answer that is lost leaves the entry waiting', await outbox(page).count() === 1);
    const once = (await written(page)).filter(w => w.text.startsWith('没有网时写的'));
    t.step('although it has come', once.length === 1 && posts === 1, `${once.length} ${posts}`);
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await sent(page);
    const again = (await written(page)).filter(w => w.text.startsWith('没有网时写的'));
    t.step('sent again it is the same entry', again.length === 1 && posts === 2 && again[0].pictures.length === 1, `${again.length} ${posts}`);
    await page.unroute('**/worklog');

    // What the server refuses stays, says why, and can be taken back.
    await ready(page);
    await write(page, '请拨打13812345678联系。');
    await page.waitForSelector('.outbox .refused');
    t.step('what is refused stays on the phone with the reason', (await outbox(page).textContent()).includes('个人信息'), await outbox(page).textContent());
    await page.click('.outbox .refused button');
    t.step('and is taken back to be changed', await page.inputValue('#text') === '请拨打13812345678联系。' && await outbox(page).count() === 0);

    // Another person on the same phone sees and sends nothing of it.
    await gone();
    await write(page, '周敏写的,还没送出。');
    await page.waitForSelector('.outbox:not([hidden]) li');
    await serve();
    await page.request.get(`${base}/today`);
    await page.goto(`${base}/today`);
    await page.click('.pick.who summary');
    await Promise.all([page.waitForNavigation(), page.click('.pick.who form button')]);
    await page.waitForTimeout(500);
    t.step('signed out, the page is not kept any more', !(await page.evaluate(() => caches.has('worklog'))));
    await signIn(page, 'gongheng');
    await page.goto(`${base}/worklog`);
    await ready(page);
    t.step('the next person is shown nothing of it', await outbox(page).count() === 0 && !(await page.textContent('body')).includes('周敏写的'));
    t.step('nor is it sent in their name', !(await written(page)).some(w => w.text.startsWith('周敏写的')));
    await page.click('.pick.who summary');
    await Promise.all([page.waitForNavigation(), page.click('.pick.who form button')]);
    await signIn(page, 'zhoumin');
    await page.goto(`${base}/worklog`);
    await ready(page);
    await sent(page);
    t.step('it is sent when its writer is back', (await written(page)).some(w => w.text.startsWith('周敏写的')));
    await context.close();
    t.step('the county is whole', run('audit', '--data', data) !== '');
} finally {
    await browser.close();
    server.kill('SIGTERM');
}
t.end();
