// People at browsers, and what they see looked at: how it fits and what axe finds. Needs Debian's Chromium and npm.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { password, root } from './county.mjs';

const modules = path.join(root, 'tests/browser/node_modules');
if (!existsSync(modules)) {
    const env = { NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt', ...process.env };
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: path.join(root, 'tests/browser'), env, stdio: ['ignore', 2, 2] });
}
const { chromium } = await import(path.join(modules, 'playwright-core/index.mjs'));
const axe = readFileSync(path.join(modules, 'axe-core/axe.min.js'), 'utf8');
export const browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'] });
const shots = process.env.JINGJIAN_SHOTS; // a folder: what people see is kept there

/** Somebody at a browser. What they do is counted: a click, a field filled in, a file chosen. */
export class Someone {
    actions = 0;
    constructor(place, page) { this.place = place; this.page = page; }
    static async at(place, width = 1440) {
        const page = await (await browser.newContext({ viewport: { width, height: 900 } })).newPage();
        page.setDefaultNavigationTimeout(60000); // other tests' builds may run beside
        return new Someone(place, page);
    }
    get base() { return `http://127.0.0.1:${this.place.server.port}`; }
    get where() { return new URL(this.page.url()).pathname; }
    async open(url) { this.actions++; return this.page.goto(this.base + url); }
    async fill(field, text) { this.actions++; await this.page.fill(field, text); }
    async choose(field, value) { this.actions++; await this.page.selectOption(field, value); }
    // The click's own answer may be lost when the page goes on at once: what counts is where it leads.
    async click(what) {
        this.actions++;
        await Promise.all([this.page.waitForNavigation(), this.page.click(what, { noWaitAfter: true, timeout: 10000 }).catch(() => {})]);
    }
    // A form with a script sends its file and shows the answer by itself.
    async send(name, bytes, button = 'main form[enctype] button.btn', ready = null) {
        this.actions += 2;
        await this.page.setInputFiles('#file', { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
        await this.page.evaluate(() => { document.documentElement.dataset.old = '1'; });
        await this.page.click(button, { noWaitAfter: true });
        await this.page.waitForSelector('html:not([data-old])', { state: 'attached', timeout: 30000 });
        await this.page.waitForLoadState('networkidle').catch(() => {});
        if (ready) await this.page.waitForSelector(ready, { timeout: 20000 });
    }
    async text() { return this.page.textContent('main'); }
    async get(url) { return this.page.request.get(this.base + url); }
    async bytes(url) { return (await this.get(url)).body(); }
    async json(url) { return (await this.get(url)).json(); }
    async signIn(account) {
        await this.open('/signin?lang=zh');
        await this.fill('#account', account);
        await this.fill('#password', password);
        await this.click('main button');
        await this.page.goto(`${this.base}/me?lang=zh`);
    }
    // The step of this name on the matter's page that is open.
    async move(words, fields = {}) {
        const here = await this.page.$(`.nextbox form button.btn:text-is("${words}")`);
        if (!here) await this.click(`main a:text-is("${words}")`);
        for (const [k, v] of Object.entries(fields)) {
            const tag = await this.page.$eval(`#f-${k}`, e => e.tagName);
            await (tag === 'SELECT' ? this.choose(`#f-${k}`, v) : this.fill(`#f-${k}`, v));
        }
        await this.click('.nextbox form button.btn');
    }
    async activate(code, slip) {
        await this.open('/activate?lang=zh');
        await this.fill('#account', code);
        await this.fill('#code', slip);
        await this.fill('#password', password);
        await this.fill('#again', password);
        await this.click('main button');
    }
    async shot(name) {
        if (shots) await this.page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
    }
    // How the page that is open fits and what axe finds, at the desk and on a phone.
    async look(t, name) {
        for (const width of [1440, 390]) {
            await this.page.setViewportSize({ width, height: 900 });
            const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            t.step(`${name} fits ${width} px`, wide <= 1, `${wide} px too wide`);
            await this.page.evaluate(axe);
            const found = await this.page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
            const serious = found.violations.filter(v => ['serious', 'critical'].includes(v.impact));
            t.step(`${name} is accessible at ${width} px`, serious.length === 0, serious.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 120)}`).join('; '));
            await this.shot(`${name}-${width}`);
        }
        await this.page.setViewportSize({ width: 1440, height: 900 });
    }
}

export const pdfText = bytes => spawnSync('pdftotext', ['-', '-'], { input: bytes, encoding: 'utf8' }).stdout ?? '';
