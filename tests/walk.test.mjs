// The demo county walked in a browser at desk and phone width: every page of the main job answers, shows what it should and
// has no serious finding of axe. Prints TAP. Needs build/jingjian, Debian's Chromium and npm.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { follow, pages } from './lib/offered.mjs';

const here = path.dirname(new URL(import.meta.url).pathname), root = path.dirname(here), modules = path.join(here, 'browser/node_modules');
if (!existsSync(modules)) {
  const env = { NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt', ...process.env };
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: path.join(here, 'browser'), env, stdio: ['ignore', 2, 2] });
}
const { chromium } = await import(path.join(modules, 'playwright-core/index.mjs'));
const axe = readFileSync(path.join(modules, 'axe-core/axe.min.js'), 'utf8');

const program = process.env.JINGJIAN_PROGRAM || path.join(root, 'build/jingjian'), folder = mkdtempSync(path.join(tmpdir(), 'jingjian-walk-')), data = path.join(folder, 'demo');
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
    await check(page, url, width, want, r.status());
}
// The page that is open now: what it says, how it fits, what axe finds.
async function check(page, url, width, want, status = 200) {
    const text = await page.textContent('body');
    step(`${url} answers at ${width} px`, status === 200, `status ${status}`);
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
    // The administration pages: in Chinese at the desk, in English on a phone.
    const rooms = [
        ['wenshu', [['/today', '全域指数', 'things to do'], ['/job', '计算哪一期', 'Period to compute'], ['/point/import', '先核对', 'Checked first'],
            ['/point?sort=name', '监测点', 'Data point'], ['/import?sort=rows', '报送记录', 'Files sent'],
            ['/manage', '指标和规则', 'Indicators and rules'], ['/search?q=czj', '财政局', 'Search: czj'], ['/calendar?year=2026', '248个工作日', '248 working days'], ['/statistics', '办结的用了多久', 'How long'], ['/regulation', '制度库', 'Register of rules'], ['/lookback', '抽查12件', '12 looked at'], ['/draw', '已抽出3次', '3 drawn'], ['/draw/L-2026-0003', '不信本机，也能自己重抽', 'Draw again'], ['/meeting', '研判会商', 'Meetings'], ['/bulletin', '起草通报', 'Begin a bulletin'], ['/checkup', '规则体检', 'check-up'], ['/regulation/import', '表里的列', 'Columns of the sheet'], ['/duty/import', '下载空表', 'Empty table'], ['/duty/form/shown', '第一种形态', 'irst form'],
            ['/handover', '移交', 'hand over'], ['/board/warning', '在办', 'open'], ['/inbox', '等着办', 'wait for you']]],
        ['fangzhi', [[p => first(p, '/directive', 'rows').then(c => `/directive/${c}/ask`), '一句', 'sk '], ['/mine', '11个单位', '11 units'], ['/matter/new?kind=contact', '派驻联系单', 'stationed group'], ['/board/contact', '派驻联系单', 'stationed group'], ['/duty/unit', '不排名次', 'not ranked'], ['/duty/form', '第一种形态', 'First form'], ['/duty/failure', '失责记实', 'of failure']]],
        ['guheng', [['/today', '有变化', 'Changes']]],
        ['zhoumin', [['/today', '件事要办', 'things to do'], ['/matter/new', '您可以发起的', 'You may open'], ['/me/away', '安排代办', 'stand-in'],
            ['/me/channels', '提醒地址', 'Where I am told'], ['/notice', '提醒', 'remind'], ['/duty', '手上的事项', 'What you hold']]],
        ['linruoxi', [['/today', '下一次', 'Next: values'], ['/usage', '体检报告用到您报的数', 'health reports']]],
        ['sysadmin', [['/today', '还没有备份过', 'No backup yet'], ['/admin', '各部分', 'Parts'], ['/job', '任务', 'Jobs'], ['/backup', '恢复', 'Restore'], ['/settings', '为什么改', 'Why'],
            ['/gateway', '提醒渠道', 'channel'], ['/notice', '提醒', 'remind']]],
        ['secadmin', [['/today', '没有要办的事', 'Nothing to do'], ['/account/import', '表格', 'sheet']]],
        ['auditadmin', [['/journal', '没有内容', 'never the content'], ['/journal?kind=act', '账号', 'Account']]],
    ];
    // The work of the quarter: collecting, the desk, warnings in hand, hints, objections. The other way round: Chinese on a phone.
    const first = async (page, url, list) => (await (await page.request.get(`${base}${url}.json`)).json())[list][0].code;
    const work = [
        ['wenshu', [['/worklog/hint', '复核提示', 'Hints'], ['/round', '批次', 'round'], [p => first(p, '/round', 'rounds').then(c => `/round/${c}`), '各来源', 'ource'], ['/round/new', '新建采集批次', 'New collection round'],
            ['/pull', '自动取', 'pull'], ['/webhook', '外部程序', 'programs'], ['/point/same', '监测点', 'points'], ['/burden', '半年来', 'half a year'], ['/other', '核实', 'verified'], ['/hint?period=2026Q3', '复核提示', 'hint'],
            [p => first(p, '/hint', 'hints').then(c => `/hint/${c}`), '为什么提示', 'Why'], ['/hint/rule', '核对规则', 'Check rules'], ['/hint/rule/new', '新建核对规则', 'New check rule'],
            ['/publish', '监测结果', 'Results'], ['/objection', '异议', 'bjection'], ['/agree', '体检准不准', 'Is the check right'], ['/agree/import', '先核对', 'Checked first'],
            [p => first(p, '/warning', 'warnings').then(c => `/warning/${c}`), '差什么', 'Evidence'], ['/warning/quiet', '暂缓提醒', 'nooze'], ['/rule/quality', '规则质量', 'Quality of rules'],
            [p => first(p, '/inbox', 'lines').then(c => `/matter/${c}`), '办理经过', 'What happened'], ['/agenda', '到期', 'due'], ['/setup', '首次设置', 'Set-up'], ['/setup/units', '第1步', 'Step 1'],
            ['/unit', '全部单位', 'All units'], ['/readers/D04', '谁打开过', 'Who has opened'],
            ['/directive', '佐证所示', 'What the material shows'], ['/directive/kinds', '一行一种', 'One a line'], [p => first(p, '/directive', 'rows').then(c => `/matter/${c}`), '对照原定期限', 'Against the first date']]],
        ['guheng', [['/instruction', '办得怎样', 'What became of it'], ['/publish', '监测结果', 'Results'], ['/matter/P-2026-00003', '办理经过', 'What happened']]],
        ['zhoumin', [['/inbox', '等着办', 'wait for you'], ['/filing', '本期少填', 'fewer'], ['/warning', '预警', 'Warnings'], ['/objection', '异议', 'bjection'],
            ['/objection/new?about=report&code=D04-2026Q3', '提异议', 'bject'], ['/readers/D04', '谁打开过', 'Who has opened'], ['/trial-score/D04?period=2026Q3', '改几个数', 'change a few values'], ['/borrow/D04?period=2026Q3', '同类单位怎么改好的', 'how peers got better'], ['/burden', '半年来', 'half a year'], ['/handing/new', '一次交清', 'hand everything over'], ['/worklog', '记一条', 'Write an entry'], ['/me', '登录与安全', 'Sign-in'], ['/me/tokens', '令牌', 'oken'], ['/me/sessions', '登录着', 'signed in']]],
        ['linruoxi', [['/filing', '填报', 'ubmission'], [p => first(p, '/filing', 'lines').then(c => `/filing/${c}`), '应报', 'due'], ['/hint', '复核提示', 'hint'], ['/import/new', '缺失原因', 'Columns'], ['/completeness', '完整', 'ompleteness']]],
        ['secadmin', [['/account', '账号', 'Account'], ['/account/new', '新建账号', 'New account']]],
    ];
    for (const [account, pages] of work)
        for (const [width, lang] of [[390, 'zh'], [1440, 'en']]) {
            const page = await signedIn(account, width);
            for (const [where, zh, en] of pages) {
                const url = typeof where === 'string' ? where : await where(page);
                await visit(page, `${url}${url.includes('?') ? '&' : '?'}lang=${lang}`, width, lang === 'zh' ? zh : en);
            }
            await page.goto(`${base}/me?lang=zh`);
            await page.context().close();
        }
    // The wall fits its screen, without names until the host of the meeting asks for them, marked with who opened it.
    const wall = await (await browser.newContext({ viewport: { width: 1920, height: 1080 } })).newPage();
    await wall.goto(`${base}/signin`);
    await wall.fill('#account', 'guheng');
    await wall.fill('#password', 'qingxi-demo-2026');
    await Promise.all([wall.waitForNavigation(), wall.click('main button')]);
    await visit(wall, '/wall?period=2026Q3&lang=zh', 1920, '单位名称未显示');
    step('the wall names no unit by itself', !(await wall.textContent('main')).includes('云岭'));
    step('nor is it higher than the screen', await wall.evaluate(() => document.documentElement.scrollHeight <= 1080));
    step('it is marked with who opened it', (await wall.getAttribute('.wmark i', 'data-who')).startsWith('顾衡 2026-'));
    await visit(wall, '/wall?period=2026Q3&names=1', 1920, '云岭');
    const county = await (await wall.request.get(`${base}/overview.json?period=2026Q3`)).json(), held = await (await wall.request.get(`${base}/meeting/M-2026-00002.json`)).json();
    step('a meeting counts lamps as the page of the county does', county.colours.length === 3 && county.colours.every((c, i) => held.figures[i + 2].now === String(c.n)), JSON.stringify([county.colours, held.figures]));
    await wall.context().close();

    // What somebody is offered answers and is whole, and there is no page that nobody ever opens: those are named with where they are.
    const all = pages(root), opened = new Set();
    const elsewhere = { // with what it needs, or the test that asks for it
        '/signin': 'signed out', '/signin/totp': 'test_people_web', '/activate': 'setup', '/healthz': 'commands', '/account/slips.pdf': 'test_people_web',
        '/metrics': 'for programs: below', '/export/:what': 'for programs: export', '/export/:what.csv': 'for programs: below', '/matters/:kind': 'for programs: test_flow_web', '/matters/:kind.csv': 'for programs: test_flow_web',
        '/report/:unit/:period.record': 'for programs: release', '/report/:unit/:period.tlog-proof': 'for programs: release', '/import/:code.record': 'for programs: release', '/import/:code/file': 'scenario', '/import/:code/marked.xlsx': 'test_import_page',
        '/backup/:name.tar': 'below', '/map.geojson': 'below, with a map', '/scheme/:version/edit': 'a draft: test_scheme_pages', '/scheme/:version/preview': 'a draft: below', '/scheme/:version/points.xlsx': 'a draft: below', '/scheme/:version/nodes.xlsx': 'a draft: below',
        '/publish/:period.zip': 'once packed: scenario', '/checkup/:code': 'once begun: test_checkup', '/handing/:code': 'once begun: test_handing', '/handing/:code.pdf': 'once begun: test_handing', '/notice/:number': 'with a gateway: test_flow_web', '/webhook/:code': 'test_collect_web',
        '/directive/:code/ask': 'below', '/directive/:code/scan/:digest': 'test_publication', '/matter/:code/file/:digest': 'test_flow_web', '/worklog/:matter/file/:digest': 'test_worklog_web', '/worklog/:matter/thumb/:digest': 'test_worklog_web',
    };
    for (const account of ['wenshu', 'guheng', 'zhoumin', 'gongheng', 'fangzhi', 'linruoxi', 'sysadmin', 'secadmin', 'auditadmin']) {
        const page = await signedIn(account, 1440);
        const wrong = await follow(all, async url => {
            let r = await page.request.get(base + url, { headers: { accept: 'text/html' } });
            for (let tries = 0; r.status() === 429 && tries < 60; tries++) { // quicker than a person may be
                await new Promise(done => setTimeout(done, 1000 * Number(r.headers()['retry-after'])));
                r = await page.request.get(base + url, { headers: { accept: 'text/html' } });
            }
            return { status: r.status(), type: r.headers()['content-type'] || '', text: await r.text() };
        }, opened);
        step(`all that ${account} is offered answers and is whole`, wrong.length === 0, wrong.slice(0, 12).join('\n# '));
        await page.context().close();
    }
    const never = all.filter(p => !opened.has(p) && !elsewhere[p]), stale = Object.keys(elsewhere).filter(p => !all.includes(p));
    step('every page is offered to somebody, or named here', never.length === 0, never.join(' '));
    step('nothing is named that is not there', stale.length === 0, stale.join(' '));

    for (const [account, pages] of rooms) {
        for (const [width, lang] of [[1440, 'zh'], [390, 'en']]) {
            const page = await signedIn(account, width);
            step(`${account} begins at /today at ${width} px`, new URL(page.url()).pathname === '/today', page.url());
            for (const [where, zh, en] of pages) {
                const url = typeof where === 'string' ? where : await where(page);
                await visit(page, `${url}${url.includes('?') ? '&' : '?'}lang=${lang}`, width, lang === 'zh' ? zh : en);
            }
            await page.goto(`${base}/me?lang=zh`);
            await page.context().close();
        }
    }
    // The click's own answer may be lost when the page goes on at once: what counts is where it leads.
    const press = async (page, button) => Promise.all([page.waitForNavigation(), page.click(button, { noWaitAfter: true, timeout: 5000 }).catch(() => {})]);
    const ended = async page => {
        await page.waitForSelector('[data-job]', { state: 'detached', timeout: 120000 });
        return page.textContent('.answer');
    };
    const upload = async (page, url, name, text) => {
        await page.goto(base + url);
        await page.setInputFiles('#file', { name, mimeType: 'text/csv', buffer: Buffer.from(text) });
        await press(page, 'main form[enctype] button');
    };

    // A computation asked for on the page of reports runs beside the work and ends by itself.
    const platform = await signedIn('wenshu', 1440);
    await platform.goto(`${base}/report?period=2026Q3&lang=zh`);
    await press(platform, 'form[action="/compute"] button');
    step('a computation becomes a job with a page', /^\/job\/\d+$/.test(new URL(platform.url()).pathname), platform.url());
    step('others are answered meanwhile', (await platform.request.get(`${base}/today.json`)).status() === 200);
    const said = await ended(platform);
    step('the job says what it did, without reloading by hand', said.includes('69/69'), said);
    await check(platform, '/job/ID', 1440, '看结果');

    // Points from a sheet: checked, then taken in.
    const csv = await (await platform.request.get(`${base}/export/points.csv`)).text();
    await upload(platform, '/point/import', 'points.csv', csv);
    step('points that are there already change nothing', (await platform.textContent('.answer')).includes('新增0个，变化0个'));
    const rows = csv.trimEnd().split('\n'), broken = rows[1].replace(/,(quarter|month|year),/, ',sometimes,');
    await upload(platform, '/point/import', 'points.csv', `${rows[0]}\n${broken}\n`);
    await check(platform, '/point/import with a wrong cell', 1440, 'F2');
    await upload(platform, '/point/import', 'points.csv', `${rows[0]}\n${rows[1].replace(/^[^,]+/, 'WALK1')}\n`);
    step('a number that is reported already is not asked for again', (await platform.textContent('main')).includes('P001'), await platform.textContent('main'));
    const added = rows[1].replace(/^([^,]+),([^,]+),[^,]+/, 'WALK1,$2,午后浇灌水池的次数');
    await upload(platform, '/point/import', 'points.csv', `${rows[0]}\n${added}\n`);
    await check(platform, '/point/import before its yes', 1440, '新增1个');
    await press(platform, 'form[action="/point/import/confirm"] button');
    step('a point is taken in after the yes', (await platform.goto(`${base}/point/WALK1`)).status() === 200);

    // Units from a sheet.
    const units = await (await platform.request.get(`${base}/export/units.csv`)).text();
    await upload(platform, '/unit/import', 'units.csv', units);
    step('units that are there already change nothing', (await platform.textContent('.answer')).includes('新增0个，变化0个'));

    // A sheet with telephone numbers: the column is not read, and the page says so.
    const clerks = await signedIn('linruoxi', 390);
    await clerks.goto(`${base}/import/new?lang=zh`);
    await clerks.setInputFiles('input[type=file]', { name: 'v.csv', mimeType: 'text/csv',
        buffer: Buffer.from('unit,point,period,value,missing,note,联系电话\nT01,P000,2026Q3,1,,,13800138000\nT02,P000,2026Q3,2,,,13900139000\n') });
    await press(clerks, 'main form[enctype] button');
    await check(clerks, '/import/ID with a personal column', 390, 'G列没有读取');
    step('no telephone number is shown', !(await clerks.textContent('body')).includes('13800138000'));

    // Settings: a wrong one stays as typed and is named; a right one is recorded with its reason.
    const sys = await signedIn('sysadmin', 1440);
    await sys.goto(`${base}/settings?lang=zh`);
    await sys.fill('[name="session.idle"]', '2');
    await sys.fill('[name="why"]', '演练');
    await press(sys, 'form[action="/settings"] button');
    await check(sys, '/settings with a wrong value', 1440, '还没有保存');
    step('what was typed stays', (await sys.inputValue('[name="session.idle"]')) === '2' && (await sys.inputValue('[name="why"]')) === '演练');
    await sys.fill('[name="session.idle"]', '45');
    await press(sys, 'form[action="/settings"] button');
    await check(sys, '/settings after a change', 1440, '演练');

    // A backup made, listed and taken away; the audit administrator sees that.
    await sys.goto(`${base}/backup?lang=zh`);
    await press(sys, 'form[action="/backup"] button');
    step('a backup becomes a job that ends', (await ended(sys)).includes('SHA-256'));
    await sys.goto(`${base}/backup`);
    await check(sys, '/backup with one', 1440, '上次备份');
    const href = await sys.getAttribute('main a[download]', 'href'), tar = await sys.request.get(base + href);
    step('a backup can be taken away', tar.status() === 200 && (await tar.body()).subarray(257, 262).toString() === 'ustar');
    const security = await signedIn('secadmin', 1440);
    step('what programs watch it by is there', (await (await sys.request.get(`${base}/metrics`)).text()).includes('jingjian_'));
    step('only by who runs the machine', (await security.request.get(base + href)).status() === 403 && (await platform.request.get(base + href)).status() === 403);
    const audit = await signedIn('auditadmin', 1440);
    await audit.waitForTimeout(1500);
    await audit.goto(`${base}/journal?lang=zh`);
    await check(audit, '/journal after that', 1440, '取走备份');
    step('refusals are in the journal', (await audit.textContent('main')).includes('被拒绝'));

    // A rule: edited, tried on the past, kept as a new version; what is wrong stays as typed.
    await platform.goto(`${base}/rule/R01?lang=zh`);
    await platform.fill('#yellow', '12');
    await platform.fill('#recover', '10');
    await press(platform, 'button[value="try"]');
    await check(platform, '/rule/R01 with its trial', 1440, '现行规则同期发出');
    const trial = /会发出(\d+)项，涉及(\d+)个单位/.exec(await platform.textContent('main')), present = /同期发出(\d+)项/.exec(await platform.textContent('main'));
    step('a lower limit would have fired more', trial && present && +trial[1] > +present[1] && +trial[2] > 0, String(trial));
    step('a trial keeps nothing', (await (await platform.request.get(`${base}/rule/R01.json`)).json()).version === 1);
    await platform.fill('#yellow', 'viele');
    await press(platform, 'button[value="save"]');
    await check(platform, '/rule/R01 with a wrong limit', 1440, '还没有保存');
    step('the wrong limit stays as typed', (await platform.inputValue('#yellow')) === 'viele');
    await platform.fill('#yellow', '20'); /* a lower one lights too many lamps to go live */
    await platform.fill('#why', '演练');
    await press(platform, 'button[value="save"]');
    const rule = await (await platform.request.get(`${base}/rule/R01.json`)).json();
    step('a rule is kept as a new version, the old one beside it', rule.version === 2 && rule.versions.length === 2 && rule.versions[0].why === '演练');

    // The county's own sheet: the one in force with a row more, by the page, script and all.
    const own = readFileSync(path.join(root, 'demo/scheme_sheet.csv'), 'utf8').trimEnd().split('\n');
    own.splice(3, 0, ',,,新增的督办按期率,1,达到95%得满分1分，50%以下不得分，之间按比例,区委办台账,财正局,季度');
    await platform.goto(`${base}/scheme/import?lang=zh`);
    await platform.setInputFiles('#file', { name: '2027方案.csv', mimeType: 'text/csv', buffer: Buffer.from(own.join('\n') + '\n') });
    await platform.click('form[enctype] button');
    await platform.waitForSelector('button[value="3"]');
    await check(platform, '/scheme/import with its columns', 1440, '评分标准');
    await press(platform, 'button[value="3"]');
    await check(platform, '/scheme/import with its questions', 1440, '名称最接近的是财政局');
    await press(platform, 'button[value="4"]');
    await check(platform, '/scheme/2', 1440, '采用前还有1处要处理');
    const points = await platform.request.get(`${base}/scheme/2/points.xlsx`), back = await platform.request.get(`${base}/scheme/2/sheet.xlsx`);
    step('the points it wants can be had as a sheet', points.status() === 200 && (await points.body()).subarray(0, 2).toString() === 'PK');
    step('so can its tree', (await platform.request.get(`${base}/scheme/2/nodes.xlsx`)).status() === 200);
    step('its sheet comes back byte for byte', (await back.text()) === own.join('\n') + '\n');
    const tree = (await (await platform.request.get(`${base}/scheme/2.json`)).json()).nodes, before = (await (await platform.request.get(`${base}/scheme/1.json`)).json()).nodes;
    const moved = before.filter(n => !tree.some(m => m.code === n.code && m.name === n.name));
    step('every row that was there keeps its code', moved.length === 0 && tree.length === before.length + 1, JSON.stringify(moved.slice(0, 3)));
    await platform.goto(`${base}/scheme/2/preview?period=2026Q3`);
    await check(platform, '/scheme/2/preview', 1440, '全域指数由74.8变为74.8');

    // A map of boundaries: refused with the reason, then drawn and coloured by unit.
    const square = (x, y) => [[[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1], [x, y]]];
    const towns = { type: 'FeatureCollection', features: ['云岭镇', '石门镇', '文昌街道'].map((name, k) => ({ type: 'Feature', properties: { name }, geometry: { type: 'Polygon', coordinates: square(104 + k / 10, 30) } })) };
    for (const [crs, review, want] of [['urn:ogc:def:crs:EPSG::3857', 'GS(2026)0001号', 'EPSG::3857'], ['urn:ogc:def:crs:OGC:1.3:CRS84', '京A12', '不像审图号'], ['urn:ogc:def:crs:OGC:1.3:CRS84', 'GS(2026)0001号', '对上3个单位']]) {
        await platform.goto(`${base}/map?lang=zh`);
        await platform.setInputFiles('#file', { name: 'towns.geojson', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ ...towns, crs: { type: 'name', properties: { name: crs } } })) });
        await platform.fill('#code_key', 'name');
        await platform.fill('#review_no', review);
        await platform.click('form[action="/map/geo"] button');
        let answer = '';
        for (let k = 0; k < 100 && !answer.includes(want); k++) { // the page goes on, or says what is wrong
            await platform.waitForTimeout(100);
            answer = await platform.textContent('main').catch(() => '');
        }
        step(`a map is answered with ${want}`, answer.includes(want), answer);
    }
    await platform.goto(`${base}/overview?period=2026Q3&lang=zh`);
    await platform.waitForSelector('.geo svg path[fill]', { timeout: 10000 }).catch(() => {});
    const fills = await platform.evaluate(() => new Set([...document.querySelectorAll('.geo svg path')].map(p => p.getAttribute('fill')).filter(f => f && f !== 'none')).size);
    step('the imported map is coloured by score', fills >= 2, `${fills} colours`);
    await check(platform, '/overview with an imported map', 1440, '审图号：GS(2026)0001号');
    await platform.goto(`${base}/map`);
    await press(platform, 'form[action="/map/none"] button');
    await check(platform, '/map with tiles again', 1440, '现在用方格图');

    // Due dates and intervals where people look for them.
    const late = await (await platform.request.get(`${base}/completeness.json?period=2026Q3`)).json();
    step('the completeness page says when values are due', late.due.startsWith('2026-10-10'), late.due);
    const sick = await (await platform.request.get(`${base}/report/D04/2026Q3.json`)).json(), level1 = sick.nodes.filter(n => n.depth === 1);
    step('every aspect has a score with an interval', level1.length === 6 && level1.every(n => n.lo < n.score && n.score < n.hi));
    const whole = await (await platform.request.get(`${base}/overview.json?period=2026Q3`)).json();
    step("the county's interval is that of a mean, narrower than a unit's", whole.hi - whole.lo < (sick.hi - sick.lo) / 2 && whole.lo < whole.score && whole.score < whole.hi);
    for (const url of ['/rule/R01', '/value/D04/P145/2026Q3', '/node/A', '/scheme/2', '/map'])
        for (const [width, lang] of [[390, 'zh'], [1440, 'en']]) {
            await platform.setViewportSize({ width, height: 900 });
            await visit(platform, `${url}?lang=${lang}`, width, lang === 'zh' ? '本页JSON' : 'JSON');
        }
    await platform.setViewportSize({ width: 1440, height: 900 });
    await platform.goto(`${base}/overview?lang=zh`);

    // Accounts from a sheet, with slips to print.
    await security.goto(`${base}/me?lang=zh`);
    await upload(security, '/account/import', 'accounts.csv', 'code,name,unit,role,scope\nwalker,林间,D04,clerk,\n');
    await check(security, '/account/import before its yes', 1440, 'walker');
    await press(security, 'form[action="/account/import/confirm"] button');
    await check(security, '/account/slips', 1440, 'walker');
    const page = await signedIn('wenshu', 1440);
    const json = await page.request.get(`${base}/report/D04/2026Q3.json`);
    step('every page is data', json.status() === 200 && (await json.json()).unit_code === 'D04');
    const pdf = await page.request.get(`${base}/report/D04/2026Q3.pdf`);
    const bytes = await pdf.body();
    step('a report is a PDF', pdf.status() === 200 && bytes.subarray(0, 5).toString() === '%PDF-');
    const docx = await page.request.get(`${base}/report/D04/2026Q3.docx`);
    step('a report is a document', docx.status() === 200 && (await docx.body()).subarray(0, 2).toString() === 'PK');
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
