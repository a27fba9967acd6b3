// The first set-up of a county by people who have only spreadsheets: from `init` to going live, in a browser, on both databases; with
// wrong files at every step, leaving in the middle and a restart of the server. Prints TAP. Needs build/jingjian, Debian's Chromium
// and npm.
import path from 'node:path';
import { Database, Person, Server, Steps, command, run, tempFolder } from './lib/county.mjs';
import { xlsx } from './lib/sheets.mjs';
import { Someone, browser, pdfText } from './lib/someone.mjs';

const t = new Steps();

async function walk(name, url) {
    const folder = tempFolder('setup'), data = path.join(folder, 'county'), schema = 'setup_test', where = url ? ['--db', url, '--schema', schema] : [];
    const db = new Database(data, url, schema), place = {};
    t.prefix = `${name}: `;

    // On the server's own command line: the county, and who makes accounts.
    run('init', '--data', data, '--name', '青石县', '--origin', 'qingshi.example/test', ...where);
    const slip = run('account', 'add', '--data', data, '--code', 'sec1', '--name', '李敏', '--role', 'secadmin').trim().split(/\s+/).pop();
    place.server = await new Server(data).start();
    const sec = await Someone.at(place), platform = await Someone.at(place);
    await sec.activate('sec1', slip);
    await sec.open('/today?lang=zh');
    t.step('the security administrator is told that the set-up waits', (await sec.text()).includes('首次设置'));
    await sec.click('main a.btn');
    t.step('an empty county asks for somebody to begin', (await sec.text()).includes('先给平台专班的人建一个账号'), await sec.text());
    await sec.look(t, 'setup-empty');
    await sec.click('main a.btn');
    await sec.fill('#code', 'shezhi');
    await sec.fill('#name', '周设');
    sec.actions++;
    await sec.page.check('input[name="role"][value="platform"]');
    await sec.click('main form button.btn');
    const pin = (await sec.page.textContent('.pin')).trim();
    await platform.activate('shezhi', pin);
    await platform.open('/today?lang=zh');
    t.step('today leads the platform to the first step', (await platform.text()).includes('首次设置：第1步，单位'), await platform.text());
    t.step('everything says that it is a trial', (await platform.page.textContent('body')).includes('试算') && (await platform.page.getAttribute('body', 'data-mark')) === '试算');
    await platform.click('main a.btn');
    await platform.look(t, 'setup');

    // 1. Units.
    await platform.click('main .acts a.btn');
    t.step('the page of a step says what it is for', (await platform.text()).includes('告诉平台县里有哪些单位'));
    await platform.look(t, 'setup-units');
    const blank = await platform.get('/setup/units/blank.xlsx'), unitsFile = await platform.bytes('/setup/units/example.xlsx');
    t.step('an empty table can be had', blank.status() === 200 && (await blank.body()).subarray(0, 2).toString() === 'PK');
    await platform.click('main .acts a.btn');
    await platform.send('units.xlsx', unitsFile.subarray(0, unitsFile.length >> 1));
    t.step('half a file is refused in words', /损坏|不完整|打不开|读不|不是/.test(await platform.text()), await platform.text());
    await platform.send('units.xlsx', xlsx([['编码', '名称', '电话'], ['T01', '云岭镇', '1']]));
    t.step('a column that is not known is named, and which there are', (await platform.text()).includes('不认识「电话」这一列') && (await platform.text()).includes('上级(parent)'), await platform.text());
    await platform.send('units.xlsx', xlsx([['编码', '上级', '名称', '类型'], ['QX', '', '青石县', '县'], ['T01', '没有的镇', '云岭镇', '乡镇']]));
    t.step('a unit above that is not there is named', (await platform.text()).includes('没有的镇'), await platform.text());
    await platform.send('units.xlsx', blank.status() === 200 ? await blank.body() : '');
    t.step('an empty table has no units in it', (await platform.text()).includes('没有单位'), await platform.text());
    await platform.open('/unit/import'); // the wrong ones were not what a person does: count from here
    platform.actions -= 9;
    await platform.send('units.xlsx', unitsFile);
    t.step('the example is checked without a fault', (await platform.text()).includes('76'), await platform.text());
    await platform.click('form[action="/unit/import/confirm"] button');
    t.step('after the import one is back at the step, which is done', platform.where === '/setup/units' && (await platform.text()).includes('这一步做完了'), await platform.text());
    await platform.click('main a.btn:has-text("下一步")');
    t.step('the next step is somebody else\'s turn, by name', (await platform.text()).includes('安全管理员（李敏）'), await platform.text());

    // 2. People and accounts: the security administrator's.
    await sec.open('/setup');
    t.step('it is the security administrator\'s turn', (await sec.text()).includes('轮到您'), await sec.text());
    await sec.click('main a.btn');
    const peopleFile = await sec.bytes('/setup/people/example.xlsx');
    await sec.click('main .acts a.btn');
    await sec.send('people.xlsx', peopleFile.subarray(0, 2000));
    t.step('half a file of people is refused', !(await sec.text()).includes('将建立'), await sec.text());
    await sec.send('people.xlsx', xlsx([['账号', '姓名', '单位', '角色'], ['u1', '王一', '不存在的局', '单位经办人'], ['u 2', '王二', '财政局', '书记']]));
    const wrong = await sec.text();
    t.step('unknown unit, bad account and unknown role each have their cell', ['C2', 'A3', 'D3'].every(c => wrong.includes(c)) && wrong.includes('没有这个单位') && wrong.includes('没有这个角色'), wrong);
    sec.actions -= 4;
    await sec.send('people.xlsx', peopleFile);
    const made = Number(/将建立(\d+)个账号/.exec(await sec.text())?.[1]);
    t.step('accounts of the example are shown before they are made', made > 40, await sec.text());
    await sec.click('form[action="/account/import/confirm"] button');
    const pins = await sec.page.$$eval('.slip', all => all.map(s => ({ code: s.querySelectorAll('dd')[3].textContent.trim(), pin: s.querySelector('.pin').textContent.trim() })));
    t.step('each has a slip', pins.length === made, `${pins.length} of ${made}`);
    await sec.click('.demo.trial a');
    t.step('and the set-up goes on with the scheme, the platform\'s turn', (await sec.text()).includes('第3步') && (await sec.text()).includes('平台专班（周设'), await sec.text());
    t.step('an administrator sees how far it is, not what is in it', !JSON.stringify(await sec.json('/setup/units.json')).includes('个单位，其中'));
    const clerk = await Someone.at(place);
    await clerk.activate(pins.find(p => p.code === 'zhoumin').code, pins.find(p => p.code === 'zhoumin').pin);
    t.step('a unit\'s clerk has nothing to do with the set-up', (await clerk.get('/setup')).status() === 403);

    // Leaving in the middle: the server is stopped and begun again.
    await place.server.stop();
    place.server = await new Server(data).start();
    await platform.open('/setup');
    t.step('after a restart the set-up knows how far it is', (await platform.text()).includes('七步做完了2步') && (await platform.text()).includes('第3步'), await platform.text());

    // 3. The county's own sheet.
    await platform.click('main .acts a.btn');
    const schemeFile = await platform.bytes('/setup/scheme/example.xlsx');
    await platform.click('main .acts a.btn');
    await platform.send('方案.xlsx', schemeFile.subarray(0, schemeFile.length >> 1));
    t.step('half a sheet is refused', platform.where === '/scheme/import' && (await platform.page.$('#file')) !== null, await platform.text());
    await platform.send('方案.xlsx', xlsx([['甲', '乙'], [1, 2]]));
    t.step('a sheet that is no scheme is not taken for one', !(await platform.text()).includes('成为草案了'), await platform.text());
    await platform.open('/scheme/import');
    platform.actions -= 5;
    await platform.send('方案.xlsx', schemeFile, 'form[enctype] button', 'button[value="3"]');
    t.step('columns are recognised', (await platform.text()).includes('评分标准'), await platform.text());
    await platform.click('button[value="3"]');
    await platform.click('button[value="4"]');
    t.step('the sheet has become a draft, the step is done', platform.where === '/setup/scheme' && (await platform.text()).includes('这一步做完了'), await platform.text());
    await platform.look(t, 'setup-scheme');
    await platform.click('main a.btn:has-text("下一步")');

    // 4. Sources.
    t.step('indicators without a source are counted', (await platform.text()).includes('120个指标还没有监测点供数'), await platform.text());
    await platform.look(t, 'setup-sources');
    const wanted = await platform.get(await platform.page.getAttribute('main ul a[download]', 'href')), pointsFile = await platform.bytes('/setup/sources/example.xlsx');
    t.step('the empty table of points has a line for each', wanted.status() === 200);
    await platform.click('main .acts a.btn');
    await platform.send('points.xlsx', await wanted.body());
    t.step('a table that was not filled in is refused with cells', (await platform.text()).includes('都要写明依据') && (await platform.text()).includes('H2'), (await platform.text()).slice(0, 600));
    await platform.send('points.xlsx', xlsx([['编码', '指标', '名称', '责任单位', '计量单位', '周期', '方向', '依据', '用途', '保存期', '联系处室'], ['P001', 'A', '率', '财正局', '%', '旬', '向上', 'x', 'x', 'x', 'x']]));
    const bad = await platform.text();
    t.step('unknown owner, frequency and direction each have their cell', ['D2', 'F2', 'G2'].every(c => bad.includes(c)), bad.slice(0, 600));
    await platform.open('/point/import');
    platform.actions -= 5;
    await platform.send('points.xlsx', pointsFile);
    t.step('the example has a point for each indicator', (await platform.text()).includes('新增120个'), (await platform.text()).slice(0, 600));
    const alike = await platform.page.$$('form[action="/point/import/confirm"] fieldset');
    await platform.click('form[action="/point/import/confirm"] button');
    const asked = await platform.page.$$eval('form[action="/point/import/confirm"] legend', all => all.map(one => one.textContent));
    t.step('names that look alike wait for a decision, each named once', asked.length === alike.length && asked.length > 0 && asked.every(one => /^P\d{3}「[^「」]+」，像P\d{3}「[^「」]+」/.test(one)), asked.join('; '));
    for (const one of await platform.page.$$('form[action="/point/import/confirm"] fieldset')) {
        await (await one.$('input[value="different"]')).check();
        await (await one.$('input:not([type=radio]), textarea')).fill('两项不同的工作，对象和分母都不同');
        platform.actions += 2;
    }
    await platform.click('form[action="/point/import/confirm"] button');
    t.step('what is left is to adopt the scheme', platform.where === '/setup/sources' && (await platform.text()).includes('方案还是草案'), (await platform.text()).slice(0, 800));
    await platform.click('main .acts a.btn:has-text("去采用方案")');
    await platform.fill('#why', '首次设置');
    await platform.click('form[action$="/adopt"] button');
    t.step('the scheme is adopted and the step done', platform.where === '/setup/sources' && (await platform.text()).includes('这一步做完了'), (await platform.text()).slice(0, 800));
    await platform.click('main a.btn:has-text("下一步")');

    // 5. One past period.
    const links = await platform.page.$$eval('main ul a[download]', all => all.map(a => a.getAttribute('href')));
    const period = /period=(\w+)/.exec(links[0])[1], template = await platform.get(links[0]), valuesFile = await platform.bytes(links[1]);
    t.step('the empty table holds the county\'s own points', template.status() === 200);
    await platform.click('main .acts a.btn:has-text("上传数值")');
    await platform.send('values.xlsx', valuesFile.subarray(0, valuesFile.length >> 1), undefined, 'main:has-text("可能没有传完")');
    t.step('half a file of values is refused', platform.where === '/import/new' && (await platform.text()).includes('可能没有传完'), platform.where);
    await platform.send('values.xlsx', xlsx([['单位', '监测点', '期间', '数值'], ['没有镇', 'P001', period, 1], ['T01', 'P999', period, 1], ['T01', 'P001', '明年', 1], ['T01', 'P001', period, '很多']]));
    await platform.page.waitForURL(/\/import\/I-/, { timeout: 30000 }).catch(() => {});
    const cells = await platform.text();
    t.step('wrong values each have their cell', ['A2', 'B3', 'C4', 'D5'].every(c => cells.includes(c)), cells.slice(0, 600));
    await platform.open(`/import/new?period=${period}`);
    platform.actions -= 5;
    await platform.send('values.xlsx', valuesFile);
    await platform.page.waitForURL(/\/import\/I-/, { timeout: 30000 }).catch(() => {});
    t.step('the example\'s values are checked without a fault', (await platform.page.$('form[action$="/confirm"] button')) !== null, (await platform.text()).slice(0, 600));
    await platform.click('form[action$="/confirm"] button');
    await platform.click('.demo.trial a');
    t.step('the trial has its values', (await platform.text()).includes('第6步'), (await platform.text()).slice(0, 900));
    const step5 = await platform.json('/setup/values.json');
    t.step('how many are there is said', step5.done && /应有[\d,]+个数，到了[\d,]+个/.test(step5.said), JSON.stringify(step5.said));

    // 6. The trial computation, with a rule for warnings.
    const refuse = new Person(place.server);
    await refuse.signIn('shezhi');
    const indicator = (await platform.json('/scheme/1.json')).nodes.find(n => n.leaf).code;
    const ruled = await refuse.post('/rule', { code: 'R1', name: '落实率偏低', target: indicator, op: 'below', red: '', orange: '', yellow: '99', recover: '', for_periods: '1', recover_periods: '1', advice: '', why: '首次', state: 'live', act: 'save' });
    t.step('a rule can be made during the trial', ruled.status < 400, `${ruled.status} ${ruled.message}`);
    await platform.click('main .acts a.btn');
    await platform.click('form[action="/compute"] button');
    await platform.page.waitForSelector('[data-job]', { state: 'detached', timeout: 120000 });
    t.step('the computation ends', (await platform.page.textContent('.answer')).includes('69/69'), await platform.text());
    await platform.click('.demo.trial a');
    t.step('all that is left is to go live', (await platform.text()).includes('第7步') && (await platform.text()).includes('七步做完了6步'), (await platform.text()).slice(0, 900));
    await platform.open('/setup/compute');
    await platform.look(t, 'setup-compute');
    const unit = 'D04';
    for (const page of [`/overview?period=${period}`, `/report/${unit}/${period}`, '/warning', '/import', '/completeness', '/wall']) {
        const html = await (await platform.get(page)).text();
        t.step(`${page} says that it is a trial`, html.includes('试算'));
    }
    t.step('the report is one of the trial', (await platform.json(`/report/${unit}/${period}.json`)).stage === 'trial');
    const pdf = await platform.get(`/report/${unit}/${period}.pdf`), paper = pdfText(await pdf.body());
    t.step('a PDF says so on every page', pdf.status() === 200 && (paper.match(/试\s*算/g) ?? []).length >= paper.split('\f').length - 1, paper.slice(0, 300));
    const out = await platform.get(`/export/scores.xlsx?period=${period}`), told = decodeURIComponent(out.headers()['content-disposition'] ?? '');
    t.step('an export says so in its name', out.status() === 200 && told.includes('试算'), told);
    t.step('a command says so', command(['export', 'scores', '--data', data, '--period', period, '--lang', 'zh', '--out', path.join(folder, 's.csv')]).err.includes('试算'));
    t.step('a trial comes to no desk', db.sql('SELECT COUNT(*) FROM matter') === '0' && (await platform.get('/publish')).status() === 200, db.sql('SELECT kind, title FROM matter'));
    const days = [1, 10, 20].map(n => new Date(Date.now() + n * 86400000).toISOString().slice(0, 10));
    const round = await refuse.post('/round', { period, open_day: days[0], due_day: days[1], late_day: days[2], signatures: '1', source: 'D35' });
    t.step('no round of collecting is opened on trial', round.status >= 400 && round.text.includes('还没有正式启用'), `${round.status} ${round.message}`);
    await clerk.open('/today');
    t.step('a unit sees nothing of the trial', (await clerk.get(`/report/${unit}/${period}`)).status() >= 400 && !(await (await clerk.get('/today')).text()).includes('体检报告'));
    const audit = what => { const r = command(['audit', '--data', data, '--lang', 'zh']); t.step(`the audit is content ${what}`, r.code === 0, r.err); };
    audit('with the trial');

    // 7. Going live: not before the trial is cleared, and then for good.
    await platform.open('/setup/live');
    await platform.look(t, 'setup-live');
    t.step('what will be cleared is said in numbers', /将清除：[\d,]+个数值（1次导入）、1次计算、69份报告、[1-9]\d*项预警/.test(await platform.text()), (await platform.text()).slice(0, 900));
    const early = await refuse.post('/setup/live');
    t.step('going live with the trial still there is refused in words', early.status === 409 && early.message.includes('先清除试算数据'), `${early.status} ${early.message}`);
    const clerkPerson = new Person(place.server);
    await clerkPerson.signIn('zhoumin');
    t.step('a clerk may neither clear nor go live', (await clerkPerson.post('/setup/clear')).status === 403 && (await clerkPerson.post('/setup/live')).status === 403);
    const records = Number(db.sql('SELECT COUNT(*) FROM record'));
    await platform.click('form[action="/setup/clear"] button');
    t.step('after clearing it can go live', (await platform.page.$('form[action="/setup/live"] button')) !== null, (await platform.text()).slice(0, 900));
    t.step('nothing of the log is gone', Number(db.sql('SELECT COUNT(*) FROM record')) > records && db.sql("SELECT COUNT(*) FROM record WHERE kind = 'setup.cleared'") === '1');
    t.step('no report is there any more', (await platform.get(`/report/${unit}/${period}`)).status() === 404);
    t.step('no value is there any more', (await (await platform.get(`/export/values.csv?period=${period}`)).text()).trim().split('\n').length === 1);
    t.step('no warning either', (await platform.json('/warning.json')).total === 0 || !(await platform.json('/warning.json')).warnings?.length);
    t.step('what was sent is still in the list, as cleared', (await (await platform.get('/import')).text()).includes('试算已清除'));
    audit('after clearing');
    await platform.shot('setup-cleared');
    await platform.click('form[action="/setup/live"] button');
    t.step('the county is live', (await platform.text()).includes('已经正式启用') && !(await platform.page.textContent('body')).includes('所见数值、得分、报告、预警都不作数'), (await platform.text()).slice(0, 500));
    t.step('the mark is gone', (await platform.page.getAttribute('body', 'data-mark')) === null);
    t.step('it does not go back', (await refuse.post('/setup/clear')).status === 409 && (await refuse.post('/setup/live')).status === 409);
    t.step('today does not speak of it any more', !(await (await platform.get('/today')).text()).includes('首次设置'));
    const people = sec.actions + platform.actions;
    t.step(`two people need ${people} actions in all (${platform.actions} and ${sec.actions})`, people <= 90, `${people}`);

    // The same file again, now for good: one version further, not a correction of the trial.
    const real = await platform.page.request.post(`${platform.base}/import/new`, { headers: { Accept: 'application/json', 'X-CSRF-Token': /name="csrf" value="([^"]+)"/.exec(await (await platform.get('/me')).text())[1] },
        multipart: { period, file: { name: 'values.xlsx', mimeType: 'application/octet-stream', buffer: valuesFile } } });
    const code = /I-\d+/.exec(await real.text())?.[0], sent = await refuse.post(`/import/${code}/confirm`);
    t.step('the same values can be sent again, all of them new', sent.status < 400, `${sent.status} ${sent.message}`);
    const receipt = await platform.json(`/import/${code}.json`);
    t.step('as new ones', receipt.state === 'done' && receipt.changed === 0 && receipt.same === 0, JSON.stringify({ state: receipt.state, fresh: receipt.fresh, changed: receipt.changed, same: receipt.same }));
    run('compute', '--data', data, '--period', period);
    t.step('what is computed now is no trial', (await platform.json(`/report/${unit}/${period}.json`)).stage === 'draft');
    t.step('a warning of the trial does not make the first one a recurrence', db.sql('SELECT MIN(occurrence) < 0, MAX(occurrence) FROM warning').replace('true', '1').replace('t', '1') === '1|1', db.sql('SELECT MIN(occurrence), MAX(occurrence) FROM warning'));
    audit('of the live county');

    // Somebody brings the trial back past the program: the audit says so.
    await place.server.stop();
    const noticed = (what, change, undo) => {
        db.sql(change);
        const r = command(['audit', '--data', data, '--lang', 'zh']);
        t.step(`the audit notices ${what}`, r.code === 1, `${r.code} ${r.err}`);
        db.sql(undo);
    };
    noticed('values of the trial that count again', "UPDATE import SET state = 'done' WHERE state = 'cleared'", "UPDATE import SET state = 'cleared' WHERE id IN (SELECT row_id FROM trial_cleared WHERE what = 'import')");
    noticed('a computation that is made away with', "UPDATE computation SET state = 'cleared' WHERE state = 'done'", `UPDATE computation SET state = 'done' WHERE state = 'cleared' AND id NOT IN (SELECT row_id FROM trial_cleared WHERE what = 'computation')`);
    noticed('a county that was never live', "UPDATE setup SET state = 'trial'", "UPDATE setup SET state = 'live'");
    noticed('who said that it is', "UPDATE setup SET live_by = 'x'", "UPDATE setup SET live_by = 'shezhi'");
    noticed('a cleared thing that is left out', "UPDATE trial_cleared SET code = 'I-9' WHERE what = 'import'", "UPDATE trial_cleared SET code = (SELECT code FROM import WHERE id = row_id) WHERE what = 'import'");
    const last = command(['audit', '--data', data]);
    t.step('and is content again', last.code === 0, last.err);
    if (url) db.sql(`DROP SCHEMA "${schema}" CASCADE`);
    for (const x of [sec, platform, clerk]) await x.page.context().close();
}

try {
    await walk('sqlite');
    if (process.env.JINGJIAN_PG) await walk('postgresql', process.env.JINGJIAN_PG);
    else t.skip('postgresql', 'JINGJIAN_PG is not set');
} catch (e) {
    t.step('the walk came to its end', false, e.stack);
} finally {
    await browser.close();
    t.end();
}
process.exit();
