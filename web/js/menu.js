// Menus made of <details>: one open at a time, closed by Escape or a click elsewhere. Choosing in a filter submits it.
export function menus() {
  const picks = [...document.querySelectorAll('details.pick')];
  const close = (except) => picks.forEach((pick) => { if (pick !== except) pick.open = false; });

  document.addEventListener('click', (event) => close(event.target.closest('details.pick')));
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const open = picks.find((pick) => pick.open);
    if (!open) return;
    open.open = false;
    open.querySelector('summary').focus();
  });
  for (const field of document.querySelectorAll('form.filter select')) {
    field.addEventListener('change', () => field.form.requestSubmit ? field.form.requestSubmit() : field.form.submit());
  }
  // On a phone the navigation is a strip: the current word must be in sight.
  const strip = document.querySelector('.side');
  const current = strip && strip.querySelector('[aria-current]');
  if (current && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = current.offsetLeft - 16;
}
