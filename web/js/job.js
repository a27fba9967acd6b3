// The progress of long work: asks its .json twin, less often the longer it takes, and reloads when it has ended.
export function jobs() {
  for (const box of document.querySelectorAll('[data-job]')) {
    const bar = box.querySelector('progress');
    const words = box.querySelector('[data-words]');
    let wait = 1000;

    const ask = async () => {
      try {
        const answer = await fetch(box.dataset.job, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
        if (answer.ok) {
          const job = await answer.json();
          if (bar && job.total > 0) bar.value = job.done / job.total;
          if (words && job.progress) words.textContent = job.progress;
          if (job.ended) {
            window.location.reload();
            return;
          }
        }
      } catch { /* offline: ask again later */ }
      wait = Math.min(wait * 1.3, 10000);
      setTimeout(ask, wait);
    };
    setTimeout(ask, wait);
  }
}
