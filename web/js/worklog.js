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

/** A form token of now; null: nobody, or somebody else, is signed in. Throws without a network. */
async function token(account) {
  const answer = await fetch(`/worklog?now=${Date.now()}`, { headers: { Accept: 'text/html' }, cache: 'no-store' });
  if (answer.status >= 500 || answer.status === 429) throw new Error('later');
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const form = page.querySelector('form[data-worklog]');
  if (form && form.dataset.worklog !== account) return null;
  const field = page.querySelector('form input[name=csrf]');
  return page.querySelector('.pick.who') && field ? field.value : null;
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
async function keepPage(form) {
  if (!('serviceWorker' in navigator) || !('caches' in window)) return; // plain http: typing is kept, the page is not
  await navigator.serviceWorker.register(form.dataset.worker, { scope: '/worklog' });
  const parts = [...document.querySelectorAll('link[rel=stylesheet], script[src]')].map((part) => part.href || part.src);
  const page = await fetch('/worklog', { headers: { Accept: 'text/html' }, cache: 'no-store' });
  if (!page.ok || page.redirected) return;
  await caches.delete(KEEP);
  const cache = await caches.open(KEEP);
  await cache.put('/worklog', page);
  await cache.addAll(parts);
}

class Outbox {
  constructor(form, box) {
    this.form = form;
    this.box = box;
    this.account = form.dataset.worklog;
    this.say = form.querySelector('.saved');
    this.section = document.querySelector('.outbox');
    this.busy = false;
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

  async show() {
    const list = await this.entries();
    const words = this.form.dataset;
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

  async takeBack(entry) {
    this.form.elements.text.value = entry.text;
    const choice = this.form.elements.matter;
    if (choice.tagName === 'SELECT') choice.value = entry.matter;
    this.form.elements.text.focus();
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
    } catch { // no room: nothing of what was typed is lost, it stays in the form
      this.say.textContent = this.form.dataset.full;
      return;
    }
    elements.text.value = '';
    elements.files.value = '';
    await this.show();
    await this.flush();
  }

  /** Send what waits, oldest first. What the server refuses stays, with its reason. */
  async flush() {
    if (this.busy) return;
    const list = (await this.entries()).filter((entry) => !entry.why);
    if (!list.length) return;
    this.busy = true;
    this.say.textContent = this.form.dataset.sending;
    let sent = null;
    let words = '';
    try {
      const csrf = await token(this.account);
      if (!csrf) words = this.form.dataset.signin;
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
      words = this.form.dataset.offline;
    }
    this.busy = false;
    this.say.textContent = words || (sent ? this.form.dataset.sent : '');
    await this.show();
    // Show it among what was written; not while somebody is typing the next one.
    if (sent && !this.form.elements.text.value && !this.form.elements.files.files.length && !words) window.location.reload();
  }
}

export async function worklog() {
  const form = document.querySelector('form[data-worklog]');
  if (!document.querySelector('.pick.who') && 'caches' in window) await caches.delete(KEEP); // signed out: nothing of theirs stays
  if (!form) return;
  const box = await openBox();
  if (!box) return; // the form is sent as it is
  const outbox = new Outbox(form, box);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    outbox.write();
  });
  form.dataset.ready = '1';
  window.addEventListener('online', () => outbox.flush());
  setInterval(() => outbox.flush(), RETRY_MS);
  await outbox.show();
  if (!navigator.onLine) outbox.say.textContent = form.dataset.offline;
  await outbox.flush();
  await keepPage(form).catch(() => {}); // without a network, or without room: the page is there when there is one
  form.dataset.stored = '1';
}
