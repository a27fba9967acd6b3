// Files nobody should send, made here: workbooks, containers and archives, byte by byte.
import zlib from 'node:zlib';

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xEDB88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
});
function crc32(bytes) {
    let c = 0xFFFFFFFF;
    for (const b of bytes) c = crcTable[(c ^ b) & 0xFF] ^ (c >>> 8);
    return (c ^ 0xFFFFFFFF) >>> 0;
}

/** A zip archive of { name, data } or { name, packed, size } (already deflated, said to unzip to size). */
export function zip(entries) {
    const out = [], central = [];
    let at = 0;
    for (const e of entries) {
        const name = Buffer.from(e.name), data = e.packed ?? zlib.deflateRawSync(Buffer.from(e.data));
        const size = e.size ?? Buffer.byteLength(e.data), crc = e.packed ? e.crc ?? 0 : crc32(Buffer.from(e.data));
        const common = Buffer.alloc(26);
        common.writeUInt16LE(20, 0);
        common.writeUInt16LE(e.flags ?? 0, 2);
        common.writeUInt16LE(8, 4);
        common.writeUInt16LE(0x21, 8);
        common.writeUInt32LE(crc, 10);
        common.writeUInt32LE(data.length, 14);
        common.writeUInt32LE(size >>> 0, 18);
        common.writeUInt16LE(name.length, 22);
        const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, data]);
        const tail = Buffer.alloc(14);
        tail.writeUInt32LE(at, 10);
        central.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, tail, name]));
        out.push(local);
        at += local.length;
    }
    const dir = Buffer.concat(central), end = Buffer.alloc(18);
    end.writeUInt16LE(entries.length, 4);
    end.writeUInt16LE(entries.length, 6);
    end.writeUInt32LE(dir.length, 8);
    end.writeUInt32LE(at, 12);
    return Buffer.concat([...out, dir, Buffer.from('PK\x05\x06'), end]);
}

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
function shell(sheet) {
    return [
        { name: '[Content_Types].xml', data: `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>` },
        { name: '_rels/.rels', data: `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>` },
        { name: 'xl/workbook.xml', data: `${xml}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="报送" sheetId="1" r:id="rId1"/></sheets></workbook>` },
        { name: 'xl/_rels/workbook.xml.rels', data: `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>` },
        { name: 'xl/styles.xml', data: `${xml}<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>` },
        sheet,
    ];
}
const escape = s => String(s).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const column = c => (c >= 26 ? String.fromCharCode(64 + Math.floor(c / 26)) : '') + String.fromCharCode(65 + c % 26);
function cell(v, r, c) {
    const at = `r="${column(c)}${r + 1}"`;
    if (typeof v === 'number') return `<c ${at}><v>${v}</v></c>`;
    if (v && v.formula) return `<c ${at}><f>${escape(v.formula)}</f><v>${v.was}</v></c>`;
    if (v && v.day) return `<c ${at} s="1"><v>${v.day}</v></c>`;
    return `<c ${at} t="inlineStr"><is><t>${escape(v)}</t></is></c>`;
}

/** A workbook with the sheet 报送: numbers, texts, { formula, was } or { day } (days since 1900). */
export function xlsx(rows) {
    const data = `${xml}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` +
        rows.map((row, r) => `<row r="${r + 1}">${row.map((v, c) => cell(v, r, c)).join('')}</row>`).join('') + '</sheetData></worksheet>';
    return zip(shell({ name: 'xl/worksheets/sheet1.xml', data }));
}

const inCell = '<row r="1"><c r="A1" t="inlineStr"><is><t>';
/** A workbook whose sheet unzips to so many bytes, and says so or says `said`; they stand behind `open`. */
export function zipBomb(bytes, said, open = inCell) {
    // Blocks that end in a full flush can be put behind one another any number of times.
    const block = 1 << 24, stream = zlib.deflateRawSync(Buffer.alloc(block, ' '), { finishFlush: zlib.constants.Z_FULL_FLUSH, level: 9 });
    const head = zlib.deflateRawSync(Buffer.from(`${xml}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${open}`),
        { finishFlush: zlib.constants.Z_FULL_FLUSH });
    const packed = Buffer.concat([head, ...Array(Math.ceil(bytes / block)).fill(stream), Buffer.from([3, 0])]);
    return zip(shell({ name: 'xl/worksheets/sheet1.xml', packed, size: said ?? bytes }));
}

/** An OLE container with streams of these names: what a workbook with a password is, or an old .xls. */
export function container(names) {
    const sector = 512, head = Buffer.alloc(sector), fat = Buffer.alloc(sector, 0xFF), dir = Buffer.alloc(sector);
    Buffer.from('D0CF11E0A1B11AE1', 'hex').copy(head);
    head.writeUInt16LE(0x3E, 24);
    head.writeUInt16LE(3, 26);
    head.writeUInt16LE(0xFFFE, 28);
    head.writeUInt16LE(9, 30);
    head.writeUInt16LE(6, 32);
    head.writeUInt32LE(1, 44);
    head.writeUInt32LE(1, 48);
    head.writeUInt32LE(4096, 56);
    head.writeUInt32LE(0xFFFFFFFE, 60);
    head.writeUInt32LE(0xFFFFFFFE, 68);
    head.fill(0xFF, 76);
    head.writeUInt32LE(0, 76);
    fat.writeUInt32LE(0xFFFFFFFD, 0);
    fat.writeUInt32LE(0xFFFFFFFE, 4);
    ['Root Entry', ...names].forEach((name, i) => {
        const e = dir.subarray(i * 128, i * 128 + 128);
        e.write(name, 'utf16le');
        e.writeUInt16LE(name.length * 2 + 2, 64);
        e[66] = i ? 2 : 5;
        e[67] = 1;
        for (const at of [68, 72, 76]) e.writeUInt32LE(0xFFFFFFFF, at);
        if (!i) e.writeUInt32LE(1, 76);
        if (i && i < names.length) e.writeUInt32LE(i + 1, 72);
        e.writeUInt32LE(0xFFFFFFFE, 116);
    });
    return Buffer.concat([head, fat, dir, Buffer.alloc(sector)]);
}
