// 云记录 on a phone without a network, in a real browser: the page opens, what is written with a photo is kept on the phone and
// sent once when there is a network again; what the server refuses stays with its reason; nothing of one person is left for
// the next, nor sent in their name; nothing is lost when the matter ends meanwhile, when the session does, when the phone is
// full or keeps nothing; over plain http the page says what it cannot do. The network is gone because the server is. Prints TAP. Needs build/jingjian, Debian's Chromium and npm.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
    throw new Error(`it did not come to be: ${ask}: ${await page.textContent('.outstate').catch(String)}: ${await outbox(page).allTextContents().catch(String)}`);
}
/** Until what was written waits on the phone, and it is known that there is no network. */
async function waits(page) {
    await page.waitForSelector('.outbox:not([hidden]) li');
    await until(page, () => document.querySelector('.outstate').textContent.includes('没有网络'));
}
const online = page => page.evaluate(() => window.dispatchEvent(new Event('online')));
/** There is a network again: what waits is sent, and the page loaded anew. */
async function resume(page) {
    await page.evaluate(() => { window.before = true; });
    await online(page);
    await until(page, () => !window.before && document.querySelector('.outbox').hidden && document.querySelector('form[data-stored]') !== null);
}
/** Until it is among what was written, and the page is as new. */
async function shown(page, text) {
    for (let i = 0; i < 200 && !(await page.textContent('main .worklog:not(.outbox *)').catch(() => '')).includes(text); i++) await page.waitForTimeout(100);
    await sent(page);
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
    await shown(page, '有网时写的');
    t.step('with a network an entry is sent at once', (await written(page)).some(w => w.text.startsWith('有网时写的')));

    // The network is gone.
    await gone();
    await page.goto(`${base}/worklog`);
    t.step('the page opens without a network', await page.isVisible('form[data-worklog]'));
    await page.waitForSelector('form[data-ready]');
    await write(page, '没有网时写的:云岭镇三户都走到了。', photo);
    await waits(page);
    t.step('what is written is kept and says so', (await outbox(page).textContent()).includes('有网时自动送出'), await outbox(page).textContent());
    await page.goto(`${base}/worklog`);
    await waits(page);
    t.step('it is still there when the page is opened again', (await outbox(page).textContent()).includes('云岭镇三户'));
    t.step('with its photo', (await outbox(page).textContent()).includes('1个附件'), await outbox(page).textContent());

    // It is back, but the first answer gets lost on its way.
    await serve();
    let posts = 0, lose;
    const lost = new Promise(done => { lose = done; });
    await page.route('**/worklog', async route => {
        if (route.request().method() !== 'POST') return route.continue();
        posts++;
        if (posts > 1) return route.continue();
        await route.fetch();
        await route.abort();
        return lose();
    });
    await page.evaluate(() => { document.querySelector('.outstate').textContent = ''; }); // what it says of the time before
    await online(page);
    await lost;
    await until(page, () => document.querySelector('.outstate').textContent.includes('没有网络'));
    t.step('an answer that is lost leaves the entry waiting', await outbox(page).count() === 1);
    const once = (await written(page)).filter(w => w.text.startsWith('没有网时写的'));
    t.step('although it has come', once.length === 1 && posts === 1, `${once.length} ${posts}`);
    await resume(page);
    const again = (await written(page)).filter(w => w.text.startsWith('没有网时写的'));
    t.step('sent again it is the same entry', again.length === 1 && posts === 2 && again[0].pictures.length === 1, `${again.length} ${posts}`);
    await page.unroute('**/worklog');

    // What the server refuses stays, says why, and can be taken back.
    await ready(page);
    await write(page, '请拨打13812345678联系。');
    await page.waitForSelector('.outbox .refused');
    t.step('what is refused stays on the phone with the reason', (await outbox(page).textContent()).includes('个人信息'), await outbox(page).textContent());
    await page.click('.outbox .refused button');
    await until(page, () => document.querySelector('.outbox').hidden); // the text comes first, then it leaves the phone's store
    t.step('and is taken back to be changed', await page.inputValue('#text') === '请拨打13812345678联系。' && await outbox(page).count() === 0);
    const large = path.join(path.dirname(data), '大.jpg');
    writeFileSync(large, Buffer.concat([photo.buffer, Buffer.alloc(33 << 20)]));
    await write(page, '太大的一张。', large);
    await page.waitForSelector('.outbox .refused');
    t.step('a picture that is too large is refused with what would be right', (await outbox(page).textContent()).includes('超过32MB'), await outbox(page).textContent());
    await page.click('.outbox .refused button');
    await until(page, () => document.querySelector('.outbox').hidden);
    t.step('taken back with its picture', await page.evaluate(() => document.querySelector('#files').files.length === 1));
    await page.setInputFiles('#files', []);

    // No room on the phone: what was typed stays, in the form and as a draft.
    await page.evaluate(() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; });
    await write(page, '手机满了还写的一条。');
    await until(page, () => document.querySelector('.outstate').textContent.includes('存不下了'));
    await until(page, () => Object.keys(localStorage).some((key) => localStorage.getItem(key).includes('手机满了还写的一条')));
    t.step('a full phone says so and keeps what was typed', await page.inputValue('#text') === '手机满了还写的一条。' && await outbox(page).count() === 0);
    await page.goto(`${base}/worklog`);
    await ready(page);
    t.step('also when the page is opened again', await page.inputValue('#text') === '手机满了还写的一条。');
    await page.click('form[data-worklog] .btn');
    await shown(page, '手机满了还写的一条');

    // The session ends while there is no network: it says so, and sends after signing in again.
    await ready(page);
    await gone();
    await write(page, '登录过期前写的一条。');
    await waits(page);
    await serve();
    const cookies = await context.cookies();
    await context.clearCookies();
    await online(page);
    await until(page, () => document.querySelector('.outstate').textContent.includes('登录已过期'));
    t.step('a session that ended is said, with the way to sign in', await page.isVisible('.outstate a[href="/signin?next=/worklog"]') && await outbox(page).count() === 1);
    // Somebody else signs in beside it, in another window, with nothing to write to: it is not sent as theirs.
    const beside = await context.newPage();
    await signIn(beside, 'linruoxi');
    const theirs = await beside.request.get(`${base}/worklog`);
    await page.evaluate(() => { document.querySelector('.outstate').textContent = ''; });
    await online(page);
    await until(page, () => document.querySelector('.outstate').textContent.includes('登录已过期'));
    t.step('another person beside it does not send it', await outbox(page).count() === 1 && theirs.status() === 200 && !(await theirs.text()).includes('登录过期前写的'));
    await beside.close();
    await context.clearCookies();
    await context.addCookies(cookies);
    await resume(page);
    t.step('signed in again it is sent', (await written(page)).some((w) => w.text.startsWith('登录过期前写的')));
    await page.goto(`${base}/worklog`);
    await ready(page);

    // Another person on the same phone sees and sends nothing of it.
    await gone();
    await write(page, '周敏写的,还没送出。');
    await waits(page);
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
    await sent(page);
    t.step('it is sent when its writer is back', (await written(page)).some(w => w.text.startsWith('周敏写的')));
    await context.close();

    // Plain http from another machine, and a browser that lets pages keep nothing: both say so, and a form is a form.
    const far = await (await phone()).newPage();
    await far.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { value: false }));
    await signIn(far, 'zhoumin');
    await far.goto(`${base}/worklog`);
    await ready(far);
    t.step('without https it says what is not there', (await far.textContent('.outstate')).includes('没有网络时打不开这一页'), await far.textContent('.outstate'));
    const sealed = await far.context().newPage();
    await sealed.addInitScript(() => { indexedDB.open = () => { throw new DOMException('no', 'SecurityError'); }; });
    await sealed.goto(`${base}/worklog`);
    await until(sealed, () => document.querySelector('.outstate').textContent.includes('不让网页存东西'));
    await sealed.fill('#text', '什么都不让存的浏览器写的。');
    await sealed.context().setOffline(true);
    await sealed.click('form[data-worklog] .btn');
    t.step('without a network nothing is sent away', await sealed.inputValue('#text') === '什么都不让存的浏览器写的。');
    await sealed.context().setOffline(false);
    await Promise.all([sealed.waitForNavigation(), sealed.click('form[data-worklog] .btn')]);
    t.step('with one it is a form', (await sealed.textContent('main')).includes('什么都不让存的浏览器写的'));
    await far.context().close();
    t.step('the county is whole', run('audit', '--data', data) !== '');
} finally {
    await browser.close();
    server.kill('SIGTERM');
}
t.end();
