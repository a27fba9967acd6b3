// The work log on a phone without a network. What is written is first kept on the phone, with its pictures, under an id made
// here, and then sent; what was sent twice is one entry on the server (request_id, entry). Nothing leaves the phone but by
// sending, and another person's entries on the same phone are neither shown nor sent.
const KEEP = 'worklog';
const RETRY_MS = 60 * 1000;
const SEND_MS = 120 * 1000;

const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');

/** The phone's own store; null where it is forbidden (a private window). */
function openBox() {
  return new Promise((resolve) => {
    let asked;
    try { asked = indexedDB.open(KEEP, 1); } catch { resolve(null); return; }
    asked.onupgradeneeded = () => asked.result.createObjectStore('entry', { keyPath: 'id' });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(null);
    asked.onblocked = () => resolve(null);
  });
}

function inBox(box, mode, act) {
  return new Promise((resolve, reject) => {
    const change = box.transaction('entry', mode);
    const asked = act(change.objectStore('entry'));
    change.oncomplete = () => resolve(asked.result);
    change.onerror = () => reject(change.error);
    change.onabort = () => reject(change.error);
  });
}

/** A form token of now, from the page one is on: who only asks may not open /worklog. Null: nobody is signed in, or not the
 *  one who wrote. Throws without a network. */
async function token(account) {
  const answer = await fetch(`${window.location.pathname}?now=${Date.now()}`, { headers: { Accept: 'text/html' }, cache: 'no-store' });
  if (answer.status >= 500 || answer.status === 429) throw new Error('later');
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const place = page.querySelector('[data-outbox]');
  const field = page.querySelector('form input[name=csrf]');
  return place && place.dataset.outbox === account && field ? field.value : null;
}

