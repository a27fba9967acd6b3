// "Open all" for trees, and paper shows what is folded.
export function trees() {
  for (const button of document.querySelectorAll('button[data-expand]')) {
    const tree = document.getElementById(button.dataset.expand);
    if (!tree) continue;
    const folds = [...tree.querySelectorAll('details')];
    if (!folds.length) continue;
    const words = button.textContent;
    let all = false;
    button.hidden = false;
    button.addEventListener('click', () => {
      all = !all;
      folds.forEach((fold) => { fold.open = all; });
      button.textContent = all ? button.dataset.close : words;
      button.setAttribute('aria-expanded', String(all));
    });
  }
  let closed = [];
  window.addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('main details:not([open])')];
    closed.forEach((fold) => { fold.open = true; });
  });
  window.addEventListener('afterprint', () => closed.forEach((fold) => { fold.open = false; }));
}
