// Tamper drills on the demo county, on both databases: whatever is altered behind the program's back (a byte of an entry, a
// hash, a row of every audited table, a kept file), `audit` finds it and names it; put back, all is whole again. Prints TAP.
import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { command, Database, run, Steps, tempFolder } from './lib/county.mjs';

const t = new Steps(), folder = tempFolder('tamper');
const filesUnder = dir => readdirSync(dir, { recursive: true }).map(f => path.join(dir, f)).filter(f => statSync(f).isFile()).sort();

function audited(data) { return command(['audit', '--data', data, '--lang', 'zh']); }
function found(name, data, words) {
    const r = audited(data);
    t.step(name, r.code === 1 && words.every(w => r.err.includes(w)), `exit ${r.code}: ${r.err || r.out}; wants ${words.join(', ')}`);
}

/** A byte inside an entry near the middle of an entry tile, never one of a length (two bytes before each entry). */
function insideEntry(bytes) {
    let at = 0;
    for (let n; (n = bytes.readUInt16BE(at)) + at + 2 < bytes.length >> 1;) at += 2 + n;
    return at + 2 + (bytes.readUInt16BE(at) >> 1);
}
/** Flip one bit of a byte in the middle of a file, or where a function says. */
function flip(file, name, data, words, where = bytes => bytes.length >> 1) {
    const kept = `${file}.kept`;
    copyFileSync(file, kept);
    const bytes = readFileSync(file);
    bytes[where(bytes)] ^= 1;
    writeFileSync(file, bytes);
    found(name, data, words);
    copyFileSync(kept, file);
    rmSync(kept);
}