async function send(entry, csrf) {
  const body = new FormData();
  body.append('csrf', csrf);
  body.append('request_id', entry.id);
  body.append('entry', entry.id);
  for (const name of ['matter', 'kind', 'about', 'text', 'captured']) body.append(name, entry[name]);
  for (const file of entry.files) body.append('files', file.bytes, file.name);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), SEND_MS);
  try {
    return await fetch('/worklog', { method: 'POST', body, headers: { Accept: 'application/json' }, signal: stop.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Keep the page for when there is no network; only a page that the server has just given is worth keeping. */
async function keepPage(place) {
  if (!('serviceWorker' in navigator) || !('caches' in window)) return; // plain http: what is written is kept, the page is not
  await navigator.serviceWorker.register(place.dataset.worker, { scope: '/worklog' });
  const parts = [...document.querySelectorAll('link[rel=stylesheet], script[src]')].map((part) => part.href || part.src);
  const page = await fetch('/worklog', { headers: { Accept: 'text/html' }, cache: 'no-store' });
  if (!page.ok || page.redirected) return;
  await caches.delete(KEEP);
  const cache = await caches.open(KEEP);
  await cache.put('/worklog', page);
  await cache.addAll(parts);
}

class Outbox {
  constructor(place, form, box) {
    this.words = place.dataset;
    this.form = form; // null: there is nothing to write to now; what waits is sent all the same
    this.box = box;
    this.account = place.dataset.outbox;
    this.say = place.querySelector('.outstate');
    this.section = place.querySelector('.outbox');
    this.busy = false;
    this.asked = false; // to send again: there is a network since, or something was written meanwhile
  }

  async entries() {
    const all = await inBox(this.box, 'readonly', (store) => store.getAll());
    return all.filter((entry) => entry.account === this.account).sort((x, y) => x.captured - y.captured);
  }

  button(words, act) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'linkbtn';
    button.textContent = words;
    button.addEventListener('click', act);
    return button;
  }

  signIn() {
    const link = document.createElement('a');
    link.href = '/signin?next=/worklog';
    link.textContent = this.words.again;
    return link;
  }

  async show() {
    const list = await this.entries();
    const { words } = this;
    const ol = this.section.querySelector('ol');
    this.section.hidden = list.length === 0;
    ol.replaceChildren(...list.map((entry) => {
      const li = document.createElement('li');
      const line = (text, name) => {
        const p = document.createElement('p');
        p.textContent = text;
        if (name) p.className = name;
        li.append(p);
        return p;
      };
      line(entry.title, 'about');
      line(entry.text, 'said');
      if (entry.files.length) line(`${entry.files.length}${words.files}`, 'small');
      const why = line(entry.why ? `${words.refused}${entry.why}` : words.kept, entry.why ? 'refused' : 'who');
      if (entry.why) why.append(' ', this.button(words.edit, () => this.takeBack(entry)));
      why.append(' ', this.button(words.drop, () => this.drop(entry)));
      return li;
    }));
  }

  async drop(entry) {
    await inBox(this.box, 'readwrite', (store) => store.delete(entry.id));
    await this.show();
  }

  /** Back into the form, with its pictures; into the one that is for it, where this is not. */
  async takeBack(entry) {
    const fields = this.form ? this.form.elements : null;
    const is = (field, value) => (field ? field.value : '') === value;
    const fits = fields && is(fields.kind, entry.kind) && is(fields.about, entry.about) &&
      (fields.matter.tagName === 'SELECT' ? [...fields.matter.options].some((one) => one.value === entry.matter) : is(fields.matter, entry.matter));
    if (!fits) {
      window.location.assign(`/worklog/${entry.matter}?kind=${entry.kind}&about=${entry.about}`);
      return;
    }
    const files = new DataTransfer();
    for (const file of entry.files) files.items.add(new File([file.bytes], file.name, { type: file.bytes.type }));
    fields.text.value = entry.text;
    fields.matter.value = entry.matter;
    fields.files.files = files.files;
    this.form.dispatchEvent(new Event('input')); // a draft again
    fields.text.focus();
    await this.drop(entry);
  }

  async write() {
    const { elements } = this.form;
    const matter = elements.matter;
    const files = [...elements.files.files].map((file) => ({ name: file.name, bytes: file.slice(0, file.size, file.type) }));
    if (!elements.text.value.trim() && !files.length) {
      elements.text.focus();
      return;
    }
    const entry = {
      id: newId(), account: this.account, captured: Date.now() * 1000, matter: matter.value,
      title: matter.tagName === 'SELECT' ? matter.selectedOptions[0].textContent : matter.dataset.title,
      kind: elements.kind.value, about: elements.about ? elements.about.value : '', text: elements.text.value, files, why: '',
    };
    try {
      await inBox(this.box, 'readwrite', (store) => store.put(entry));
    } catch { // no room: nothing of what was typed is lost, it stays in the form and a draft again
      this.say.textContent = this.words.full;
      this.form.dispatchEvent(new Event('input'));
      return;
    }
    elements.text.value = '';
    elements.files.value = '';
    await this.show();
    await this.flush();
  }

  /** Send what waits; asked while it does, once more after it. */
  async flush() {
    if (this.busy) {
      this.asked = true;
      return;
    }
    this.busy = true;
    try {
      do {
        this.asked = false;
        await this.sendAll();
      } while (this.asked);
    } finally {
      this.busy = false;
    }
  }

  /** All that waits, oldest first. What the server refuses stays, with its reason. */
  async sendAll() {
    const list = (await this.entries()).filter((entry) => !entry.why);
    if (!list.length) return;
    this.say.textContent = this.words.sending;
    let sent = null;
    let words = '';
    let out = false;
    try {
      const csrf = await token(this.account);
      out = !csrf;
      if (out) words = this.words.signin;
      for (const entry of csrf ? list : []) {
        const answer = await send(entry, csrf);
        const said = await answer.json().catch(() => ({}));
        if (answer.ok) {
          await inBox(this.box, 'readwrite', (store) => store.delete(entry.id));
          sent = entry;
        } else if (answer.status >= 500 || answer.status === 429 || answer.status === 401) {
          throw new Error('later');
        } else {
          await inBox(this.box, 'readwrite', (store) => store.put({ ...entry, why: said.error ? said.error.message : String(answer.status) }));
        }
      }
    } catch { // no network: it waits
      words = this.words.offline;
    }
    this.say.textContent = words || (sent ? this.words.sent : '');
    if (out) this.say.append(' ', this.signIn());
    await this.show();
    // Show it among what was written; not while somebody is typing the next one.
    const fields = this.form ? this.form.elements : null;
    if (sent && !words && !(fields && (fields.text.value || fields.files.files.length))) window.location.reload();
  }
}

export async function worklog() {
  const place = document.querySelector('[data-outbox]');
  const form = document.querySelector('form[data-worklog]');
  if (!document.querySelector('.pick.who') && 'caches' in window) await caches.delete(KEEP); // signed out: nothing of theirs stays
  if (!place) return;
  const box = await openBox();
  const outbox = new Outbox(place, form, box);
  if (!box) { // the form is sent as it is; without a network it stays, as a draft
    outbox.say.textContent = place.dataset.forbidden;
    if (form) form.addEventListener('submit', (event) => {
      if (navigator.onLine) return;
      event.preventDefault();
      form.dispatchEvent(new Event('input'));
    });
    return;
  }
  if (form) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      outbox.write();
    });
    form.dataset.ready = '1';
  }
  window.addEventListener('online', () => outbox.flush());
  setInterval(() => outbox.flush(), RETRY_MS);
  await outbox.show();
  if (!window.isSecureContext) outbox.say.textContent = place.dataset.plain;
  if (!navigator.onLine) outbox.say.textContent = place.dataset.offline;
  await outbox.flush();
  await keepPage(place).catch(() => {}); // without a network, or without room: the page is there when there is one
  if (form) form.dataset.stored = '1';
}
