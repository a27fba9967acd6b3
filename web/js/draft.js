// Drafts: what was typed in a form with data-draft stays on this device until it is sent, so that a lost network or a
// closed window costs nothing. Passwords, files and hidden fields are never kept. Nothing leaves the device.
const PREFIX = 'jingjian-draft:';
const KEEP_MS = 14 * 24 * 3600 * 1000;

const kept = (form) => [...form.elements].filter((field) =>
  field.name && !['hidden', 'password', 'file', 'submit', 'button'].includes(field.type) && field.autocomplete !== 'one-time-code');

function read(form) {
  return kept(form).map((field) => [field.name, field.type === 'checkbox' || field.type === 'radio' ? field.checked : field.value]);
}

function write(form, values) {
  const fields = kept(form);
  if (fields.length !== values.length) return false; // the form has changed since
  if (fields.some((field, i) => field.name !== values[i][0])) return false;
  fields.forEach((field, i) => {
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = values[i][1] === true;
    else field.value = String(values[i][1]);
  });
  return true;
}

function store(action) {
  try { return action(window.localStorage); } catch { return null; } // full or forbidden: no drafts, no harm
}

export function drafts() {
  store((box) => {
    for (const key of Object.keys(box)) {
      if (!key.startsWith(PREFIX)) continue;
      let at = 0;
      try { at = JSON.parse(box.getItem(key)).at; } catch { /* not ours */ }
      if (!(Date.now() - at < KEEP_MS)) box.removeItem(key);
    }
  });
  for (const form of document.querySelectorAll('form[data-draft]')) {
    const key = PREFIX + form.dataset.draft;
    const initial = JSON.stringify(read(form));
    const say = form.querySelector('.saved');
    const draft = store((box) => JSON.parse(box.getItem(key) ?? 'null'));
    let timer = 0;

    // What the server sent last is newer knowledge than a draft made of an older page.
    if (draft && draft.initial === initial && write(form, draft.values) && say) {
      say.textContent = form.dataset.restored ?? '';
      if (form.dataset.discard) {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'linkbtn';
        button.textContent = form.dataset.discard;
        button.addEventListener('click', () => {
          store((box) => box.removeItem(key));
          form.reset();
          say.textContent = '';
        });
        say.append(' ', button);
      }
    }
    form.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const ok = store((box) => { box.setItem(key, JSON.stringify({ at: Date.now(), initial, values: read(form) })); return true; });
        if (ok && say) say.textContent = form.dataset.saved ?? '';
      }, 400);
    });
    form.addEventListener('submit', () => {
      clearTimeout(timer);
      store((box) => box.removeItem(key));
    });
  }
}