const newest = table => `id = (SELECT MAX(id) FROM ${table})`;
// Table, column, what is put there, words of the finding; another table where the rows of one record are named by it.
const changes = [
    ['account', 'name', "'某人'", ['表 account', 'name']],
    ['account', 'state', "'locked'", ['表 account', 'state']],
    ['role_grant', 'role', "'platform'", ['表 role_grant', 'role']],
    ['role_grant', 'scope', "'all'", ['表 role_grant', 'scope'], "scope <> 'all'"],
    ['role_unit', 'unit_id', '(SELECT MIN(id) FROM unit)', ['表 role_unit', '单位与记录不符']],
    ['unit_term', 'name', "'改名局'", ['表 unit_term', 'name']],
    ['unit_term', 'peer_group', "'别的组'", ['表 unit_term', 'peer_group']],
    ['point', 'owner', "'D01'", ['表 point', 'owner']],
    ['scheme', 'state', "'draft'", ['表 scheme', 'state']],
    ['scheme', 'config', "'{}'", ['表 node', '第1版方案']],
    ['node', 'weight', 'weight * 2', ['表 node', '第1版方案']],
    ['node', 'formula', "'1'", ['表 node', '第1版方案'], 'level = 1'],
    ['import', 'file_name', "'别的.xlsx'", ['表 import', 'file_name']],
    ['import', 'rows_new', 'rows_new + 1', ['表 import', 'rows_new']],
    ['value', 'value', 'value + 0.0000001', ['表 value', '被改动过'], 'value IS NOT NULL'],
    ['value', 'missing', "'lost'", ['表 value', '被改动过'], "missing = ''"],
    ['value', 'note', "'另有说明'", ['表 value', '被改动过']],
    ['computation', 'county_score', 'county_score + 0.001', ['表 computation', 'county_score']],
    ['computation', 'input_digest', 'config_digest', ['表 computation', 'input_digest']],
    ['score', 'score', 'score + 0.0000001', ['表 score', '被改动过'], 'score IS NOT NULL'],
    ['report', 'body', 'digest', ['表 report', '体检报告被改动过']],
    ['report', 'body_en', 'digest', ['表 report', '体检报告被改动过']],
    ['report', 'state', "'steady'", ['表 report', '被改动过'], "state <> 'steady'"],
    ['report', 'rank_lo', 'rank_lo + 1', ['表 report', '被改动过']],
    ['report', 'record_id', 'record_id - 1', ['表 report', '体检报告被改动过']],
    ['publication', 'stage', '1', ['表 publication', 'stage'], 'stage > 1'],
    ['publication', 'approved_by', "'wenshu'", ['表 publication', 'approved_by'], "approved_by <> 'wenshu'"],
    ['publication', 'replaced_by', 'NULL', ['表 publication', 'replaced_by'], 'replaced_by IS NOT NULL'],
    ['map_tile', 'x', 'x + 1', ['表 map_tile', 'x 与记录']],
    ['rule_version', 'red', 'red + 1', ['表 rule_version', 'red'], 'red IS NOT NULL'],
    ['rule_version', 'send', "'at_once'", ['表 rule_version', 'send'], "send = 'review'"],
    ['matter', 'state', "'closed'", ['表 matter', 'state'], "kind = 'warning' AND state <> 'closed'"],
    ['matter_step', 'to_state', "'queued'", ['表 matter_step', 'to_state'], "to_state <> 'queued'"],
    ['draw', 'file', "replace(file, 'D-2026', 'D-2027')", ['表 draw', 'file']],
    ['draw', 'event_at', 'event_at - 86400000000', ['表 draw', 'event_at']],
    ['draw', 'ended_by', 'seeded_by', ['表 draw', 'ended_by']],
    ['collect_round', 'due_day', 'due_day + 1', ['表 collect_round', 'due_day']],
    ['collect_round', 'state', "'closed'", ['表 collect_round', 'state'], "state <> 'closed'"],
    ['collect_point', 'source', "'D01'", ['表 collect_point', '被改动过'], "source <> 'D01'"],
    ['collect_filing', 'source', "'D99'", ['表 collect_filing', '被改动过']],
    ['collect_pull', 'place', "'other'", ['表 collect_pull', 'place']],
    ['collect_pull_run', 'outcome', "'taken'", ['表 collect_pull_run', 'outcome']],
    ['value_other', 'value', 'value + 1', ['表 value_other', 'value']],
    ['warning', 'occurrence', 'occurrence + 10', ['表 warning', 'occurrence']],
    ['warning_step', 'colour', "'red'", ['表 warning_step', 'colour'], "colour <> 'red'"],
    ['warning_step', 'value', 'value + 1', ['表 warning_step', 'value'], 'value IS NOT NULL'],
    ['evaluation_set', 'file_name', "'别的.csv'", ['表 evaluation_set', 'file_name']],
    ['evaluation', 'score', 'score + 1', ['表 evaluation', '被改动过'], 'score IS NOT NULL'],
    ['evaluation', 'state', "'差'", ['表 evaluation', '被改动过'], "state = '好'"],
    ['evaluation_problem', 'n', 'n + 1', ['表 evaluation_problem', '被改动过']],
    ['check_rule', 'live', '0', ['表 check_rule', 'live']],
    ['check_rule', 'right_expr', "'P001'", ['表 check_rule', 'right_expr'], "kind = 'compare'"],
    ['hint', 'state', "'open'", ['表 hint', 'state'], "state <> 'open'"],
    ['hint', 'reason', "'另有说明'", ['表 hint', 'reason'], "state = 'dismissed'"],
    ['hint', 'numbers', "'{}'", ['表 hint', 'numbers']],
    ['work_record', 'text', "'别的话'", ['表 work_record', 'text'], "text <> ''"],
    ['work_record', 'late', '1 - late', ['表 work_record', 'late']],
    ['work_record', 'captured_at', 'captured_at - 1', ['表 work_record', 'captured_at']],
    ['work_hint', 'state', "'confirmed'", ['表 work_hint', 'state'], "state <> 'confirmed'"],
    ['record', 'kind', "'unit.gone'", ['日志第', '与日志不符']],
    ['record', 'at', 'at + 1', ['日志第', '与日志不符']],
    ['record', 'by_account', "'wenshu'", ['日志第', '经办账号被改动过'], "by_account <> 'wenshu'"],
    ['record', 'parts', '(SELECT parts FROM record WHERE id = 1)', ['日志第', '内容被改动过']],
    ['record', 'commitment', '(SELECT commitment FROM record WHERE id = 1)', ['日志第']],
    ['record', 'seal_after', '1', ['日志第', '与日志不符']],
    ['file', 'name', "'别的'", ['表 file', 'name']],
    ['regulation', 'title', "'别的制度'", ['表 regulation', 'title']],
    ['frozen', 'content', "'{}'", ['表 frozen', 'content']],
    ['duty_post', 'name', "'别的岗位'", ['表 duty_post', 'name', '"code"']],
    ['duty_holding', 'account', "'nobody'", ['表 duty_holding', 'account', '"post"', '"number"']],
    ['duty_item', 'text', "'别的职责'", ['表 duty_item']],
    ['duty_year', 'due_day', 'due_day + 1', ['表 duty_year', 'due_day']],
    ['burden_ask', 'minutes', 'minutes + 1', ['表 burden_ask']],
    ['burden_estimate', 'minutes', 'minutes + 1', ['表 burden_estimate', 'minutes']],
    ['log_head', 'size', 'size - 1', ['log_head']],
];
// Whose row it is, as the finding must say: what its record is about, or as named here ('': the words above say it).
const whose = {
    value: 'SELECT code FROM import WHERE id = (SELECT import_id FROM kept)',
    score: 'SELECT subject FROM record WHERE id = (SELECT record_id FROM computation WHERE id = (SELECT computation_id FROM kept))',
    matter: 'SELECT code FROM kept', scheme: '', report: '', node: '', role_unit: '', record: '', log_head: '',
};
// Rows that are gone, with what must be said.
const removals = [
    ['value', ['表 value', '应有']], ['score', ['表 score', '应有']], ['report', ['表 report', '应有']], ['computation', ['表']],
    ['warning_step', ['表 warning_step']], ['map_tile', ['表 map_tile', '行被删除']], ['node', ['表 node']], ['role_unit', ['表 role_unit']],
    ['evaluation', ['表 evaluation', '应有']], ['evaluation_problem', ['表 evaluation_problem', '应有']], ['hint', ['表 hint']], ['work_record', ['表 work_record']], ['regulation', ['表 regulation']],
    ['frozen', ['表 frozen']], ['duty_item', ['表 duty_item']], ['duty_post', ['表 duty_post']], ['duty_holding', ['表 duty_holding']], ['work_hint', ['表 work_hint']],
];

