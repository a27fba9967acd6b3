// Uploads with progress, and files dropped onto their field. Without script the form is sent as it is.
function send(form, bar, words) {
  const request = new XMLHttpRequest();
  request.open('POST', form.action);
  request.upload.addEventListener('progress', (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  request.addEventListener('load', () => {
    if (request.status < 400 && request.responseURL !== form.action) {
      window.location.assign(request.responseURL); // the redirect after the POST has been followed
      return;
    }
    document.open(); // the answer itself: the next step, or the same page with its errors, as without script
    document.write(request.responseText);
    document.close();
  });
  request.addEventListener('error', () => {
    bar.hidden = true;
    words.textContent = form.dataset.failed ?? '';
    for (const button of form.querySelectorAll('button')) button.disabled = false;
  });
  bar.hidden = false;
  words.textContent = form.dataset.sending ?? '';
  request.send(new FormData(form));
  for (const button of form.querySelectorAll('button')) button.disabled = true;
}

export function uploads() {
  for (const form of document.querySelectorAll('form[data-upload]')) {
    const bar = form.querySelector('progress');
    const words = form.querySelector('.saved');
    if (bar && words) {
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        send(form, bar, words);
      });
    }
    const drop = form.querySelector('.drop');
    const field = drop && drop.querySelector('input[type=file]');
    if (!field) continue;
    const mark = (event) => {
      event.preventDefault();
      drop.classList.toggle('over', event.type === 'dragover');
    };
    drop.addEventListener('dragover', mark);
    drop.addEventListener('dragleave', mark);
    drop.addEventListener('drop', (event) => {
      mark(event);
      if (event.dataTransfer.files.length) field.files = event.dataTransfer.files;
    });
  }
}
