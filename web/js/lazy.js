// The charts that move are big: their script is fetched when one of them comes near the window, after the text is there.
export function charts() {
  const boxes = [...document.querySelectorAll('[data-chart][data-script]')];
  if (!boxes.length) return;
  const load = () => {
    const script = document.createElement('script');
    script.src = boxes[0].dataset.script;
    document.head.append(script);
  };
  if (!('IntersectionObserver' in window)) {
    load();
    return;
  }
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    load();
  }, { rootMargin: '400px' });
  boxes.forEach((box) => watch.observe(box));
}