function drills(name, url) {
    const data = path.join(folder, name), schema = `tamper_${process.pid}`, db = new Database(data, url, schema);
    t.prefix = `${name}: `;
    run('demo', '--data', data, ...db.args);
    let r = audited(data);
    t.step('the demo county is whole', r.code === 0, r.err);
    // One column of every table is enough to see that the second database is looked at as the first is.
    const some = changes.filter(([table], i) => !url || changes.findIndex(c => c[0] === table) === i);
    for (const [table, column, value, words, which] of some) {
        const at = which ? `id = (SELECT MAX(id) FROM ${table} WHERE ${which})` : newest(table);
        if (db.sql(`SELECT count(*) FROM ${table} WHERE ${at}`) !== '1') {
            t.step(`${table}.${column}`, false, 'there is no such row to alter');
            continue;
        }
        db.sql(`CREATE TABLE kept AS SELECT * FROM ${table} WHERE ${at}`);
        const ask = whose[table] ?? 'SELECT subject FROM record WHERE id = (SELECT record_id FROM kept)';
        db.sql(`UPDATE ${table} SET ${column} = ${value} WHERE id = (SELECT id FROM kept)`);
        found(`${table}.${column} of one row altered`, data, ask ? [...words, db.sql(ask)] : words);
        db.sql(`UPDATE ${table} SET ${column} = (SELECT ${column} FROM kept) WHERE id = (SELECT id FROM kept); DROP TABLE kept`);
    }
    for (const [table, words] of removals) {
        const off = url ? 'SET session_replication_role = replica; ' : ''; // whoever tampers is not stopped by keys
        db.sql(`CREATE TABLE kept AS SELECT * FROM ${table} WHERE ${newest(table)}`);
        db.sql(`${off}DELETE FROM ${table} WHERE id = (SELECT id FROM kept)`);
        found(`a row of ${table} removed`, data, words);
        db.sql(`${off}INSERT INTO ${table} SELECT * FROM kept; DROP TABLE kept`);
    }
    const entries = filesUnder(path.join(data, 'log/tile/entries')), hashes = filesUnder(path.join(data, 'log/tile')).filter(f => !f.includes('/entries/'));
    flip(entries[0], 'a byte of an entry altered', data, ['日志'], insideEntry);
    flip(entries.at(-1), 'a byte of the newest entries altered', data, ['日志'], insideEntry);
    for (const f of [hashes[0], hashes.at(-1)]) flip(f, `a byte of the hashes in ${path.relative(data, f)} altered`, data, [path.relative(path.join(data, 'log'), f)]);
    const file = filesUnder(path.join(data, 'files'))[0], digest = path.basename(file);
    flip(file, 'a byte of a kept file altered', data, [digest.slice(0, 8)]);
    copyFileSync(file, `${data}-kept`);
    rmSync(file);
    found('a kept file removed', data, [digest.slice(0, 8)]);
    copyFileSync(`${data}-kept`, file);
    r = audited(data);
    t.step('put back, the county is whole again', r.code === 0, r.err);
    if (url) db.sql(`DROP SCHEMA "${schema}" CASCADE`);
}

drills('sqlite', null);
if (process.env.JINGJIAN_PG) drills('postgresql', process.env.JINGJIAN_PG);
else { t.prefix = ''; t.skip('postgresql', 'JINGJIAN_PG is not set'); }
t.end();
